// How jobs ended, read out politely: one by one while they are few, and summed up where they are many.

import { h, say } from "../core/dom.js";
import { number } from "../core/numbers.js";
import { isBad, isOpen, needsLook, title, words } from "../core/words.js";

const QUIET = 1500; // So long nothing more has ended when it is said,
const LATEST = 10000; // and never later than this after the first.
const LONGEST = 60;

/** A line that is heard and not seen. */
export class Spoken {
  element = h("div", { class: "unseen", role: "status", "aria-live": "polite" });
  /** What has ended and was not said yet. */
  /** @type {Map<string, Job>} */
  ended = new Map();
  timer = 0;
  since = 0;

  constructor() {
    window.addEventListener("studio:forgotten", () => {
      this.ended.clear();
      say(this.element, "");
    });
  }

  /**
   * How it ended is said; each step on the way would drown the rest.
   * @param {Change[]} changes
   */
  tell(changes) {
    for (const { job, before } of changes)
      if (job && before && before.state !== job.state) {
        if (isOpen(job)) this.ended.delete(job.id);
        else this.#wait(job);
      }
  }

  /** @param {Job} job */
  #wait(job) {
    const now = performance.now();
    if (!this.ended.size) this.since = now;
    this.ended.set(job.id, job);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#say(), Math.max(0, Math.min(QUIET, this.since + LATEST - now)));
  }

  #say() {
    const all = [...this.ended.values()];
    this.ended.clear();
    say(this.element, ""); // The same words once more are said once more.
    if (all.length) say(this.element, all.length === 1 ? one(all[0]) : summary(all));
  }
}

/** @param {Job} job */
const one = (job) => `${title(job).slice(0, LONGEST)}: ${words(job).state}`;

/**
 * "58 jobs done, 1 failed, 1 needs attention."
 * @param {Job[]} jobs
 */
function summary(jobs) {
  const count = (/** @type {(job: Job) => boolean} */ wanted) => jobs.filter(wanted).length;
  /** @type {[count: number, what: string][]} */
  const parts = [
    [count((job) => job.state === "done" && !needsLook(job)), "done"],
    [count((job) => isBad(job) && !needsLook(job)), "failed"],
    [count((job) => job.state === "cancelled"), "cancelled"],
    [count((job) => job.state === "discarded"), "discarded"],
    [count(needsLook), count(needsLook) === 1 ? "needs attention" : "need attention"],
  ];
  const told = parts.filter(([each]) => each);
  const noun = told[0][0] === 1 ? "job" : "jobs";
  return `${told.map(([each, what], place) => `${number(each)} ${place ? "" : `${noun} `}${what}`).join(", ")}.`;
}
