// What the detail view says of one job, part by part. Each part is drawn anew only when what it says has changed: open
// questions, opened details and typed words stay.

import { act } from "../core/buttons.js";
import { copyText } from "../core/clipboard.js";
import { canRepeat, ended, fileActions, original, settingsButton } from "./actions.js";
import { showBatch } from "./batch.js";
import { address } from "../core/calls.js";
import { cancelButton, jobActions, matches } from "./decide.js";
import { deleteButton } from "./delete.js";
import { arrange, h, say } from "../core/dom.js";
import { evidence } from "../core/money.js";
import { amount, clock, size, span } from "../core/numbers.js";
import { about } from "../core/prices.js";
import { label } from "../core/store.js";
import { moment } from "../core/time.js";
import { isBad, modelName, needsLook, optionWords, taken, tells, unshown, vendorName } from "../core/words.js";

/**
 * @typedef {import("../types").EventView} Step one step of a job's history
 * @typedef {[name: string, value: string | Node]} Fact
 */

const LONG = 420;
/** @type {Record<string, string>} */
const HARMED = {
  missing: "This file is missing from the data folder.",
  short: "This file is incomplete. Part of it is gone.",
  rotten: "This file is damaged. Its contents have changed.",
};
const REMEDY =
  "If the service still has it, it is downloaded again automatically. Otherwise, restore it from a backup of the " +
  "folder named artifacts, then check all files on the Settings tab.";

/**
 * How it stands, what was asked, and what can be done.
 * @param {Part} part
 * @param {Job} job
 * @param {Artifact | undefined} file the one that is shown
 * @param {HTMLElement} host where questions are asked
 * @param {HTMLElement} tags
 * @returns {HTMLElement[]}
 */
export function story(part, job, file, host, tags) {
  const bad = isBad(job) || needsLook(job);
  const looks = `${isBad(job)} ${needsLook(job)}`;
  const more = h("span", { dataset: { more: "" } });
  const acts = `${job.state} ${file?.id} ${job.task} ${job.error?.code} ${job.late} ${job.parked}`;
  return [
    part("state", looks, () => h("p", { class: `view-state${bad ? " bad" : ""}` }, h("b"), more)),
    (job.error || job.parked) && part("fault", fault(job), () => faultNote(job)),
    file?.harm && part("harm", file.harm, () => harmNote(file)),
    unshown(file) && part("flaw", file?.flaw ?? "", () => h("div", { class: "note plain" }, h("p", {}, unshown(file)))),
    part("deadline", "", () => h("p", { class: "deadline" })),
    job.state === "done" &&
      job.detail &&
      part("detail", job.detail, () => h("div", { class: "note plain" }, h("p", {}, job.detail))),
    job.prompt && part("prompt", "", () => folded(job.prompt)),
    job.shots?.length > 0 && part("shots", "", () => shotList(job.shots)),
    part("acts", acts, () => h("div", { class: "acts" }, buttons(job, file, host))),
    host,
    tags,
    part("matches", `${job.state} ${job.task} ${job.evidence?.now_at}`, () => matches(job)),
  ].filter(Boolean);
}

/** @param {Job} job */
const fault = (job) =>
  JSON.stringify([job.error, job.parked && job.detail, job.state, job.evidence, evidence(job)?.textContent]);

/** @param {Job} job */
function faultNote(job) {
  const said = job.error?.vendor_text;
  const vendor = said
    ? h("details", {}, h("summary", {}, "What the service said"), h("p", { class: "raw", dir: "auto" }, said))
    : null;
  const lines = tells(job).map((line) => h("p", {}, line));
  return h("div", { class: "note" }, lines, evidence(job), vendor);
}

/** @param {Artifact} file */
const harmNote = (file) =>
  h("div", { class: "note" }, h("p", {}, HARMED[file.harm ?? ""] ?? HARMED.rotten), h("p", {}, REMEDY));

/** @param {Shot[]} shots */
const shotList = (shots) =>
  h(
    "ol",
    { class: "view-shots" },
    shots.map((shot) => h("li", {}, h("b", {}, `${shot.seconds} s`), h("span", { dir: "auto" }, shot.prompt))),
  );

/**
 * A long prompt is folded, or it would push the buttons out of sight.
 * @param {string} text
 */
function folded(text) {
  const whole = h("p", { class: "view-prompt", dir: "auto" }, text);
  if (text.length < LONG && text.split("\n").length < 9) return whole;
  const turn = () => {
    const open = !whole.classList.toggle("folded");
    more.setAttribute("aria-expanded", String(open));
    more.textContent = open ? "Show less" : "Show the whole prompt";
  };
  const props = { type: "button", class: "plain-link", "aria-expanded": "false", onclick: turn };
  const more = h("button", props, "Show the whole prompt");
  whole.classList.add("folded");
  return h("div", {}, whole, more);
}

/**
 * @param {Job} job
 * @param {Artifact | undefined} file
 * @param {HTMLElement} host
 */
function buttons(job, file, host) {
  const decisions = jobActions(job, host);
  const uses = file ? fileActions(job, file, { rare: true }) : ended(job) ? [] : settingsButton(job);
  const copy = job.prompt && act("Copy prompt", () => copyText(job.prompt));
  const all = needsLook(job) ? [...decisions, ...uses] : [...uses, ...decisions];
  return [cancelButton(job, host), ...all, copy, deleteButton(job, host)].filter(Boolean);
}

/**
 * What is known of it as a list, what its service answered, and its history.
 * @param {Part} part
 * @param {Job} job
 * @param {Artifact | undefined} file
 * @param {{ events: Step[], answer: import("../types").AnswerView | null }} past
 */
export function facts(part, job, file, { events, answer }) {
  const told = rows(job, file);
  const said = told.map(([name, value]) => [name, typeof value === "string" ? value : value.textContent]);
  const list = () =>
    h(
      "dl",
      {},
      told.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
    );
  return [
    part("facts", JSON.stringify([file?.id, ...said]), list),
    ...response(part, answer),
    ...history(part, job, events),
  ];
}

/**
 * The service's answer as it came, folded: it may be long.
 * @param {Part} part
 * @param {import("../types").AnswerView | null} answer
 */
function response(part, answer) {
  if (!answer) return [];
  const { at, status, text } = answer;
  const summary = h("summary", {}, `Full response, status ${status}, ${moment(at)}`);
  const words = h("p", { class: "raw", dir: "auto" }, text || "It was empty.");
  return [part("response", `${at} ${text}`, () => h("details", { class: "view-history" }, summary, words))];
}

/**
 * @param {Job} job
 * @param {Artifact | undefined} file
 * @returns {Fact[]}
 */
const rows = (job, file) => [...asked(job), ...fileRows(job, file), ...course(job)];

/**
 * @param {Job} job
 * @returns {Fact[]}
 */
function asked(job) {
  const chosen = Object.keys(job.options).filter((name) => job.options[name] !== null && job.options[name] !== "");
  const differs = (/** @type {string} */ name, /** @type {unknown} */ value) =>
    value !== null && typeof value !== "object" && String(job.options[name]) !== String(value);
  const used = Object.entries(job.used ?? {}).filter(([name, value]) => differs(name, value));
  return [
    ["Model", modelName(job)],
    [job.found ? "From" : "Service", `${vendorName(job)}${job.sandbox ? ", sandbox" : ""}`],
    ...Object.entries(job.media ?? {}).map(([name, held]) => /** @type {Fact} */ ([label(name), pictures(name, held)])),
    ...chosen.map((name) => /** @type {Fact} */ ([label(name), optionWords(job, name, job.options[name])])),
    ...used.map(([name, value]) => /** @type {Fact} */ ([`${label(name)} used`, String(value)])),
  ];
}

/**
 * @param {string} name
 * @param {string | string[]} held
 */
const pictures = (name, held) =>
  h(
    "span",
    { class: "view-refs" },
    [held].flat().map((id) => h("img", { src: address(`media/${id}/thumb`), alt: label(name), loading: "lazy" })),
  );

/**
 * @param {Job} job
 * @param {Artifact | undefined} file
 * @returns {Fact[]}
 */
function fileRows(job, file) {
  if (!file) return [];
  /** @type {Fact[]} */
  const told = [];
  if (file.width) told.push(["Size", `${file.width} × ${file.height}`]);
  if (file.seconds)
    told.push(["Length", `${Number(file.seconds.toFixed(2))} s, ${file.sound ? "with audio" : "no audio"}`]);
  const type = format(file);
  told.push(["File", h("span", {}, `${type}, ${size(file.bytes)}`, canRepeat(job) && [" · ", original(file)])]);
  if (file.credentials)
    told.push([
      "Content Credentials",
      "In the original file, as it came (C2PA). Verify them there: a copy is changed.",
    ]);
  return told;
}

/** @param {Artifact} file */
const format = ({ media_type: type }) =>
  type === "application/octet-stream" ? "Unknown type" : type.replace(/^.*\//, "").toUpperCase();

/**
 * What became of it: its price, its times, and its names.
 * @param {Job} job
 * @returns {Fact[]}
 */
function course(job) {
  /** @type {Fact[]} */
  const told = [];
  if (!job.found) told.push(["Estimate", about(job.estimate) || "price unknown"]);
  if (job.quote) told.push([`${vendorName(job)}'s estimate`, `up to ${amount(job.quote)}`]);
  if (!job.found) told.push(["Cost", job.sandbox ? "free (sandbox)" : amount(job.cost)]);
  told.push([job.found ? "In the library since" : "Started", moment(job.created)]);
  if (job.finished && !job.found) told.push(["Generation time", span(taken(job))]);
  if (job.batch) told.push(["Batch", batchLink(job.batch)]);
  if (job.task) told.push(["Task", h("code", {}, job.task)]);
  told.push(["Job", h("code", {}, job.id)]);
  return told;
}

/** @param {{ id: string, row: number, of: number }} batch */
const batchLink = ({ id, row, of }) =>
  act(`Row ${row} of ${of}`, () => showBatch(id), {
    class: "plain-link",
    title: "Show the whole batch in the library",
  });

/**
 * @param {Part} part
 * @param {Job} job
 * @param {Step[]} steps
 */
function history(part, job, steps) {
  if (!steps.length) return [];
  const [summary, list] = [part("history sum", "", () => h("summary")), part("history list", "", () => h("ol"))];
  const whole = part("history", "", () => h("details", { class: "view-history" }, summary, list));
  say(summary, `History, ${steps.length} ${steps.length === 1 ? "step" : "steps"}`);
  arrange(
    list,
    steps.map((step, place) => part(`event ${place}`, JSON.stringify(step), () => line(job, step))),
  );
  return [whole];
}

/** @type {Record<string, string>} */
const STEPS = {
  waiting: "Waiting",
  submitting: "Sending",
  queued: "In the queue",
  running: "Running",
  saving: "Saving the files",
  done: "Done",
  unsure: "Needs attention",
  rejected: "Rejected",
  failed: "Failed",
  cancelled: "Cancelled",
  expired: "Expired",
  discarded: "Discarded",
};

/**
 * @param {Job} job
 * @param {Step} step
 */
const line = (job, step) =>
  h(
    "li",
    {},
    h("time", {}, `+${clock(step.at - job.created)}`),
    h("b", {}, STEPS[step.state] ?? step.state),
    step.detail && h("span", {}, step.detail),
  );
