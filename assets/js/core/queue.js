// Who waits at each vendor, in line. Put together once after a change, however many ask where they stand.

import { jobs, subscribe } from "./store.js";

/**
 * Vendor -> when its waiting jobs were made, the oldest first.
 * @type {Map<string, number[]> | null}
 */
let lines = null;
subscribe(() => (lines = null));

/**
 * How many wait at its vendor since before this one.
 * @param {Pick<Job, "vendor" | "created">} job
 */
export function countBefore({ vendor, created }) {
  lines ??= lineUp();
  const line = lines.get(vendor) ?? [];
  let [low, high] = [0, line.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (line[middle] < created) low = middle + 1;
    else high = middle;
  }
  return low;
}

function lineUp() {
  /** @type {Map<string, number[]>} */
  const made = new Map();
  for (const { state, vendor, created } of jobs.values()) {
    if (state !== "waiting") continue;
    const line = made.get(vendor);
    if (line) line.push(created);
    else made.set(vendor, [created]);
  }
  for (const line of made.values()) line.sort((one, other) => one - other);
  return made;
}
