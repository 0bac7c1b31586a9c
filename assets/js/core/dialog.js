// Dialogs that lie over the page: where they hang, and a press beside one closes it.

import { h } from "./dom.js";

/**
 * Hang a dialog on the page, with what belongs to it. It lies inside a part, so that buttons and fields look there as
 * they do elsewhere.
 * @param {string} part
 * @param {...HTMLElement} elements
 */
export const hang = (part, ...elements) =>
  document.body.append(h("div", { dataset: { part, mounted: "yes" } }, ...elements));

/**
 * A press beside the dialog closes it.
 * @param {HTMLDialogElement} dialog
 */
export const closesBeside = (dialog) =>
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
