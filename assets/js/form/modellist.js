// What the list of a model picker shows: each model with what it takes, and under it its doors with their prices.

import { h } from "../core/dom.js";
import { amount } from "../core/numbers.js";
import { costs, lengthOf } from "./elsewhere.js";
import * as form from "./form.js";
import { wordsOf } from "./offers.js";
import { takes, usual } from "./summary.js";
import { connection, isDoubted, isWithheld, NOT_ENABLED, vendorLabel, vendors } from "../core/store.js";

/**
 * @typedef {import("./search.js").Model} Model
 *
 * @typedef {object} Shown
 * @property {Kind} kind
 * @property {HTMLElement} list
 * @property {string[]} rows ids as they stand in the list
 * @property {(model: string) => void} choose
 * @property {(model: string) => void} hover
 */

const CHIPS = 5;

// Where there is a key comes first, in the order of the rows.
/**
 * @param {Model} model
 * @returns {Model}
 */
export const keyedFirst = (model) => ({
  ...model,
  rows: [...model.rows].sort((one, other) => Number(sandboxed(one)) - Number(sandboxed(other))),
});
/** @param {Spec} row */
const sandboxed = (row) => connection(row.vendor)?.sandbox !== false;

/**
 * One model: its name and what it takes, and a choice for each of its doors.
 * @param {Shown} picker
 * @param {Model} model
 * @param {string} offeredBy
 */
export function group(picker, model, offeredBy) {
  const [first] = model.rows;
  const several = model.rows.length > 1;
  return h(
    "div",
    { class: `pick-model-group${several ? " several" : ""}`, role: "group", "aria-label": model.label },
    h(
      "div",
      { class: "pick-head", "aria-hidden": "true", onclick: () => picker.choose(first.id) },
      h("b", {}, model.label),
      several && h("span", {}, `${model.rows.length} services`),
      h(
        "div",
        { class: "pick-chips" },
        takes(first)
          .slice(0, CHIPS)
          .map((text) => h("i", {}, text)),
      ),
    ),
    model.rows.map((row) => door(picker, row, model, offeredBy)),
  );
}

/**
 * @param {Shown} picker
 * @param {Spec} row
 * @param {Model} model
 * @param {string} offeredBy
 */
function door(picker, row, model, offeredBy) {
  const id = doorId(picker, row.id);
  const sandbox = sandboxed(row) && vendors.some((vendor) => vendor.sandbox === false);
  const told = [
    row.label !== model.label && row.label,
    isDoubted(row) && "may be refused",
    isWithheld(row) && NOT_ENABLED,
    row.usual_seconds && `usually ${usual(row)}`,
  ].filter(Boolean);
  return h(
    "div",
    {
      class: "pick-door",
      id,
      role: "option",
      "aria-label": wordsOf(row, offeredBy),
      "aria-describedby": `${id}-told${sandbox ? ` ${id}-box` : ""}`,
      "aria-selected": String(row.id === form.current(picker.kind).model),
      title: row.summary,
      dataset: { model: row.id },
      onclick: () => picker.choose(row.id),
      onpointermove: () => picker.hover(row.id),
    },
    h("span", { class: sandboxed(row) ? "pick-dot" : "pick-dot live" }),
    h("span", { class: "pick-seller" }, vendorLabel(row.vendor)),
    h("span", { class: "pick-told", id: `${id}-told` }, price(picker.kind, row), h("span", {}, told.join(" · "))),
    sandbox && h("span", { class: "pick-sandbox", id: `${id}-box` }, "sandbox"),
  );
}

/**
 * @param {Kind} kind
 * @param {Spec} row
 */
function price(kind, row) {
  const cost = costs(kind, row);
  if (!cost) return h("span", { class: "pick-price unknown" }, "price unknown");
  const length = lengthOf(kind, row);
  return h(
    "span",
    { class: "pick-price" },
    h("b", {}, `${cost.at_least ? "at least " : ""}${amount(cost)}`),
    length && ` for ${length}`,
  );
}

/**
 * @param {Shown} picker
 * @param {string} model
 */
export const doorId = (picker, model) => `${picker.list.id}-${picker.rows.indexOf(model)}`;
