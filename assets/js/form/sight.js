// Whoever writes in a form keeps seeing where: problems that come make the foot higher, and a text that grows with what
// is written may reach behind it.

import { narrow } from "../core/screen.js";

/** @type {WeakMap<Element, number>} */
const heights = new WeakMap();
const growing = new ResizeObserver((entries) => {
  // All are looked at, so that each is known the next time.
  const grown = entries.filter(({ target }) => hasGrown(/** @type {HTMLElement} */ (target)));
  if (grown.length) show();
});

/**
 * Keep the field in sight that is written in, however high this foot becomes.
 * @param {HTMLElement} foot
 */
export const watch = (foot) => growing.observe(foot);

document.addEventListener("focusin", ({ target }) => {
  if (!isWritten(target)) return;
  // Its height as it was chosen: the first letters may make it grow before anybody is told of a height.
  heights.set(target, target.offsetHeight);
  growing.observe(target);
});
document.addEventListener("focusout", ({ target }) => isWritten(target) && growing.unobserve(target));

/**
 * @param {EventTarget | null} field
 * @returns {field is HTMLElement}
 */
const isWritten = (field) =>
  field instanceof HTMLElement && field.matches("textarea, input") && !!field.closest(".work");

/** @param {HTMLElement} element */
function hasGrown(element) {
  const height = element.offsetHeight;
  // One of a form that is not shown.
  if (!height) return false;
  // Only there does it cover what is below it, and a change of it costs the whole page a look at its styles.
  if (narrow.matches && element.matches(".maker-foot"))
    document.documentElement.style.setProperty("--foot", `${height}px`);
  const before = heights.get(element) ?? height;
  heights.set(element, height);
  return height > before;
}

function show() {
  const field = document.activeElement;
  if (!isWritten(field)) return;
  if (field.matches("input"))
    document.getElementById(field.getAttribute("aria-describedby") ?? "")?.scrollIntoView({ block: "nearest" });
  field.scrollIntoView({ block: "nearest" });
}
