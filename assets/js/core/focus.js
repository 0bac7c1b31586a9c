// Where the focus is: it stays with what is drawn anew and with a button that is at work.

const FOCUSABLE = "button, a[href], input, select, textarea, summary";
const nameOf = (/** @type {Element} */ element) => element.getAttribute("aria-label") || element.textContent;
const isSeen = (/** @type {Element} */ element) => element.getClientRects().length > 0;

/**
 * Draw in `area`. What had the focus there and is drawn anew hands it to its like, else to `next()`.
 * @param {Element} area
 * @param {() => void} draw
 * @param {() => HTMLElement | null | undefined} [next]
 */
export function refocused(area, draw, next) {
  const held = area.contains(document.activeElement) ? document.activeElement : null;
  const name = held && nameOf(held);
  draw();
  if (!held || (held.isConnected && isSeen(held))) return;
  const like = [...area.querySelectorAll(FOCUSABLE)].find((one) => nameOf(one) === name && isSeen(one));
  (like ?? next?.())?.focus({ preventScroll: true });
}

/** Whether the focus is nowhere, as when what had it is gone: only then may an answer take it. */
export const isFocusFree = () => document.activeElement === null || document.activeElement === document.body;

/**
 * Do what a button says, once at a time. It is not switched off meanwhile: it would lose the focus.
 * @param {Element} button
 * @param {() => unknown} call
 */
export async function working(button, call) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  try {
    await call();
  } finally {
    button.removeAttribute("aria-disabled");
  }
}
