// The list of many prompts that is kept with a form, and what was changed in the rows that it became.

import * as form from "./form.js";
import { isGiven } from "../core/rules.js";
import { spec } from "../core/store.js";

/**
 * The list of a form; it is kept with the form's draft.
 * @param {Kind} kind
 * @returns {ManyList}
 */
export const list = (kind) =>
  (form.current(kind).many ??= { text: "", takes: 1, more: [], changes: {}, press: "", last: "" });

/**
 * @param {Kind} kind
 * @param {Partial<ManyList>} parts
 */
export function change(kind, parts) {
  Object.assign(list(kind), parts);
  form.keepDraft();
}

/**
 * The models that the list is asked of: the form's own first.
 * @param {Kind} kind
 */
export function models(kind) {
  const { model } = form.current(kind);
  return [model, ...list(kind).more.filter((id) => spec(id)?.kind === kind && id !== model)];
}

/**
 * Whether a model takes a prompt and needs no file that is not there.
 * @param {Kind} kind
 * @param {Spec} row
 */
export const able = (kind, row) =>
  Boolean(row.rules.prompt) &&
  Object.entries(row.rules).every(
    ([field, rule]) => rule.rule !== "slot" || !rule.least || isGiven(form.current(kind).media[field]),
  );

/**
 * What it shows can be sent: the table's columns are options of this very model.
 * @param {Spec} row
 */
export function example(row) {
  const names = ["prompt"];
  const values = ["A harbor in fog"];
  for (const [name, rule] of Object.entries(row.rules)) {
    if (names.length > 2 || (rule.rule !== "choice" && rule.rule !== "span")) continue;
    names.push(name);
    values.push(String(rule.default ?? (rule.rule === "choice" ? rule.options[0] : rule.low)));
  }
  const lines = ["A lighthouse at dusk", "A {red|blue} fox in the snow", "", "Or a table:"];
  return [...lines, names.join(","), values.join(",")].join("\n");
}

/**
 * A row is known by its words and its model: it keeps what was changed in it wherever its line moves to.
 * @param {import("../types").RowView[]} rows
 * @returns {Row[]}
 */
export function named(rows) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return rows.map((row) => {
    const base = `${row.request.model} ${row.request.prompt}`;
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    return { ...row, key: `${count} ${base}`, problems: [], estimate: null };
  });
}

/**
 * What was changed in a row.
 * @param {Kind} kind
 * @param {Row} row
 */
export const changed = (kind, row) => list(kind).changes[row.key] ?? {};

/**
 * Mend the prompt of a row.
 * @param {Kind} kind
 * @param {Row} row
 * @param {string} prompt
 */
export function mend(kind, row, prompt) {
  const changes = { ...list(kind).changes };
  if (prompt === row.request.prompt) delete changes[row.key];
  else changes[row.key] = { prompt };
  change(kind, { changes });
}

/**
 * Leave these rows out.
 * @param {Kind} kind
 * @param {Row[]} rows
 */
export function leaveOut(kind, rows) {
  const dropped = rows.map((row) => [row.key, { ...changed(kind, row), dropped: true }]);
  change(kind, { changes: { ...list(kind).changes, ...Object.fromEntries(dropped) } });
}

/**
 * Forget what was dropped. What was mended in those rows stays mended.
 * @param {Kind} kind
 */
export function takeBack(kind) {
  const mended = Object.entries(list(kind).changes).filter(([, one]) => one.prompt !== undefined);
  change(kind, { changes: Object.fromEntries(mended.map(([key, { prompt }]) => [key, { prompt }])) });
}

/**
 * Forget changes in rows that are no longer there.
 * @param {Kind} kind
 * @param {Row[]} rows
 */
export function prune(kind, rows) {
  const here = Object.entries(list(kind).changes).filter(
    ([key]) => !rows.length || rows.some((row) => row.key === key),
  );
  change(kind, { changes: Object.fromEntries(here) });
}

/**
 * The request of a row as it is now.
 * @param {Kind} kind
 * @param {Row} row
 */
export const asked = (kind, row) => ({ ...row.request, prompt: changed(kind, row).prompt ?? row.request.prompt });

/**
 * What is wrong with a row. What could not be read is no longer so once somebody wrote it anew.
 * @param {Kind} kind
 * @param {Row} row
 * @returns {Problem[]}
 */
export function troubles(kind, row) {
  if (!row.problem || changed(kind, row).prompt !== undefined) return row.problems;
  return [{ field: "prompt", message: row.problem, soft: false }, ...row.problems];
}
