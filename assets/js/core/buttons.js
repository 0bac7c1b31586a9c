// A button that does something.

import { h } from "./dom.js";
import { working } from "./focus.js";

/**
 * A button that does something.
 * @param {Child} text
 * @param {(event: MouseEvent & { currentTarget: HTMLButtonElement }) => unknown} onclick
 * @param {Props<HTMLButtonElement>} [props]
 */
export function act(text, onclick, props = {}) {
  return h("button", { type: "button", class: "act", onclick, ...props }, text);
}

/**
 * Where each of several things has such a button, it says which one it is for to who does not see where it stands. What
 * is seen comes first, so that it can be pressed by voice.
 * @template {HTMLElement} E
 * @param {E} button
 * @param {string} what
 */
export function nameFor(button, what) {
  button.setAttribute("aria-label", `${button.textContent}: ${what}`);
  return button;
}

/**
 * What a button does while it shows that it is at work, and cannot be pressed again.
 * @param {() => unknown} call
 * @returns {(event: { currentTarget: HTMLElement }) => Promise<void>}
 */
export const pressed = (call) => (event) => working(event.currentTarget, call);
