// The filter of a model picker: what the models must be able to do, and how many of them can.

import { h, kindOf, say } from "../core/dom.js";
import * as form from "./form.js";
import { abilities, ALL, entries, found, ofVendor } from "./offers.js";
import { soughtIn } from "./picker.js";
import { models, search } from "./search.js";

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
      h("span", { class: "n" }),
    ),
  );
  const row = h(
    "div",
    { class: "finder-chips", id, role: "group", "aria-label": "Filter models by", hidden: true },
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
  // One that several vendors offer is one model, as in the list.
  const all = models(ofVendor(kind, state.offeredBy)).length;
  const words = `${all} ${all === 1 ? "model" : "models"}`;
  say(finder.words, state.able.length ? `${models(found(kind, state)).length} of ${words}` : `${words} · Filter`);
  finder.button.classList.toggle("on", state.able.length > 0);
  for (const chip of finder.chips) renderChip(kind, state, chip);
}

// How many models would be left with it stands beside it; none is said faintly, and can be pressed all the same.
/**
 * @param {Kind} kind
 * @param {FormState} state
 * @param {HTMLElement} chip
 */
function renderChip(kind, state, chip) {
  const name = chip.dataset.able ?? "";
  const able = [...new Set([...state.able, name])];
  const text = soughtIn(kind);
  const rows = entries(kind, able).filter(
    ({ row }) => text || state.offeredBy === ALL || row.vendor === state.offeredBy,
  );
  const left = search(rows, text).length;
  chip.setAttribute("aria-pressed", String(state.able.includes(name)));
  chip.classList.toggle("none", left === 0);
  const count = chip.querySelector(".n");
  if (count) say(count, String(left));
}

form.onChange(render);
form.onLook(render);
