// How long all shots of a plan may last together, by the rule of their model. No page here: only numbers and words.

import { wholeSeconds } from "../core/rules.js";

/**
 * The seconds of all shots together.
 * @param {Shot[]} shots
 */
export const lasting = (shots) => shots.reduce((sum, shot) => sum + wholeSeconds(shot.seconds), 0);

/**
 * The least change that makes a length legal: seconds to add and to take away, either null where there is none.
 * Nothing for a legal length.
 * @param {number} total
 * @param {ShotsRule} limits
 * @returns {{ add: number | null, remove: number | null } | null}
 */
export function off(total, limits) {
  if (limits.sums.length) {
    if (limits.sums.includes(total)) return null;
    const above = limits.sums.find((sum) => sum > total);
    const below = limits.sums.findLast((sum) => sum < total);
    return { add: above === undefined ? null : above - total, remove: below === undefined ? null : total - below };
  }
  if (total > limits.total) return { add: null, remove: total - limits.total };
  return total < limits.total_least ? { add: limits.total_least - total, remove: null } : null;
}

/**
 * The legal length that is nearest; of two that are equally near, the longer one.
 * @param {number} total
 * @param {ShotsRule} limits
 */
export function nearest(total, limits) {
  const { add, remove } = off(total, limits) ?? { add: 0, remove: null };
  if (remove === null) return total + Number(add);
  return add === null || remove < add ? total - remove : total + add;
}

/**
 * How long a plan of this length is to become: the nearest of a few lengths, else as long as it may be.
 * @param {number} total
 * @param {ShotsRule} limits
 */
export const goal = (total, limits) => (limits.sums.length ? nearest(total, limits) : limits.total);

/**
 * What is to be said of a length: how much is left, or what to change.
 * @param {number} total
 * @param {ShotsRule} limits
 */
export function remark(total, limits) {
  const change = off(total, limits);
  if (!change) {
    const left = limits.total - total;
    return limits.sums.length || !left ? "full" : `${left} s left`;
  }
  if (!limits.sums.length) return change.add === null ? `${change.remove} s too long` : `${change.add} s too short`;
  const ways = [
    change.remove === null ? "" : `remove ${change.remove} s`,
    change.add === null ? "" : `add ${change.add} s`,
  ];
  return ways.filter(Boolean).join(" or ");
}

/**
 * The lengths that all shots together may have, as a chip: `up to 15 s`, `5, 10 or 15 s`.
 * @param {ShotsRule} limits
 */
export function allowed(limits) {
  if (limits.sums.length) return `${limits.sums.slice(0, -1).join(", ")} or ${limits.sums.at(-1)} s`;
  return limits.total_least ? `${limits.total_least}–${limits.total} s` : `up to ${limits.total} s`;
}

/**
 * So many seconds in whole, nearly equal parts: the first ones are a second longer.
 * @param {number} total
 * @param {number} parts
 */
export function evenly(total, parts) {
  const each = Math.floor(total / parts);
  return Array.from({ length: parts }, (_, index) => each + (index < total % parts ? 1 : 0));
}
