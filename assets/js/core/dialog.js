// Dialogs that lie over the page: where they hang, and a press beside one closes it.

import { h } from "./dom.js";

/**
 * Hang a dialog on the page, with what belongs to it. It lies inside a part, so that buttons and fields look there as
 * they do elsewhere, and is called what its heading says.
 * @param {string} part
 * @param {...HTMLElement} elements
 */
export function hang(part, ...elements) {
  const whole = h("div", { dataset: { part, mounted: "yes" } }, ...elements);
  const heading = whole.querySelector("dialog h2");
  if (heading) {
    heading.id = `${part}-heading`;
    heading.closest("dialog")?.setAttribute("aria-labelledby", heading.id);
  }
  document.body.append(whole);
}

/**
 * A press beside the dialog closes it.
 * @param {HTMLDialogElement} dialog
 */
export const closesBeside = (dialog) =>
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
