// @ts-nocheck
// The filter of a model picker: what the models must be able to do, and how many of them can.

import { h, say } from "./dom.js";
import * as form from "./form.js";
import { abilities, found, onShelf } from "./shelf.js";

const finders = {};

export function mount(element) {
  const kind = element.dataset.tab;
  if (abilities(kind).length < 2) return element.replaceChildren();
  const finder = { words: h("span", {}), open: false };
  const id = `${kind}-filter`;
  finder.button = h(
    "button",
    {
      type: "button",
      class: "plain finder-open",
      "aria-expanded": "false",
      "aria-controls": id,
      onclick: () => turn(kind),
    },
    finder.words,
  );
  finder.chips = abilities(kind).map(([name]) =>
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
  finder.row = h(
    "div",
    { class: "finder-chips", id, role: "group", "aria-label": "Show only models with", hidden: true },
    finder.chips,
  );
  element.replaceChildren(finder.button, finder.row);
  finders[kind] = finder;
  render(kind);
}

function turn(kind) {
  const finder = finders[kind];
  finder.open = !finder.open;
  finder.row.hidden = !finder.open;
  finder.button.setAttribute("aria-expanded", String(finder.open));
}

function render(kind) {
  const finder = finders[kind];
  const state = form.current(kind);
  if (!finder || !state) return;
  const all = onShelf(kind, state.shelf).length;
  say(finder.words, state.able.length ? `${found(kind, state)} of ${all} models` : `Filter ${all} models`);
  finder.button.classList.toggle("on", state.able.length > 0);
  for (const chip of finder.chips) chip.setAttribute("aria-pressed", String(state.able.includes(chip.dataset.able)));
}

form.onChange(render);
