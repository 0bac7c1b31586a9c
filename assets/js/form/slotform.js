// The small dialog that asks for the words of a template, each once. It keeps nothing of what was typed.

import { closesBeside, hang } from "../core/dialog.js";
import { h, say } from "../core/dom.js";

/** @typedef {{ dialog: HTMLDialogElement, title: HTMLElement, fields: HTMLElement }} View */
const view = /** @type {View} */ ({});
/** @type {(words: Record<string, string>) => void} */
let use = () => {};

/**
 * Ask for the words of these names; `then(words)` gets what was typed, and a name without words is left out.
 * @param {string} title
 * @param {string[]} names
 * @param {(words: Record<string, string>) => void} then
 */
export function askSlots(title, names, then) {
  build();
  use = then;
  say(view.title, title);
  view.fields.replaceChildren(...names.map(field));
  view.dialog.showModal();
  view.fields.querySelector("input")?.focus();
}

function build() {
  if (view.dialog) return;
  view.title = h("h2", {});
  view.fields = h("div", { class: "slot-fields" });
  const form = h(
    "form",
    { class: "slot-form", method: "dialog", autocomplete: "off", onsubmit: submit },
    h("div", { class: "tool-head" }, view.title),
    h(
      "p",
      { class: "tool-note" },
      "Each one is put into every shot that names it. What you leave empty stays in braces.",
    ),
    view.fields,
    h(
      "div",
      { class: "tool-foot" },
      h("button", { type: "submit", class: "act go" }, "Fill in"),
      h("button", { type: "button", class: "act", onclick: () => view.dialog.close() }, "Cancel"),
    ),
  );
  view.dialog = h("dialog", { class: "tool-dialog slots", onclose: () => view.fields.replaceChildren() }, form);
  closesBeside(view.dialog);
  hang("slots", view.dialog);
}

/** @param {string} name */
const field = (name) =>
  h(
    "label",
    { class: "text-line" },
    h("span", {}, name),
    h("input", {
      type: "text",
      class: "field",
      dir: "auto",
      autocomplete: "off",
      maxlength: "2000",
      dataset: { name },
    }),
  );

/** @param {SubmitEvent} event */
function submit(event) {
  event.preventDefault();
  const inputs = [...view.fields.querySelectorAll("input")];
  const given = inputs.filter((input) => input.value.trim());
  const words = Object.fromEntries(given.map((input) => [input.dataset.name ?? "", input.value.trim()]));
  view.dialog.close();
  use(words);
}
