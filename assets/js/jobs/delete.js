// Deleting what has ended: a question in place first, then it is final. What it cost stays in the sums.

import { api, reason } from "../core/calls.js";
import { toast } from "../core/dom.js";
import { number } from "../core/numbers.js";
import { act } from "../core/buttons.js";
import { ask } from "./question.js";
import { drop, OPEN } from "../core/store.js";

/**
 * Whether a job may be deleted: it has ended, and what became of it is known.
 * @param {Job} job
 */
export const canDelete = (job) => !OPEN.has(job.state) && job.state !== "unsure";

/**
 * What is asked before jobs are deleted.
 * @param {Job[]} jobs
 */
function question(jobs) {
  const [many, files] = [jobs.length, jobs.reduce((all, job) => all + job.artifacts.length, 0)];
  const what = many === 1 ? "this job" : `${number(many)} jobs`;
  const whose = many === 1 ? "its" : "their";
  const with_ = !files ? "" : files === 1 ? ` and ${whose} file` : ` and ${whose} ${number(files)} files`;
  const cost = jobs.every((job) => job.sandbox || job.found)
    ? ""
    : ` What ${many === 1 ? "it" : "they"} cost stays in the totals.`;
  const kept = jobs.filter((job) => job.starred).length;
  const star = !kept
    ? ""
    : many === 1
      ? " It is starred."
      : ` ${number(kept)} of them ${kept === 1 ? "is" : "are"} starred.`;
  return `Permanently delete ${what}${with_}?${star}${cost}`;
}

// One after the other, so that what one refusal says is still true of the rest.
/** @param {Job[]} jobs */
async function remove(jobs) {
  let count = 0;
  for (const { id } of jobs) {
    const answer = await api("DELETE", `jobs/${encodeURIComponent(id)}`);
    // What another window deleted is gone as well.
    if (!answer.ok && answer.status !== 404) {
      toast(`${count ? `${number(count)} of ${number(jobs.length)} deleted. ` : ""}${reason(answer)}`);
      return;
    }
    count += 1;
    drop(id);
  }
  toast(jobs.length === 1 ? "Deleted." : `${number(jobs.length)} jobs deleted.`);
}

/**
 * Ask in `host` whether these jobs are to be deleted, and do it.
 * @param {HTMLElement} host
 * @param {Job[]} jobs
 * @param {() => void} [then]
 */
export const askToDelete = (host, jobs, then) =>
  ask(host, question(jobs), jobs.length === 1 ? "Delete job" : `Delete ${number(jobs.length)} jobs`, async () => {
    await remove(jobs);
    then?.();
  });

/**
 * The button for one job, or nothing while it has not ended.
 * @param {Job} job
 * @param {HTMLElement} host
 */
export const deleteButton = (job, host) =>
  canDelete(job) &&
  act("Delete", () => askToDelete(host, [job]), { title: "Permanently delete this job and its files" });
