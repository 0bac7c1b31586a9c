// What the cards of the Settings tab share: names with what they are, and a button that copies.

import { copyText } from "../core/clipboard.js";
import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";

/** @param {[string, unknown][]} rows */
export function facts(rows) {
  return h(
    "dl",
    {},
    rows
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [h("dt", {}, name), h("dd", {}, value instanceof Node ? value : String(value))]),
  );
}

/**
 * @param {string} text
 * @param {string} what
 */
export function copy(text, what) {
  return h(
    "button",
    {
      type: "button",
      class: "act icon-only",
      "aria-label": `Copy ${what}`,
      title: `Copy ${what}`,
      onclick: () => copyText(text),
    },
    icon("copy"),
  );
}
