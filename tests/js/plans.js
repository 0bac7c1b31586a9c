// Rules of every shape, and plans for them, the same in every run.

import { shot } from "../../assets/js/form/edits.js";

const text = (longest, more = {}) => ({ rule: "text", shortest: 1, longest, doubtful: null, utf16: false, ...more });
const rule = (more) => ({
  rule: "shots",
  least: 2,
  most: 5,
  prompt: text(60),
  seconds: { rule: "span", low: 3, high: 12, default: 5, unit: "s", beyond: null },
  total: 15,
  total_least: 0,
  sums: [],
  soft: [],
  in_one_text: null,
  rewritten: false,
  ...more,
});
const span = (low, high) => ({ rule: "span", low, high, default: null, unit: "s", beyond: null });

/** Every shape of rule that a vendor has: totals, sums, exact lengths, soft limits, one text, UTF-16. */
export const RULES = [
  rule({}),
  rule({ least: 3, sums: [5, 10, 15], seconds: span(1, 15), prompt: text(512, { shortest: 3 }) }),
  rule({ least: 1, most: 6, total_least: 3, seconds: span(1, 15), prompt: text(512, { doubtful: 40 }) }),
  rule({ most: 4, sums: [10], seconds: span(2, 8), prompt: text(80, { utf16: true }) }),
  rule({ most: 6, soft: ["count", "seconds", "total"], seconds: span(1, 10) }),
  rule({ least: 1, most: 6, in_one_text: 200, seconds: span(1, 15), sums: [5, 10] }),
];

/**
 * A generator of whole numbers below `most`.
 * @param {number} seed
 */
export function chance(seed) {
  let state = seed;
  return (most) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * most);
  };
}

const WORDS = [
  "Wide:",
  "a kettle",
  "🎬",
  "steam; slowly",
  '"Stop!"',
  "2. twice",
  "(3s)",
  "a | b",
  "C:\\n",
  "&#32;",
  "<br>",
];
const ODD = [
  "",
  " ",
  "\n",
  "\n\n",
  ": led",
  '"a\\b"',
  "Style: no",
  "shot 1, 2, 3",
  "INT. ROOM - DAY",
  "CUT TO:",
  "a,b",
  "[0:05-0:09]",
];

/**
 * A plan of some shots, with texts that are easily mistaken for something else.
 * @param {(most: number) => number} draw
 * @param {{ odd?: boolean }} [how]
 */
export function drawn(draw, { odd = false } = {}) {
  const words = () => Array.from({ length: 1 + draw(7) }, () => WORDS[draw(WORDS.length)]).join(" ");
  const prompt = () => (odd && draw(3) === 0 ? ODD[draw(ODD.length)] + (draw(2) ? words() : "") : words());
  const seconds = () => (odd && draw(6) === 0 ? [null, 4.5, -4, 900][draw(4)] : 1 + draw(14));
  const line = () => (draw(3) ? "" : odd ? prompt() : "Early light");
  return { style: line(), cast: line(), shots: Array.from({ length: 1 + draw(7) }, () => shot(prompt(), seconds())) };
}
