// Files against what a vendor takes, read in the browser. The twin of providers/catalogue/files.py; a test holds them
// equal.

import { isGiven } from "./rules.js";

/** @typedef {import("../types").Takes} Takes */
/** @typedef {Takes["soft"][number]} FileLimit */
/**
 * @typedef {object} Leaving a file as it leaves for a vendor
 * @property {Artifact["kind"]} kind
 * @property {string} media_type
 * @property {number} width
 * @property {number} height
 * @property {number | null} [bytes]
 * @property {number | null} [seconds]
 * @property {number | null} [rate] frames in a second
 */

/** By how many seconds, and how many times, a file may differ from round numbers. */
const [SECONDS_APART, RATE_APART] = [0.05, 1.01];
/** The share of an image of which nobody says that it is cut off: sizes of one ratio differ as much. */
const LEAST_CUT = 0.02;
const RATIO = /^(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/;

/**
 * @param {number | null | undefined} value
 * @param {number | null} least
 * @param {number | null} most
 * @param {number} [apart]
 */
const outside = (value, least, most, apart = 0) =>
  typeof value === "number" && !((least ?? -Infinity) - apart <= value && value <= (most ?? Infinity) + apart);

/**
 * Every limit that a file breaks. `scale`: how many times larger it is made.
 * @param {Takes} takes
 * @param {Leaving} file
 * @param {number} [scale]
 */
export function beyond(takes, file, scale = 1) {
  const [short, long] = [Math.min(file.width, file.height), Math.max(file.width, file.height)];
  const made = file.width * file.height * scale * scale;
  /** @type {[FileLimit, boolean][]} */
  const broken = [
    ["types", file.kind === "video" && takes.types.length > 0 && !takes.types.includes(file.media_type)],
    ["sides", outside(short, takes.least_side, takes.most_lines) || outside(long, null, takes.most_side)],
    ["shape", outside(file.width / file.height, takes.least_shape, takes.most_shape)],
    ["bytes", outside(file.bytes, takes.least_bytes, takes.most_bytes)],
    ["seconds", outside(file.seconds, takes.least_seconds, takes.most_seconds, SECONDS_APART)],
    ["rate", outside(file.rate, null, takes.most_rate && takes.most_rate * RATE_APART)],
    ["made", outside(made, null, takes.most_made)],
  ];
  return broken.filter(([, isBroken]) => isBroken).map(([limit]) => limit);
}

/**
 * Pixels of an image as it leaves.
 * @param {number} width
 * @param {number} height
 * @param {Takes} takes
 */
export function shrunk(width, height, takes) {
  const [longest, most] = [Math.max(width, height), takes.shrunk_to];
  if (most === null || longest <= most) return [width, height];
  return [width, height].map((side) => Math.max(1, Math.round((side * most) / longest)));
}

/**
 * The share of an image that a ratio leaves of it, 0 to 1, and whether the image is wider than it; nothing for a
 * choice that is no ratio.
 * @param {number} width
 * @param {number} height
 * @param {unknown} ratio
 */
function kept(width, height, ratio) {
  const [, wide, high] = RATIO.exec(String(ratio)) ?? [];
  if (!Number(wide) || !Number(high)) return null;
  const [one, other] = [width * Number(high), height * Number(wide)];
  return { share: Math.min(one, other) / Math.max(one, other), isWider: one > other };
}

/**
 * How much of an image a ratio cuts off, and whether at its left and right; nothing where nobody sees it.
 * @param {number} width
 * @param {number} height
 * @param {unknown} ratio
 */
export function cut(width, height, ratio) {
  const found = kept(width, height, ratio);
  return found && 1 - found.share >= LEAST_CUT ? { part: 1 - found.share, sides: found.isWider } : null;
}

/**
 * The ratio that leaves the most of an image, the first of equals; nothing where no option is a ratio.
 * @param {number} width
 * @param {number} height
 * @param {readonly (string | number)[]} options
 */
export function nearest(width, height, options) {
  /** @type {string | null} */
  let best = null;
  let most = -1;
  for (const option of options) {
    const share = kept(width, height, option)?.share ?? -1;
    if (share > most) [best, most] = [String(option), share];
  }
  return best;
}

/**
 * The rule about the ratio to which the frames of a form are cut; nothing where none is.
 * @param {Rules} rules
 * @param {Given} given
 */
export function cutting(rules, given) {
  const rule = rules.ratio;
  const cuts = ["start_frame", "end_frame"].some((field) => {
    const frame = rules[field];
    return isGiven(given[field]) && frame?.rule === "slot" && !frame.uncut;
  });
  return cuts && rule?.rule === "choice" ? rule : undefined;
}

/**
 * The ratio for a start frame where nobody chose one: the nearest, if otherwise another would be sent.
 * @param {Choice} rule
 * @param {number} width
 * @param {number} height
 */
export function fitted(rule, width, height) {
  if (rule.default === null || !kept(width, height, rule.default)) return rule.default;
  return nearest(width, height, rule.options);
}
