// What a plan is sent as, and what of it a model does not take. Python checks the same again; a test holds them equal.

import { joined } from "./edits.js";
import { lasting, off } from "./lengths.js";
import { characters, isGiven, wholeSeconds } from "../core/rules.js";

/**
 * What is wrong with a plan. `kind` says what would have to change; `shot` is counted from 1, null for the whole plan.
 * @typedef {{ kind: "count" | "seconds" | "total" | "missing" | "short" | "long" | "sign", shot: number | null,
 *   soft: boolean, words: string }} Fault
 */

/**
 * What stands before the text of every shot.
 * @param {Plan} plan
 */
export const lead = ({ style, cast }) => joined(style, cast);

/**
 * The text of a shot as it is sent: the lines for every shot come first. A shot without a text of its own has none.
 * @param {Plan} plan
 * @param {string} prompt
 */
export const final = ({ style, cast }, prompt) =>
  isGiven(prompt) && isGiven(style + cast) ? joined(style, cast, prompt) : prompt;

/**
 * The shots as they are sent.
 * @param {Plan} plan
 * @returns {Shot[]}
 */
export const finals = (plan) => plan.shots.map(({ prompt, seconds }) => ({ prompt: final(plan, prompt), seconds }));

/**
 * The shots as the one text that some vendors read.
 * @param {Shot[]} shots
 */
const written = (shots) =>
  shots.map((one, index) => `shot ${index + 1}, ${wholeSeconds(one.seconds)}, ${one.prompt.trim()};`).join(" ");

/**
 * How many characters the shots have in one text.
 * @param {Shot[]} shots
 */
export const together = (shots) => characters(written(shots));

/** The words with which such a vendor begins a shot. */
export const BEGINS = /^\s*shot\s+\d+\s*,\s*\d+\s*,\s*/i;

const many = (/** @type {number} */ count, /** @type {string} */ noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/**
 * Everything of these shots, as they are sent, that the rule does not take.
 * @param {Shot[]} shots
 * @param {ShotsRule} limits
 * @returns {Fault[]}
 */
export function faults(shots, limits) {
  const each = shots.flatMap((shot, index) => [
    ...ofText(shot.prompt, index + 1, limits),
    ...ofSeconds(shot.seconds, index + 1, limits),
  ]);
  return [...ofCount(shots.length, limits), ...ofTotal(shots, limits), ...each];
}

/**
 * @param {number} count
 * @param {ShotsRule} limits
 * @returns {Fault[]}
 */
function ofCount(count, { least, most, soft }) {
  if (count >= least && count <= most) return [];
  const words = count < least ? `${many(least - count, "shot")} too few` : `${many(count - most, "shot")} too many`;
  return [{ kind: "count", shot: null, soft: soft.includes("count") && count > 0, words }];
}

/**
 * @param {Shot[]} shots
 * @param {ShotsRule} limits
 * @returns {Fault[]}
 */
function ofTotal(shots, limits) {
  const { add, remove } = (shots.length ? off(lasting(shots), limits) : null) ?? {};
  const words = [remove && `${remove} s too long`, add && `${add} s too short`].filter(Boolean).join(" or ");
  const over = limits.in_one_text === null ? 0 : together(shots) - limits.in_one_text;
  /** @type {Fault[]} */
  const found = [];
  if (words)
    found.push({ kind: "total", shot: null, soft: limits.soft.includes("total"), words: `All together ${words}` });
  const long = `All texts together ${many(over, "character")} too long`;
  if (over > 0) found.push({ kind: "long", shot: null, soft: false, words: long });
  return found;
}

/**
 * @param {string} text
 * @param {number} shot
 * @param {ShotsRule} limits
 * @returns {Fault[]}
 */
function ofText(text, shot, { prompt: rule, in_one_text }) {
  const used = characters(text, rule);
  const bare = characters(text.trim());
  /** @type {Fault[]} */
  const found = [];
  const say = (/** @type {Fault["kind"]} */ kind, /** @type {string} */ words, soft = false) =>
    found.push({ kind, shot, soft, words });
  if (/[\0\p{Cs}]/u.test(text)) say("sign", "a character that can't be sent");
  if (rule.shortest && !bare) say("missing", "no text yet");
  else if (bare < rule.shortest) say("short", `${many(rule.shortest - bare, "character")} too short`);
  if (used > rule.longest) say("long", `${many(used - rule.longest, "character")} too long`);
  else if (rule.doubtful !== null && used > rule.doubtful)
    say("long", `${many(used - rule.doubtful, "character")} more than may be taken`, true);
  if (in_one_text === null) return found;
  if (text.includes(";")) say("sign", "a semicolon, which ends a shot here");
  if (/[\r\n]/.test(text.trim())) say("sign", "a line break, which this model doesn't take");
  if (BEGINS.test(text)) say("sign", "first words that begin a new shot here");
  return found;
}

/**
 * @param {number | null | undefined} value
 * @param {number} shot
 * @param {ShotsRule} limits
 * @returns {Fault[]}
 */
function ofSeconds(value, shot, { seconds: { low, high }, soft }) {
  const whole = Number.isSafeInteger(value) ? Number(value) : null;
  if (whole !== null && whole >= low && whole <= high) return [];
  const words = whole === null ? "no whole number of seconds" : `${whole} s, not ${low} to ${high} s`;
  return [{ kind: "seconds", shot, soft: soft.includes("seconds") && whole !== null && whole > 0, words }];
}
