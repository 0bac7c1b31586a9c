// Some of the pictures that were asked for could not be made: those that are missing can be asked for once more.

import { api, reason } from "../core/calls.js";
import { act } from "../core/buttons.js";
import { h, toast } from "../core/dom.js";
import { working } from "../core/focus.js";
import { about, estimate } from "../core/prices.js";
import { isGiven } from "../core/rules.js";
import { FAILED, put, spec, subscribe } from "../core/store.js";
import { Presses } from "./presses.js";

/** @type {Presses<Job>} */
const presses = new Presses();
/** Job id -> the job that was made of what it lacks. */
/** @type {Map<string, string>} */
const made = new Map();

// What was asked for once more and did not come either is asked for by another press.
subscribe((changes) => {
  for (const [id, rest] of made)
    if (changes.some(({ job, before }) => (job ? job.id === rest && FAILED.has(job.state) : before.id === rest)))
      release(id);
});

/** @param {string} id */
function release(id) {
  made.delete(id);
  presses.forget(id);
  for (const button of document.querySelectorAll(`[data-lacks="${id}"]`)) button.removeAttribute("aria-disabled");
}

/**
 * How many pictures of a finished job were not made.
 * @param {Job} job
 */
function lacking(job) {
  const asked = job.options?.count;
  const done = job.state === "done" && job.artifacts.length > 0;
  return done && typeof asked === "number" ? Math.max(0, asked - job.artifacts.length) : 0;
}

/**
 * The same request for so many as the model makes at once of those that are missing. Without its seed, which would
 * make the same pictures again.
 * @param {Job} job
 * @param {Spec} row
 * @returns {Requested}
 */
function rest(job, row) {
  const { seed: _, ...options } = job.options;
  /** @type {Requested} */
  const body = { kind: job.kind, model: job.model, options: { ...options, count: atOnce(row, lacking(job)) } };
  if (job.prompt) body.prompt = job.prompt;
  if (job.shots.length) body.shots = job.shots;
  for (const [field, files] of Object.entries(job.media)) if (isGiven(files)) body[field] = files;
  return body;
}

/**
 * @param {Spec} row
 * @param {number} wanted
 */
function atOnce(row, wanted) {
  const rule = row.rules.count;
  if (rule?.rule === "span") return Math.max(rule.low, Math.min(rule.high, wanted));
  const able = rule?.rule === "choice" ? rule.options.map(Number).sort((a, b) => a - b) : [1];
  return able.findLast((count) => count <= wanted) ?? able[0];
}

/**
 * The button for that, with what it costs; empty where nothing is missing.
 * @param {Job} job
 */
export function missingButton(job) {
  const row = spec(job.model);
  const count = lacking(job);
  if (!row?.rules.count || !count) return [];
  const body = rest(job, row);
  const cost = job.sandbox ? "" : about(estimate(row, { ...body, ...body.options }));
  const some = Number(body.options.count);
  const text =
    some < count ? `Generate ${some} of the ${count} missing` : `Generate the missing ${count === 1 ? "one" : count}`;
  const button = act(text, (event) => make(job, body, event.currentTarget), {
    title: "Send the same request for the missing ones as a new job",
    dataset: { lacks: job.id },
  });
  if (cost) button.append(" ", h("small", {}, cost));
  if (presses.isTaken(job.id)) button.setAttribute("aria-disabled", "true");
  return [button];
}

/**
 * @param {Job} job
 * @param {Requested} body
 * @param {HTMLElement} button
 */
async function make(job, body, button) {
  if (presses.isTaken(job.id)) return toast("This was already sent as a new job.");
  await working(button, async () => {
    const answer = await presses.once(job.id, (key) => api("POST", "jobs", { ...body, client_request_id: key }));
    if (!answer.ok) return toast(reason(answer));
    made.set(job.id, answer.data.id);
    put(answer.data);
    toast("Sent as a new job.");
  });
  if (presses.isTaken(job.id)) button.setAttribute("aria-disabled", "true");
}
