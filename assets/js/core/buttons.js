// A button that does something.

import { h } from "./dom.js";

/**
 * A button that does something.
 * @param {Child} text
 * @param {(event: MouseEvent & { currentTarget: HTMLButtonElement }) => unknown} onclick
 * @param {Props<HTMLButtonElement>} [props]
 */
export function act(text, onclick, props = {}) {
  return h("button", { type: "button", class: "act", onclick, ...props }, text);
}
