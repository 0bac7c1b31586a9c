// The filter of a model picker: what the models must be able to do, and how many of them can.

import { h, kindOf, say } from "../core/dom.js";
import * as form from "./form.js";
import { abilities, found, onShelf } from "./offers.js";

/**
 * @typedef {object} Finder
 * @property {HTMLElement} words
 * @property {HTMLElement} button
 * @property {HTMLElement[]} chips
 * @property {HTMLElement} row
 */

/** @type {Partial<Record<Kind, Finder>>} */
const finders = {};

/** @param {HTMLElement} element */
export function mount(element) {
  const kind = kindOf(element);
  if (abilities(kind).length < 2) return element.replaceChildren();
  const words = h("span", {});
  const id = `${kind}-filter`;
  const button = h(
    "button",
    {
      type: "button",
      class: "plain finder-open",
      "aria-expanded": "false",
      "aria-controls": id,
      onclick: () => turn(kind),
    },
    words,
  );
  const chips = abilities(kind).map(([name]) =>
    h(
      "button",
      {
        type: "button",
        class: "finder-chip",
        "aria-pressed": "false",
        dataset: { able: name },
        onclick: () => form.ask(kind, name),
      },
      name,
    ),
  );
  const row = h(
    "div",
    { class: "finder-chips", id, role: "group", "aria-label": "Show only models with", hidden: true },
    chips,
  );
  element.replaceChildren(button, row);
  finders[kind] = { words, button, chips, row };
  render(kind);
}

/** @param {Kind} kind */
function turn(kind) {
  const finder = finders[kind];
  if (!finder) return;
  finder.row.hidden = !finder.row.hidden;
  finder.button.setAttribute("aria-expanded", String(!finder.row.hidden));
}

/** @param {Kind} kind */
function render(kind) {
  const finder = finders[kind];
  const state = form.current(kind);
  if (!finder || !state) return;
  const all = onShelf(kind, state.shelf).length;
  say(finder.words, state.able.length ? `${found(kind, state)} of ${all} models` : `Filter ${all} models`);
  finder.button.classList.toggle("on", state.able.length > 0);
  for (const chip of finder.chips)
    chip.setAttribute("aria-pressed", String(state.able.includes(chip.dataset.able ?? "")));
}

form.onChange(render);
