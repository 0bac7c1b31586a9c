// A multishot in rows: CSV with and without a header, a table in Markdown, and JSON, read and written. No page here.

import { secondsIn } from "./timecodes.js";

/**
 * What a text was read as: a plan, and what in it has no place there.
 * @typedef {{ style: string, cast: string, shots: Shot[], left: Left[] }} Read
 * @typedef {{ text: string, why: string }} Left
 */

const PROMPT = /^(?:prompt|text|description|shot description|action|visuals?|what happens)$/i;
const SECONDS = /^(?:s|secs?|seconds?|duration|length|time)\.?(?:\s*\(s(?:ec|econds)?\))?$/i;
const NUMBER = /^(?:#|shot|scene|nr|no|number|id)\.?$/i;
const NUMERIC = /^\d+(?:\.\d+)?\s*(?:s|secs?|seconds?)?$/i;
const RULE = /^[|\s:=-]+$/;
const LONGEST = 300; // seconds: a larger number is a year, or something else

/** @returns {Read} */
export const nothing = () => ({ style: "", cast: "", shots: [], left: [] });

/**
 * A text that is JSON; null where it is none. Half of one is none of the others either.
 * @param {string} text
 * @returns {Read | null}
 */
export function fromJson(text) {
  if (!/^(?:\{|\[\s*(?:[{"\]]))/.test(text)) return null;
  try {
    return ofValue(JSON.parse(text));
  } catch {
    return { ...nothing(), left: [{ text: text.slice(0, 60), why: "This JSON is not complete" }] };
  }
}

/**
 * @param {unknown} value
 * @returns {Read}
 */
function ofValue(value) {
  const found = nothing();
  const table = /** @type {Record<string, unknown>} */ (Array.isArray(value) ? { shots: value } : value);
  const { style = "", cast = "", shots, ...rest } = table;
  const strange = (/** @type {unknown} */ one, /** @type {string} */ why) =>
    found.left.push({ text: JSON.stringify(one).slice(0, 60), why });
  if (typeof style === "string") found.style = style;
  if (typeof cast === "string") found.cast = cast;
  for (const [name, one] of Object.entries(rest)) strange({ [name]: one }, "There is no such field");
  for (const one of Array.isArray(shots) ? shots : []) {
    const held = typeof one === "string" ? { prompt: one } : one;
    const { prompt, text, description, seconds, duration, ...more } = Object(held);
    const words = prompt ?? text ?? description;
    if (typeof words !== "string") strange(one, "This has no prompt");
    else found.shots.push({ prompt: words, seconds: secondsIn(seconds ?? duration) });
    for (const [name, value] of typeof words === "string" ? Object.entries(more) : [])
      strange({ [name]: value }, "A shot has no such field");
  }
  if (!Array.isArray(shots)) strange(value, "There is no list of shots");
  return found;
}

/**
 * A text in cells; null where it is none.
 * @param {string} text
 * @returns {Read | null}
 */
export function fromCells(text) {
  const lines = text.split(/\r?\n/).filter((line) => line.trim());
  if (lines.length && lines[0].trim().startsWith("|")) return ofTable(lines.map((line) => line.trim()));
  for (const sign of [",", ";", "\t"]) {
    const rows = cells(text, sign);
    const columns = rows && (named(rows[0]) ?? guessed(rows));
    if (rows && columns) return placed(rows, columns, sign === "\t" ? " " : `${sign} `);
  }
  return null;
}

/**
 * @param {string[]} lines
 * @returns {Read}
 */
function ofTable(lines) {
  const isRow = (/** @type {string} */ line) => line.startsWith("|");
  const all = lines.filter((line) => isRow(line) && !RULE.test(line)).map(inTable);
  const head = named(all[0]);
  // A header that does not name its columns in words that are known is no shot either.
  const rows = !head && lines.length > 1 && RULE.test(lines[1]) ? all.slice(1) : all;
  const found = placed(rows, head ?? guessed(rows, 1) ?? last(rows), " ");
  const left = lines.filter((line) => !isRow(line)).map((line) => ({ text: line, why: "This is no row of the table" }));
  return { ...found, left: [...found.left, ...left] };
}

/**
 * Of a table that says nothing of its columns, the last cell is the text.
 * @param {string[][]} rows
 * @returns {Columns}
 */
const last = (rows) => ({
  head: null,
  number: -1,
  seconds: -1,
  prompt: Math.max(...rows.map((row) => row.length)) - 1,
});

/** @param {string} line */
const inTable = (line) =>
  line
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replace(/\\([|<&])|<br\s*\/?>|&#(\d+);/g, (_, sign, code) => sign ?? meant(code)));

/** @param {string | undefined} code of a letter; of none at the end of a line */
const meant = (code) => (code === undefined ? "\n" : String.fromCodePoint(Math.min(Number(code), 0x10ffff)));

/**
 * The rows of a text whose cells are parted by a sign; null where a quotation is never closed.
 * @param {string} text
 * @param {string} sign
 */
function cells(text, sign) {
  /** @type {string[][]} */
  const rows = [];
  /** @type {string[]} */
  let row = [];
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"[ ]*|([^${sign}\\r\\n]*))(${sign}|\\r?\\n|$)`, "y");
  while (cell.lastIndex < text.length || row.length) {
    const found = cell.exec(text);
    if (!found || (found[1] === undefined && found[2].trimStart().startsWith('"'))) return null;
    row.push(found[1] === undefined ? found[2].trim() : found[1].replaceAll('""', '"'));
    if (found[3] === sign) continue;
    if (row.some(Boolean)) rows.push(row);
    row = [];
  }
  return rows.length ? rows : null;
}

/**
 * Places in a row, or -1.
 * @typedef {{ head: string[] | null, number: number, seconds: number, prompt: number }} Columns
 */

/**
 * @param {string[]} head
 * @returns {Columns | null}
 */
function named(head) {
  const at = (/** @type {RegExp} */ name) => head.findIndex((cell) => name.test(cell.trim()));
  return head.length > 1 && at(PROMPT) >= 0
    ? { head, number: at(NUMBER), seconds: at(SECONDS), prompt: at(PROMPT) }
    : null;
}

/**
 * Without a header: numbers first, or last. Numbers that count from one are those of the shots.
 * @param {string[][]} rows
 * @param {number} [least] rows
 * @returns {Columns | null}
 */
function guessed(rows, least = 2) {
  const isNumber = (/** @type {string | undefined} */ cell) =>
    NUMERIC.test(cell ?? "") && parseFloat(cell ?? "") <= LONGEST;
  const all = (/** @type {number} */ place) => rows.every((row) => row.length > 1 && isNumber(row.at(place)));
  const counts = rows.length > 1 && rows.every((row, index) => row[0] === String(index + 1));
  if (rows.length < least) return null;
  if (all(0) && all(1) && rows.every((row) => row.length > 2)) return { head: null, number: 0, seconds: 1, prompt: 2 };
  if (all(-1) && (counts || !all(0)))
    return { head: null, number: counts ? 0 : -1, seconds: -2, prompt: counts ? 1 : 0 };
  if (all(0)) return { head: null, number: counts ? 0 : -1, seconds: counts ? -1 : 0, prompt: 1 };
  return null;
}

/**
 * @param {string[][]} rows
 * @param {Columns} columns
 * @param {string} sign what stood between cells of one text
 * @returns {Read}
 */
function placed(rows, { head, number, seconds, prompt }, sign) {
  const found = nothing();
  for (const row of head ? rows.slice(1) : rows) {
    const ends = seconds === -2;
    const length = ends ? row.at(-1) : row[seconds];
    const text = head ? (row[prompt] ?? "") : row.slice(prompt, ends ? -1 : undefined).join(sign);
    const what = (row[number] ?? "").toLowerCase();
    if (what === "style" || what === "cast") found[what] = text;
    else found.shots.push({ prompt: text, seconds: secondsIn(length) });
    if (length && secondsIn(length) === null) found.left.push({ text: length, why: "This is no length of a shot" });
    for (const [place, cell] of head ? row.entries() : [])
      if (cell && ![number, seconds, prompt].includes(place))
        found.left.push({ text: cell, why: `A shot has no ${head?.[place] ?? "such column"}` });
  }
  return found;
}

/** Ways to write a plan in rows, each read back without loss. */
export const WRITTEN = {
  /** @param {Omit<Read, "left">} plan */
  CSV: (plan) =>
    [["shot", "seconds", "prompt"], ...inRows(plan)]
      .map((row) => row.map((cell) => (/^[\w.-]*$/.test(cell) ? cell : `"${cell.replaceAll('"', '""')}"`)).join(","))
      .join("\n"),
  /** @param {Omit<Read, "left">} plan */
  Table: (plan) =>
    [["Shot", "Seconds", "Prompt"], ["---", "---", "---"], ...inRows(plan)]
      .map((row, index) => `| ${row.map((cell) => (index > 1 ? escaped(cell) : cell)).join(" | ")} |`)
      .join("\n"),
  /** @param {Omit<Read, "left">} plan */
  JSON: ({ style, cast, shots }) =>
    JSON.stringify(
      {
        ...(style && { style }),
        ...(cast && { cast }),
        shots: shots.map(({ prompt, seconds }) => ({ prompt, seconds })),
      },
      null,
      2,
    ),
};

/** @param {Omit<Read, "left">} plan */
const inRows = ({ style, cast, shots }) => [
  ...(style ? [["style", "", style]] : []),
  ...(cast ? [["cast", "", cast]] : []),
  ...shots.map(({ prompt, seconds }, index) => [String(index + 1), String(seconds ?? ""), prompt]),
];

// In a cell of a table a line ends with <br>; what would end the cell, or be lost at its ends, is escaped.
/** @param {string} text */
const escaped = (text) =>
  text.replace(/\n|[|<]|&(?=#)|[\\\r]|^\s|\s$/g, (sign) =>
    sign === "\n" ? "<br>" : /[|<&]/.test(sign) ? `\\${sign}` : `&#${sign.codePointAt(0)};`,
  );
