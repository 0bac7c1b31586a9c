// What a job says of itself in words, the same in the list, on the stage, in the library and in the viewer.

import { say } from "./dom.js";
import { clock, span, withUnit } from "./numbers.js";
import { now } from "./time.js";
import { price } from "./money.js";
import { countBefore } from "./queue.js";
import { FAILED, OPEN, connection, jobs, modelLabel, spec, usualSeconds, vendorLabel } from "./store.js";

const COUNTS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
const RIGHT_TO_LEFT = /^\P{L}*[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** @type {Record<string, string>} */
const REASONS = {
  moderated: "Refused by moderation",
  credits: "Not enough credits",
  key: "Key rejected",
  subscription: "Not covered by the subscription",
  session: "Account disconnected",
  invalid: "Rejected by the service",
  too_large: "Too large for the service",
  input: "Input rejected",
  quality: "Generation failed",
  transient: "Service error",
  vendor: "Service error",
  no_output: "Finished without a file",
  storage: "Could not be saved",
  expired: "Result no longer available",
};
/** What is said of charges where there can be none. */
export const FREE = "Sandbox: nothing is charged.";
const URGENT = 3600;
/** @type {Record<string, string>} */
const CHARGES = { no: "not charged", yes: "charged", unknown: "charge unknown" };

/**
 * What the job is called: its prompt, its shots, or what it makes of the file that was handed in.
 * @param {Pick<Job, "prompt" | "shots" | "found" | "artifacts" | "kind" | "model" | "media" | "inputs">} job
 */
export function title(job) {
  if (!job.shots?.length)
    return job.prompt?.trim() || (job.found && job.artifacts[0]?.name) || fromInput(job) || "Without a prompt";
  const count = job.shots.length;
  const shots = job.shots.map((shot) => shot.prompt.trim()).join(" · ");
  // Our own words in front must not turn theirs around.
  return (
    `${RIGHT_TO_LEFT.test(shots) ? "\u200f" : ""}${COUNTS[count] ?? count} ` +
    `${count === 1 ? "shot" : "shots"}: ${shots}`
  );
}

/**
 * `Upscale of r1.png`, `Video from a.png`; nothing where no file was handed in.
 * @param {Pick<Job, "kind" | "model" | "media" | "inputs">} job
 */
function fromInput({ kind, model, media, inputs }) {
  const [field, ids] = Object.entries(media)[0] ?? [];
  if (!field || !ids) return "";
  const row = spec(model);
  const rule = row?.rules[field];
  const name = inputs[[ids].flat()[0]] || (rule?.rule === "slot" && rule.kind === "video" ? "a video" : "an image");
  return row?.deed ? `${row.deed} of ${name}` : `${kind === "image" ? "Image" : "Video"} from ${name}`;
}

/** @param {{ model: string }} job */
export const modelName = (job) => modelLabel(job.model);
/** @param {{ vendor: string }} job */
export const vendorName = (job) => vendorLabel(job.vendor);
/** @param {Job} job */
export const needsLook = (job) => job.state === "unsure" || Boolean(job.late || job.parked);
/** @param {{ state: State }} job */
export const isOpen = (job) => OPEN.has(job.state);
/** @param {{ state: State }} job */
export const isBad = (job) => FAILED.has(job.state) && job.state !== "cancelled";

/** @type {Record<string, string>} */
const HARMS = { missing: "Missing", short: "Cut short", rotten: "Damaged" };

/**
 * What the check of all files found of one, in a word; nothing where it is whole.
 * @param {{ harm: string | null } | undefined} file
 */
export const harm = (file) => HARMS[file?.harm ?? ""] ?? "";

/**
 * Why a file cannot be shown here, and what to do; nothing where it can.
 * @param {Partial<Artifact> | undefined} file
 */
export const unshown = (file) =>
  file?.viewable === false
    ? `This file can't be shown here. ${file.flaw} Download it and open it in another program.`
    : "";

/**
 * The same of all files of a finished job.
 * @param {Job} job
 */
function unshownOf({ artifacts }) {
  const count = artifacts.filter(unshown).length;
  if (artifacts.length === 1 || !count) return unshown(artifacts[0]);
  return `${count} of ${artifacts.length} files can't be shown here. See Details for the reason.`;
}

/**
 * What tells whether a job's files have to be drawn anew.
 * @param {Job} job
 */
export const filesKey = (job) => job.artifacts.map((file) => `${file.id}${file.harm ?? ""}`).join(" ");

/**
 * What a question about a job is asked of: its state, or that it is under way, for whether to cancel it.
 * @param {Job} job
 */
export const questionable = (job) => job.parked ?? (isOpen(job) ? "open" : job.state);

/**
 * Seconds that the job has taken so far, or took in all.
 * @param {Job} job
 */
export const taken = (job) =>
  (job.finished ?? now()) - (isOpen(job) && job.state === "waiting" ? job.created : (job.submitted ?? job.created));

/**
 * How long the clip runs, in seconds, or null for pictures.
 * @param {Job} job
 */
const length = (job) => job.artifacts?.[0]?.seconds ?? null;

// Never more precise than it is: to five seconds, to half a minute, to minutes.
/** @param {number} seconds */
const roughly = (seconds) =>
  span(
    seconds < 60
      ? Math.max(5, Math.ceil(seconds / 5) * 5)
      : seconds < 300
        ? Math.ceil(seconds / 30) * 30
        : Math.ceil(seconds / 60) * 60,
  );

/**
 * "about 25 s left", from progress and time so far, else from what this library's own jobs took; else "usually 1 to 2
 * min".
 * @param {Job} job
 */
function left(job) {
  if (job.progress !== null && job.progress >= 0.05) {
    const seconds = (taken(job) * (1 - job.progress)) / job.progress;
    return seconds < 3 ? "almost done" : `about ${roughly(seconds)} left`;
  }
  if (job.usual !== null && job.usual >= 3)
    return job.usual > taken(job) + 3
      ? `about ${roughly(job.usual - taken(job))} left`
      : `usually ${roughly(job.usual)}`;
  const row = spec(job.model);
  const usual = row && usualSeconds(row, job.options);
  if (!usual || job.sandbox) return "";
  const minutes = usual.every((seconds) => seconds % 60 === 0);
  return minutes ? `usually ${usual[0] / 60}–${usual[1] / 60} min` : `usually ${usual[0]}–${usual[1]} s`;
}

/** @param {Child[]} parts */
const join = (...parts) => parts.filter(Boolean).join(" · ");

// A vendor may sell another one's models, and then that one keeps the line.
/** @param {Job} job */
const queue = (job) => `In ${job.queue?.whose || connection(job.vendor)?.queue || "the service"}'s queue`;

// Why it stands still is never left out.
/** @type {ReadonlySet<Job["phase"]>} */
const STILL = new Set(["held_disk", "throttled"]);

/**
 * What else there is to say about a job: a sentence of its own, or nothing.
 * @param {Job} job
 */
export function hint(job) {
  if (job.parked) return "";
  if (job.state === "done") return [job.detail, unshownOf(job)].filter(Boolean).join(" ");
  if (!isOpen(job)) return job.state === "cancelled" ? (job.error?.lines[0] ?? "") : "";
  return job.detail_as === "sentence" || STILL.has(job.phase) ? job.detail : "";
}

// How long the vendor still keeps a file that is not here yet: {text, urgent}, or null where nobody told.
/** @param {Job} job */
function deadline(job) {
  if (!job.link_deadline) return null;
  const seconds = job.link_deadline - now();
  if (seconds <= 0) return { text: "The link to the file has expired. Check again to get a new one.", urgent: true };
  return {
    text: `The service keeps the file for ${seconds < 300 ? span(seconds) : span(Math.floor(seconds / 60) * 60)}.`,
    urgent: seconds < URGENT,
  };
}

/**
 * Put the deadline into an element, and hide that where there is none.
 * @param {HTMLElement} element
 * @param {Job} job
 */
export function showDeadline(element, job) {
  const told = deadline(job);
  say(element, told?.text ?? "");
  element.hidden = !told;
  element.classList.toggle("urgent", Boolean(told?.urgent));
}

// A short detail goes into the line; a sentence stands below it, and what the phase says is not said twice.
/** @param {Job} job */
const brief = (job) => (job.detail_as === "words" && !hint(job) ? job.detail : "");

// How many jobs have their turn before it: of everybody's, as the studio tells, else of one's own at the same vendor.
// Where there are none, how many places are taken.
/** @param {Job} job */
function ahead(job) {
  const count = job.queue?.turns ?? countBefore(job);
  if (count) return `${count} ahead in the queue`;
  return job.queue?.ahead ? `${job.queue.ahead} of ${job.queue.of} slots busy` : "";
}

/** @type {Record<string, string>} */
const AWAY = {
  no_key: "Waiting for its key",
  sandbox_only: "Waiting for its key",
  other_account: "Waiting for its account",
  no_vendor: "Unknown service",
};

/** @param {Job} job */
function parkedWords(job) {
  const more = job.unsent ? "not sent" : job.state === "saving" ? CHARGES.yes : "sent";
  return { state: AWAY[job.parked ?? ""] ?? AWAY.other_account, more };
}

/** @param {Job} job */
function openWords(job) {
  const time = clock(taken(job));
  switch (job.phase) {
    case "cancelling":
      return { state: "Cancelling", more: time };
    case "slot":
      return { state: "Waiting for a slot", more: ahead(job) || brief(job) || time };
    case "held_disk":
      return { state: "Waiting for the disk", more: join("not sent", time) };
    case "uploading":
    case "sent":
      return { state: "Sending", more: join(time, brief(job)) };
    case "looking":
      return { state: "Looking for the task", more: join(time, brief(job)) };
    case "queued":
    case "throttled":
      return {
        state: queue(job),
        more: join(
          time,
          job.starts_in !== null && job.starts_in > 0 ? `starts in about ${span(job.starts_in)}` : left(job),
          brief(job),
          price(job),
        ),
      };
    case "making":
      return {
        state: job.progress === null ? "Running" : `Running ${Math.floor(job.progress * 100)}%`,
        more: join(time, left(job), brief(job), price(job)),
      };
    default:
      return { state: "Saving files", more: time };
  }
}

/**
 * The state in words: {state, more}. `more` is the quiet half, at the right.
 * @param {Job} job
 * @returns {{ state: string, more: string }}
 */
export function words(job) {
  if (job.parked) return parkedWords(job);
  if (isOpen(job)) return openWords(job);
  const charge = job.error ? CHARGES[job.sandbox ? "no" : job.error.charged] : "";
  if (job.late) return { state: "Finished after all", more: job.sandbox ? CHARGES.no : charge };
  const runs = length(job);
  switch (job.state) {
    case "done":
      return {
        state: "Done",
        more: join(modelName(job), runs ? span(runs) : withUnit(job.options?.resolution ?? "", ""), price(job)),
      };
    case "unsure":
      if (job.error?.code === "storage")
        return { state: "Not downloaded yet", more: job.sandbox ? CHARGES.no : CHARGES[job.error.charged] };
      return {
        state: "Needs attention",
        more: job.sandbox ? CHARGES.no : job.error?.charged === "yes" ? "charged" : "may have been charged",
      };
    case "cancelled":
      return { state: "Cancelled", more: charge };
    case "discarded":
      return { state: "Discarded", more: "" };
    case "expired":
      return { state: "Result no longer available", more: charge };
    default:
      return {
        state: REASONS[job.error?.code ?? ""] ?? "Failed",
        more: charge,
      };
  }
}

/**
 * The line under a result: model, vendor, length, size, sound, time taken, cost.
 * @param {Job} job
 * @param {Artifact} [artifact]
 */
export function meta(job, artifact = job.artifacts?.[0]) {
  return join(
    modelName(job),
    vendorName(job),
    artifact?.seconds ? span(artifact.seconds) : null,
    artifact?.width ? `${artifact.width} × ${artifact.height}` : null,
    artifact?.kind === "video" && !unshown(artifact) && (artifact.sound ? "with audio" : "no audio"),
    job.finished !== null && taken(job) >= 1 && `took ${span(taken(job))}`,
    price(job),
  );
}

/**
 * The small tag on a thumbnail: 0:08, "3 shots · 0:14", "4 pictures".
 * @param {Job} job
 */
export function tag(job) {
  const harmed = job.artifacts?.find(harm);
  if (harmed) return harm(harmed);
  const seconds = length(job);
  if (job.shots?.length) return join(`${job.shots.length} shots`, seconds ? clock(seconds) : null);
  if (seconds) return clock(seconds);
  return job.artifacts?.length > 1 ? `${job.artifacts.length} images` : "";
}

/**
 * The same where there is hardly room: 0:08, 4.
 * @param {Job} job
 */
export function mark(job) {
  const harmed = job.artifacts?.find(harm);
  if (harmed) return harm(harmed);
  const seconds = length(job);
  return seconds ? clock(seconds) : job.artifacts?.length > 1 ? String(job.artifacts.length) : "";
}

/**
 * What went wrong and what to do, as lines.
 * @param {Job} job
 */
export function tells(job) {
  if (job.parked) return [job.detail].filter(Boolean);
  return job.error?.lines.filter(Boolean) ?? [];
}

/**
 * One option for people: "10 s", "on", "1080p".
 * @param {{ model: string }} job
 * @param {string} name
 * @param {unknown} value
 */
export function optionWords(job, name, value) {
  if (typeof value === "boolean") return value ? "on" : "off";
  const rule = spec(job.model)?.rules[name];
  const unit = rule && "unit" in rule ? rule.unit : "";
  return withUnit(value, unit);
}

/** How many jobs are at work, and how many wait for a slot. */
export function counts() {
  const all = [...jobs.values()];
  const open = all.filter((job) => isOpen(job) && !job.parked);
  const waiting = open.filter((job) => job.state === "waiting").length;
  return { waiting, running: open.length - waiting, look: all.filter(needsLook).length };
}
