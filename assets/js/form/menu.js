// A small list of buttons that a button unfolds; it closes once something was chosen or the focus has left.

import { h, targetOf } from "../core/dom.js";
import { icon } from "../core/icons.js";

// One ear for all of them: a menu's own would outlive its card.
document.addEventListener("pointerdown", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]"))
    if (!menu.contains(targetOf(event))) menu.removeAttribute("open");
});

/**
 * @param {string} picture
 * @param {string} words what the button is called
 * @param {Children} rows
 */
export function menu(picture, words, ...rows) {
  const opener = h("summary", { class: "tool", "aria-label": words, title: words }, icon(picture));
  const list = h("div", { class: "menu-rows" }, ...rows);
  const element = h(
    "details",
    {
      class: "menu",
      // On a phone it may open behind the foot.
      ontoggle: () => {
        if (element.open) list.scrollIntoView({ block: "nearest" });
      },
      onkeydown: (event) => {
        if (event.key !== "Escape" || !element.open) return;
        event.stopPropagation();
        element.open = false;
        opener.focus();
      },
      onfocusout: (event) => {
        const next = event.relatedTarget;
        if (next instanceof Node && !element.contains(next)) element.open = false;
      },
      onclick: (event) => {
        if (targetOf(event).closest(".menu-rows button")) element.open = false;
      },
    },
    opener,
    list,
  );
  return element;
}
