// What stands beside a job when its details are opened: newer and older ones, as far as the history goes.

import { api } from "../core/calls.js";
import { isGone, jobs, newestFirst } from "../core/store.js";

const PAGE = 60;

/** @typedef {{ id: string, created: number }} Place */

/**
 * The jobs of one kind, or all of them, newest first. More are asked for once somebody comes to the last one.
 * @param {Kind} [kind]
 * @returns {{ list: string[], further: import("./viewer.js").Further }}
 */
export function neighbours(kind) {
  /** @type {Map<string, Place>} */
  const older = new Map();
  /** @type {string | null} */
  let next = "";
  const ids = () => {
    const all = new Map(older);
    for (const job of jobs.values())
      if ((!kind || job.kind === kind) && job.state !== "discarded") all.set(job.id, job);
    return newestFirst([...all.values()].filter(({ id }) => !isGone(id))).map(({ id }) => id);
  };
  const load = async () => {
    const known = new Set(ids());
    // The first page is known for the most part: on until something new comes.
    for (let found = false; !found && next !== null;) {
      /** @type {Answer<import("../types").JobsView>} */
      const answer = await api("GET", `jobs?limit=${PAGE}${kind ? `&kind=${kind}` : ""}${next && `&before=${next}`}`);
      if (!answer.ok) return;
      next = answer.data.next;
      for (const job of answer.data.jobs) {
        if (job.state === "discarded") continue;
        found ||= !known.has(job.id);
        older.set(job.id, { id: job.id, created: job.created });
      }
    }
  };
  return { list: ids(), further: { ids, any: () => next !== null, load } };
}
