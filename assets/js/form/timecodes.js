// Lengths and time codes as people write them: `5`, `5 s`, `[0:05-0:09]`, `0-5s`, `00:00:05,000 --> 00:00:09,000`.

const CLOCK = String.raw`(?:\d+:)?\d{1,2}:\d{2}(?:[.,]\d+)?`;
const TO = String.raw`\s*(?:-{1,2}>?|–|—|→|to)\s*`;
const NUMBER = String.raw`\d+(?:\.\d+)?`;
const UNIT = String.raw`\s*(?:secs?|seconds?|s)\b\.?`;
const OPEN = String.raw`^[[(]?\s*`;
const CLOSE = String.raw`\s*[\])]?\s*(?:[:|–—-]\s*|\s|$)`;
const PATTERNS = [
  new RegExp(`${OPEN}(${CLOCK})${TO}(${CLOCK})${CLOSE}`, "i"),
  new RegExp(`${OPEN}(${NUMBER})(?:${UNIT})?${TO}(${NUMBER})${UNIT}${CLOSE}`, "i"),
  // Without an end it is a time code only in brackets: what is said of noon may begin a text.
  new RegExp(`^[[(]\\s*(${CLOCK})()\\s*[\\])]\\s*(?:[:|–—-]\\s*)?`, "i"),
];
const LENGTH = new RegExp(`^(-?${NUMBER})(?:${UNIT})?$`, "i");

/**
 * Seconds, and what they were read from.
 * @typedef {{ start: number, end: number | null, text: string, rest: string }} Code
 */

/**
 * The time code that a line begins with.
 * @param {string} line
 * @returns {Code | null}
 */
export function timeCode(line) {
  const found = PATTERNS.map((pattern) => pattern.exec(line)).find(Boolean);
  if (!found) return null;
  const [text, start, end] = found;
  return { start: clock(start), end: end ? clock(end) : null, text: text.trim(), rest: line.slice(text.length) };
}

/**
 * Seconds of `5`, `1:05`, `0:00:05,5`.
 * @param {string} text
 */
const clock = (text) =>
  text
    .replace(",", ".")
    .split(":")
    .reduce((sum, part) => 60 * sum + Number(part), 0);

/**
 * A moment as a time code, to the thousandth where it needs that: `0:05`, `1:04.5`.
 * @param {number} seconds
 */
export function coded(seconds) {
  const parts = Math.round(seconds * 1000);
  const [whole, rest] = [Math.floor(parts / 1000), parts % 1000];
  const clock = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  return rest ? `${clock}.${String(rest).padStart(3, "0").replace(/0+$/, "")}` : clock;
}

/**
 * Seconds from one moment to another, without what a computer adds to them.
 * @param {number} start
 * @param {number} end
 */
export const between = (start, end) => Math.round(1000 * (end - start)) / 1000;

/**
 * The length that a number or a cell names: seconds, or what lies between two times. Null where it names none.
 * @param {unknown} value
 */
export function secondsIn(value) {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string") return null;
  const [, plain] = LENGTH.exec(value.trim()) ?? [];
  if (plain !== undefined) return Number(plain);
  const code = timeCode(value.trim());
  return code && code.end !== null && code.end > code.start && !code.rest ? between(code.start, code.end) : null;
}
