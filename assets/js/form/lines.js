// The lines that stand before every shot: what all of them share, and who is in them. They are counted with each.

import { h } from "../core/dom.js";
import * as form from "./form.js";

const KIND = "multishot";
/** @type {{ field: "style" | "cast", name: string, hint: string }[]} */
const LINES = [
  { field: "style", name: "Style for every shot", hint: "Early light, 35 mm, shallow focus" },
  { field: "cast", name: "Cast for every shot", hint: "Mara: about 60, gray braid, red coat" },
];

/** @typedef {{ field: "style" | "cast", area: HTMLTextAreaElement }} Area */
/** @type {{ element: HTMLElement, fold: HTMLDetailsElement, areas: Area[] } | null} */
let view = null;

/** @param {HTMLElement} element */
export function mount(element) {
  const areas = LINES.map((line) => ({ field: line.field, area: made(line) }));
  const fold = h("details", { class: "lines-fold" }, h("summary", {}, "Style and cast for every shot"));
  const labels = LINES.map(({ name }, index) =>
    h("label", { class: "text-line" }, h("span", {}, name), areas[index].area),
  );
  fold.append(
    h(
      "div",
      { class: "lines" },
      ...labels,
      h("p", { class: "lines-note" }, "Put before the text of every shot and counted with it."),
    ),
  );
  view = { element, fold, areas };
  element.replaceChildren(fold);
  render(KIND);
}

/**
 * @param {typeof LINES[number]} line
 * @returns {HTMLTextAreaElement}
 */
function made({ field, hint }) {
  /** @type {HTMLTextAreaElement} */
  const area = h("textarea", {
    id: `${KIND}-${field}`,
    class: "field",
    rows: "1",
    dir: "auto",
    placeholder: hint,
    oninput: () => form.write(KIND, { [field]: area.value }, field),
  });
  return area;
}

/** @param {Kind} kind */
function render(kind) {
  if (kind !== KIND || !view || !form.current(KIND)) return;
  view.element.hidden = !form.rules(KIND).shots;
  // What is written there is in sight, and what is not takes no room.
  if (LINES.some(({ field }) => form.current(KIND)[field])) view.fold.open = true;
  for (const { field, area } of view.areas)
    if (area.value !== form.current(KIND)[field]) area.value = form.current(KIND)[field];
}

form.onChange(render);
