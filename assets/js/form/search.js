// Which models a search finds, and which rows are one model at several doors. No page here.

import { folded } from "../core/sought.js";

/**
 * A row with the words by which it is found: `names` hold for the whole model, `own` for this row of it alone.
 * @typedef {{ row: Spec, names: string[], own: string[] }} Entry
 * @typedef {{ key: string, label: string, rows: Spec[] }} Model
 */

/**
 * Rows of one family are one model, in the order of the rows; a row without a family stands for itself.
 * @param {Spec[]} rows
 * @returns {Model[]}
 */
export function models(rows) {
  /** @type {Map<string, Model>} */
  const found = new Map();
  for (const row of rows) {
    const key = row.family || row.id;
    const model = found.get(key);
    if (model) model.rows.push(row);
    else found.set(key, { key, label: row.label, rows: [row] });
  }
  return [...found.values()];
}

/**
 * The models that a search finds, best first: those whose name begins so, then whose names say it, then the others.
 * What names a model finds all its doors; what only one row can do, or who sells it, finds that row.
 * @param {Entry[]} entries
 * @param {string} text
 * @returns {Model[]}
 */
export function search(entries, text) {
  const asked = tokens(text);
  const all = models(entries.map(({ row }) => row));
  if (!asked.length) return all;
  const byId = new Map(entries.map((entry) => [entry.row.id, entry]));
  const ranked = all.map((model) => {
    const doors = model.rows.map((row) => /** @type {Entry} */ (byId.get(row.id)));
    const names = doors.map((entry) => words(entry.names)).join("");
    const rows = doors
      .filter((entry) => asked.every((token) => says(names, token) || tells(words(entry.own), token)))
      .map((entry) => entry.row);
    return { model: { ...model, rows }, rank: rank(model.label, names, text, asked) };
  });
  return ranked
    .filter(({ model }) => model.rows.length > 0)
    .sort((one, other) => one.rank - other.rank)
    .map(({ model }) => model);
}

/**
 * @param {string} label
 * @param {string} names
 * @param {string} text
 * @param {string[]} asked
 */
function rank(label, names, text, asked) {
  if (plain(label).startsWith(plain(text))) return 0;
  return asked.every((token) => says(names, token)) ? 1 : 2;
}

/**
 * Without what makes no difference to a search, and with one space between words. A version keeps its point.
 * @param {string} text
 */
const plain = (text) =>
  folded(text)
    .replace(/[^\p{L}\p{N}.]+/gu, " ")
    .trim();

/** @type {WeakMap<string[], string>} */
const spoken = new WeakMap();

/**
 * Several texts as one, with a space before each word and behind the last; worked out once for each list.
 * @param {string[]} texts
 */
function words(texts) {
  const found = spoken.get(texts) ?? ` ${texts.map(plain).join(" ")} `;
  spoken.set(texts, found);
  return found;
}

// Of a long word its end does not count: who looks for "upscale" means the upscaler, and what is good for upscaling.
const END = /(?<=\p{L}{4})(?:ing|ers?|ed|es?|s)$/u;

/** @param {string} text */
const tokens = (text) =>
  plain(text)
    .split(" ")
    .filter(Boolean)
    .map((token) => token.replace(END, ""));

/**
 * Whether a word begins so. A version may be written close to its name: "kling3", "gen45".
 * @param {string} text
 * @param {string} token
 */
function says(text, token) {
  if (text.includes(` ${token}`)) return true;
  return /\p{L}\p{N}/u.test(token) && close(text).includes(close(token));
}

const SHORT = 3;
/**
 * The same of what is said about a model. A short word means itself there: "pro" is none of "prompt".
 * @param {string} text
 * @param {string} token
 */
const tells = (text, token) => (token.length > SHORT ? says(text, token) : text.includes(` ${token} `));

/** @param {string} text */
const close = (text) => text.replace(/[ .]/g, "");
