// What stands on a stage that has nothing to show: where results will appear, and prompts to begin with.

import { h } from "../core/dom.js";
import { OUT, session } from "../core/person.js";
import { spec } from "../core/store.js";
import * as form from "../form/form.js";

/** @type {Record<Kind, string>} */
const KINDS = { image: "image", video: "video", multishot: "multishot video" };

/**
 * @param {Kind} kind
 * @param {string} model
 */
export function teach(kind, model) {
  if (session.over) return [h("div", { class: "teach" }, h("h2", {}, OUT))];
  const row = spec(model);
  const ideas = row?.examples ?? [];
  const fill = (/** @type {string} */ prompt) => form.fill(kind, { model, prompt });
  return [
    h(
      "div",
      { class: "teach" },
      h("h2", {}, `Your first ${KINDS[kind]} shows up here`),
      h("p", {}, row ? `${row.label}: ${row.summary}` : ""),
      ideas.length > 0 && h("p", { class: "lab" }, "Start with one of these"),
      ideas.map((prompt) =>
        h("button", { type: "button", class: "idea", onclick: () => fill(prompt) }, h("span", {}, prompt)),
      ),
    ),
  ];
}
