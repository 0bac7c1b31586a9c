// A multishot as text: what people write down a plan in becomes shots, and shots become text again. No page here.

import { evenly, lasting, nearest } from "./lengths.js";
import { fromCells, fromJson, nothing, WRITTEN } from "./rows.js";
import { between, coded, secondsIn, timeCode } from "./timecodes.js";

/** @typedef {import("./rows.js").Read} Read */
/** @typedef {import("./rows.js").Left} Left */

const NUMBER = String.raw`\d+(?:\.\d+)?`;
const SECONDS = String.raw`(${NUMBER})\s*(?:s|sec|secs|seconds?)\b\.?`;
// `5s | prompt`, `5 s: prompt`
const LEADING = new RegExp(`^${SECONDS}\\s*[|:,;–—-]\\s*(.+)$`, "i");
// `Shot 2 (5s): prompt`, `2. prompt`, `- prompt`, `[3s] prompt`
const NAMED = /^(?:(?:shot|scene|cut)\s*\d+|#?\d+(?:[.)]|:(?!\d))|[-*•])\s*/i;
const BRACKETED = new RegExp(`^[([]\\s*(?:(-?${NUMBER})\\s*(?:s|sec|secs|seconds?)\\b\\.?|\\?)\\s*[)\\]]\\s*`, "i");
const TRAILING = new RegExp(`\\s*[([]\\s*${SECONDS}\\s*[)\\]]\\s*\\.?$`, "i");
const RULE = /^(?:[|\s:=*_-]+|```\w*)$/;
const LINE = /^(style|cast)(?: for every shot)?\s*:\s*(.+)$/i;
const CUT = /^(?:(?:smash|match|jump|hard|quick)\s+)?cut(?:\s+back)?\s+to\s*:\s*(.*)$/i;
const TRANSITION = /^(?:fade|dissolve|wipe|iris|cut)\s+(?:in|out|to|back to|to black|to white|from black)\s*[:.]?$/i;
const HEADING = /^(?:\d+[A-Z]?\.?\s+)?(?:INT|EXT|EST|INT\.?\s*\/\s*EXT|I\/E)\.?[\s/].*\S$/;
const DOTTED = /^(?:int|ext|est|i\/e)\.\s*\S/i;
const ASIDE =
  /^(?:title|total|duration|length|notes?|author|format|aspect ratio|logline|synopsis|the end)\b\s*(?::|\.?$)/i;

/**
 * What a text says: {prompt, seconds} of each shot, with null where no seconds are named, the lines for every shot, and
 * what has no place in a plan. A line is a shot, unless shots are numbered, timed, or parted by cuts and scenes.
 * @param {string} text
 * @returns {Read}
 */
export function readScript(text) {
  const whole = text.trim();
  return fromJson(whole) ?? (NAMED.test(whole) ? null : fromCells(whole)) ?? fromLines(whole);
}

/**
 * @param {string} text
 * @returns {Read}
 */
function fromLines(text) {
  const lines = text.split(/\r?\n/).map(plain);
  const found = nothing();
  const told = lines.filter((line) => {
    const [, name, words] = NAMED.test(line) ? [] : (LINE.exec(line) ?? []);
    if (name) found[name.toLowerCase() === "style" ? "style" : "cast"] = unquoted(words);
    return !name && line && !RULE.test(line);
  });
  const begins = (/** @type {string} */ line) => NAMED.test(line) || timeCode(line) !== null;
  const scenes = (/** @type {string} */ line) => CUT.test(line) || isHeading(line);
  const parts = told.some(begins)
    ? numbered(told, begins, found.left)
    : told.some(scenes)
      ? played(told, found.left)
      : listed(told, found.left);
  const shots = parts.map(oneShot);
  found.shots = shots.map(({ prompt, seconds }) => ({ prompt, seconds }));
  measured(shots, found);
  return found;
}

/** @param {string} line */
const isHeading = (line) => HEADING.test(line) || DOTTED.test(line);

// Signs of Markdown that stand around a line; what they made of it stays a heading, unless it names a shot.
/** @param {string} line */
function plain(line) {
  const bare = line.trim();
  const [, title] = /^#{1,6}\s+(.*)$/.exec(bare) ?? [];
  const words = (title ?? bare).replace(/^\*\*(.+?)\*\*/, "$1");
  return title === undefined || NAMED.test(words) || isHeading(words) || timeCode(words) ? words : `Title: ${words}`;
}

/**
 * Lines that name or time a shot begin one; others go on with it.
 * @param {string[]} lines
 * @param {(line: string) => boolean} begins
 * @param {Left[]} left
 */
function numbered(lines, begins, left) {
  /** @type {string[]} */
  const shots = [];
  // Subtitles number their time codes in lines of their own.
  const isNumber = (/** @type {number} */ at) => /^\d+$/.test(lines[at]) && timeCode(lines[at + 1] ?? "") !== null;
  for (const [at, line] of lines.entries()) {
    const [, rest] = CUT.exec(line) ?? [];
    const said = rest ?? line;
    if (begins(line)) shots.push(line);
    else if (isNumber(at) || !said) continue;
    else if (ASIDE.test(said) || TRANSITION.test(said)) left.push(aside(said));
    else if (!shots.length) left.push({ text: said, why: "It stands before the first shot" });
    else shots[shots.length - 1] += ` ${said}`;
  }
  return shots;
}

/**
 * A cut or a new scene begins a shot; the heading of a scene is the beginning of its text.
 * @param {string[]} lines
 * @param {Left[]} left
 */
function played(lines, left) {
  /** @type {{ heading: string, words: string[] }[]} */
  const shots = [];
  let open = { heading: "", words: /** @type {string[]} */ ([]) };
  const close = (heading = "") => {
    if (open.words.length) shots.push(open);
    else if (open.heading) left.push({ text: open.heading, why: "Nothing happens in this scene" });
    open = { heading, words: [] };
  };
  for (const line of lines) {
    const [, rest] = CUT.exec(line) ?? [];
    if (rest !== undefined) close(isHeading(rest) ? rest : "");
    if (rest !== undefined && !isHeading(rest)) open.words.push(...[rest].filter(Boolean));
    else if (rest === undefined && isHeading(line)) close(line);
    else if (rest === undefined && (ASIDE.test(line) || TRANSITION.test(line))) left.push(aside(line));
    else if (rest === undefined) open.words.push(line);
  }
  close();
  return shots.map(({ heading, words }) =>
    [heading && `${heading.replace(/[.:]$/, "")}.`, ...words].filter(Boolean).join(" "),
  );
}

/**
 * @param {string[]} lines
 * @param {Left[]} left
 */
const listed = (lines, left) =>
  lines.filter((line, index) => {
    const isAside = ASIDE.test(line) || TRANSITION.test(line) || (!index && lines.length > 1 && line.endsWith(":"));
    if (isAside) left.push(aside(line));
    return !isAside;
  });

/** @param {string} text */
const aside = (text) => ({
  text: text.replace(/^Title: /, ""),
  why: TRANSITION.test(text) ? "Shots are joined by cuts alone" : "It describes no shot",
});

/** @typedef {Shot & { code: import("./timecodes.js").Code | null }} TimedShot */

/**
 * @param {string} line
 * @returns {TimedShot}
 */
function oneShot(line) {
  const isNamed = NAMED.test(line);
  let rest = line.replace(NAMED, "");
  if (isNamed && !BRACKETED.test(rest)) rest = rest.replace(/^[:|–—-]\s*(?=[[(])/, "");
  const bracket = BRACKETED.exec(rest);
  const code = bracket ? null : timeCode(rest);
  /** @type {number | null} */
  let seconds = bracket ? secondsIn(bracket[1]) : null;
  let open = !bracket && !code;
  rest = code ? code.rest : bracket ? rest.slice(bracket[0].length) : rest;
  for (const pattern of [LEADING, TRAILING]) {
    const found = open && pattern.exec(rest);
    if (!found) continue;
    seconds = secondsIn(found[1]);
    open = false;
    rest = found[2] ?? rest.replace(pattern, "");
  }
  return { prompt: unquoted(rest.replace(/^[:|–—-]\s*/, "").trim()), seconds, code };
}

/**
 * Seconds from time codes: to where a shot ends, else to where the next one begins. What is odd about them is said.
 * @param {TimedShot[]} timed
 * @param {Read} found
 */
function measured(timed, { shots, left }) {
  let before = /** @type {number | null} */ (null);
  for (const [index, { code }] of timed.entries()) {
    if (!code) continue;
    const end = code.end ?? timed[index + 1]?.code?.start ?? null;
    if (end !== null && end > code.start) shots[index].seconds = between(code.start, end);
    else if (end !== null) left.push({ text: code.text, why: "This ends before it begins" });
    if (before !== null && code.start > before)
      left.push({ text: `${time(before)}–${time(code.start)}`, why: "No shot fills this" });
    if (before !== null && code.start < before)
      left.push({ text: code.text, why: "This begins before the last shot ends" });
    before = end ?? before;
  }
}

/** @param {number} seconds */
const time = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}`;

// What a line cannot hold is written as JSON does; a backslash tells such a text from one that somebody speaks.
/** @param {string} text */
function unquoted(text) {
  if (!/^".*\\.*"$/.test(text)) return text;
  try {
    const read = JSON.parse(text);
    return typeof read === "string" ? read : text;
  } catch {
    return text;
  }
}

/** @param {string} text */
function quoted(text) {
  const isPlain = text === text.trim() && !/[\r\n\u2028\u2029]/.test(text) && !/^".*\\.*"$/.test(text);
  const starts = /^[:|–—-]/.test(text);
  if (isPlain && !starts) return text;
  const written = JSON.stringify(text);
  return written.includes("\\") ? written : written.replace(/^"(.)/su, (_, sign) => `"\\u${code(sign)}`);
}

/** @param {string} sign */
const code = (sign) =>
  sign.charCodeAt(0).toString(16).padStart(4, "0") + (sign.length > 1 ? `\\u${sign.charCodeAt(1).toString(16)}` : "");

/**
 * @param {Omit<Read, "left">} plan
 * @param {(shot: Shot, index: number) => string} named what tells the place and the length of a shot
 */
const inLines = ({ style, cast, shots }, named) =>
  [
    style && `Style: ${quoted(style)}`,
    cast && `Cast: ${quoted(cast)}`,
    ...shots.map((one, index) => `Shot ${index + 1} ${named(one, index)}: ${quoted(one.prompt)}`),
  ]
    .filter(Boolean)
    .join("\n");

/** @param {number | null} seconds */
const length = (seconds) => (seconds === null ? "?" : `${seconds}s`);

// From where a shot begins to where it ends; one without a length that can be passed has that in brackets.
/** @param {Omit<Read, "left">} plan */
function inTimeCodes(plan) {
  let at = 0;
  return inLines(plan, ({ seconds }) => {
    if (seconds === null || seconds <= 0) return `[${length(seconds)}]`;
    const start = at;
    at += seconds;
    return `[${coded(start)}-${coded(at)}]`;
  });
}

/**
 * A plan in each of the forms that `readScript` reads back without loss.
 * @type {Record<string, (plan: Omit<Read, "left">) => string>}
 */
export const FORMS = {
  Script: (plan) => inLines(plan, ({ seconds }) => `(${length(seconds)})`),
  "Time codes": inTimeCodes,
  ...WRITTEN,
};

/**
 * Seconds for those shots that name none: equal parts of what is left of a legal length, within a shot's limits.
 * @param {Shot[]} shots
 * @param {ShotsRule} limits
 */
export function timed(shots, limits) {
  const open = shots.filter((shot) => shot.seconds === null).length;
  if (!open) return shots;
  const { low, high, default: usual } = limits.seconds;
  const given = lasting(shots);
  const wanted = Math.min((usual ?? low) * open, limits.total - given);
  // Of a few lengths the nearest is filled; else every shot that is open gets the same.
  const left = limits.sums.length ? nearest(given + wanted, limits) - given : Math.floor(wanted / open) * open;
  const parts = evenly(left, open).map((part) => Math.min(high, Math.max(low, part)));
  return shots.map((shot) => ({ ...shot, seconds: shot.seconds ?? parts.shift() ?? low }));
}
