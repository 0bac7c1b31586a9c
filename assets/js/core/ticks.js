// What changes by itself as time goes by: one timer for all who show it.

import { jobs } from "./store.js";
import { isOpen } from "./words.js";

/** @type {Set<() => void>} */
const ticking = new Set();
/** @type {number | null} */
let timer = null;

/**
 * Whether what is said of a job changes by itself, as time goes by.
 * @param {Job} job
 */
export const ticks = (job) => isOpen(job) || Boolean(job.link_deadline);

/**
 * Call `tick` once a second while the page is visible and a job is open or counts down. One timer for all.
 * @param {() => void} tick
 */
export function everySecond(tick) {
  ticking.add(tick);
  timer ??= setInterval(() => {
    if (document.hidden || ![...jobs.values()].some(ticks)) return;
    for (const each of ticking) each();
  }, 1000);
  return () => ticking.delete(tick);
}
