// @ts-nocheck
// What a job says of itself in words, the same in the list, on the stage, in the library and in the viewer.

import { say } from "./dom.js";
import { clock, span } from "./numbers.js";
import { now } from "./time.js";
import { price } from "./money.js";
import { FAILED, OPEN, connection, jobs, label, modelLabel, spec, vendorLabel } from "./store.js";

const COUNTS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
const RIGHT_TO_LEFT = /^\P{L}*[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const REASONS = {
  moderated: "Refused by moderation",
  credits: "Not enough credits",
  key: "Key refused",
  subscription: "Subscription does not cover this",
  session: "Vendor session lost",
  invalid: "Refused by the vendor",
  too_large: "Too large for the vendor",
  input: "Input not accepted",
  quality: "No usable result",
  transient: "Failed at the vendor",
  vendor: "Failed at the vendor",
  no_output: "Finished without a file",
  storage: "Could not be saved",
  expired: "Lost at the vendor",
};
/** What is said of charges where there can be none. */
export const FREE = "Sandbox: nothing is charged.";
const URGENT = 3600;
const CHARGES = { no: "not charged", yes: "charged", unknown: "charge unknown" };

/** What the job is called: its prompt, or its shots. */
export function title(job) {
  if (!job.shots?.length) return job.prompt?.trim() || (job.found && job.artifacts[0]?.name) || "Without a prompt";
  const count = job.shots.length;
  const shots = job.shots.map((shot) => shot.prompt.trim()).join(" · ");
  // Our own words in front must not turn theirs around.
  return `${RIGHT_TO_LEFT.test(shots) ? "\u200f" : ""}${COUNTS[count] ?? count} ${count === 1 ? "shot" : "shots"}: ${shots}`;
}

export const modelName = (job) => modelLabel(job.model);
export const vendorName = (job) => vendorLabel(job.vendor);
export const needsLook = (job) => job.state === "unsure" || Boolean(job.late || job.parked);
export const isOpen = (job) => OPEN.has(job.state);
/** Whether nothing of an open job was ever sent. */
export const isUnsent = (job) => job.state === "waiting" || (job.state === "submitting" && !job.submitted);
export const isBad = (job) => FAILED.has(job.state) && job.state !== "cancelled";

const HARMS = { missing: "Missing", short: "Cut short", rotten: "Damaged" };

/** What the check of all files found of one, in a word; nothing where it is whole. */
export const harm = (file) => HARMS[file?.harm] ?? "";

/** Why a file cannot be shown here, and what to do; nothing where it can. */
export const unshown = (file) =>
  file?.viewable === false
    ? `This file cannot be shown here. ${file.flaw} Download it and open it in another program.`
    : "";

// The same of all files of a finished job.
function unshownOf({ artifacts }) {
  const count = artifacts.filter(unshown).length;
  if (artifacts.length === 1 || !count) return unshown(artifacts[0]);
  return `${count} of ${artifacts.length} files cannot be shown here. The detail view says why.`;
}

/** What tells whether a job's files have to be drawn anew. */
export const filesKey = (job) => job.artifacts.map((file) => `${file.id}${file.harm ?? ""}`).join(" ");

/** What a question about a job is asked of: its state, or that it is under way, for whether to cancel it. */
export const questionable = (job) => job.parked ?? (isOpen(job) ? "open" : job.state);

/** Seconds that the job has taken so far, or took in all. */
export const taken = (job) =>
  (job.finished ?? now()) - (isOpen(job) && job.state === "waiting" ? job.created : (job.submitted ?? job.created));

/** How long the clip runs, in seconds, or null for pictures. */
export const length = (job) => job.artifacts?.[0]?.seconds ?? null;

// Never more precise than it is: to five seconds, to half a minute, to minutes.
const roughly = (seconds) =>
  span(
    seconds < 60
      ? Math.max(5, Math.ceil(seconds / 5) * 5)
      : seconds < 300
        ? Math.ceil(seconds / 30) * 30
        : Math.ceil(seconds / 60) * 60,
  );

/** "about 25 s left", from progress and time so far, else from what this library's own jobs took; else "usually 1 to 2 min". */
export function left(job) {
  if (job.progress >= 0.05) {
    const seconds = (taken(job) * (1 - job.progress)) / job.progress;
    return seconds < 3 ? "nearly there" : `about ${roughly(seconds)} left`;
  }
  if (job.usual >= 3)
    return job.usual > taken(job) + 3
      ? `about ${roughly(job.usual - taken(job))} left`
      : `usually ${roughly(job.usual)}`;
  const usual = spec(job.model)?.usual_seconds;
  if (!usual || job.sandbox) return "";
  const minutes = usual.every((seconds) => seconds % 60 === 0);
  return minutes ? `usually ${usual[0] / 60} to ${usual[1] / 60} min` : `usually ${usual[0]} to ${usual[1]} s`;
}

const join = (...parts) => parts.filter(Boolean).join(" · ");

const PHASES = { waiting: "slot", queued: "queued", running: "making", saving: "fetching" };

/** What an open job does or waits for, as the studio tells; where it does not, what follows from the state. */
const phase = (job) => job.phase ?? PHASES[job.state] ?? (job.submitted ? "sent" : "uploading");

// A vendor may sell another one's models, and then that one keeps the line.
const queue = (job) => `In ${job.queue?.whose || connection(job.vendor)?.queue || "the vendor"}'s queue`;

// Why it stands still is never left out.
const STILL = new Set(["held_disk", "throttled"]);

/** What else there is to say about a job: a sentence of its own, or nothing. */
export function hint(job) {
  if (job.parked) return "";
  if (job.state === "done") return [job.detail, unshownOf(job)].filter(Boolean).join(" ");
  if (!isOpen(job)) return job.state !== "cancelled" ? "" : job.sandbox ? FREE : (job.error?.message ?? "");
  return job.detail_as === "sentence" || STILL.has(phase(job)) ? job.detail : "";
}

// How long the vendor still keeps a file that is not here yet: {text, urgent}, or null where nobody told.
function deadline(job) {
  if (!job.link_deadline) return null;
  const seconds = job.link_deadline - now();
  if (seconds <= 0)
    return { text: "The link to the file has run out. Checking again asks the vendor for a new one.", urgent: true };
  return {
    text: `The vendor keeps the file for ${seconds < 300 ? span(seconds) : span(Math.floor(seconds / 60) * 60)}.`,
    urgent: seconds < URGENT,
  };
}

/** Put the deadline into an element, and hide that where there is none. */
export function showDeadline(element, job) {
  const told = deadline(job);
  say(element, told?.text ?? "");
  element.hidden = !told;
  element.classList.toggle("urgent", Boolean(told?.urgent));
}

// A short detail goes into the line; a sentence stands below it, and what the phase says is not said twice.
const brief = (job) => (job.detail_as === "words" && !hint(job) ? job.detail : "");

// How many of one's own jobs wait before it at the same vendor, else how many places are taken.
function ahead(job) {
  const count = [...jobs.values()].filter(
    (one) => one.state === "waiting" && one.vendor === job.vendor && one.created < job.created,
  ).length;
  if (count) return `${count} before it`;
  return job.queue?.ahead && `${job.queue.ahead} of ${job.queue.of} busy`;
}

const AWAY = {
  no_key: "Waiting for its key",
  sandbox_only: "Waiting for its key",
  other_account: "Waiting for its account",
  no_vendor: "Vendor not known",
};

function parkedWords(job) {
  const more = isUnsent(job) ? "not sent" : job.state === "saving" ? CHARGES.yes : "sent";
  return { state: AWAY[job.parked] ?? AWAY.other_account, more };
}

function openWords(job) {
  const time = clock(taken(job));
  switch (phase(job)) {
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
      return { state: "Looking for it", more: join(time, brief(job)) };
    case "queued":
    case "throttled":
      return {
        state: queue(job),
        more: join(
          time,
          job.starts_in > 0 ? `starts in about ${span(job.starts_in)}` : left(job),
          brief(job),
          price(job),
        ),
      };
    case "making":
      return {
        state: job.progress === null ? "Running" : `Running ${Math.floor(job.progress * 100)} %`,
        more: join(time, left(job), brief(job), price(job)),
      };
    default:
      return { state: "Saving the files", more: time };
  }
}

/** The state in words: {state, more}. `more` is the quiet half, at the right. */
export function words(job) {
  if (job.parked) return parkedWords(job);
  if (isOpen(job)) return openWords(job);
  const charge = CHARGES[job.error && job.sandbox ? "no" : job.error?.charged] ?? "";
  if (job.late) return { state: "Finished after all", more: job.sandbox ? CHARGES.no : charge };
  switch (job.state) {
    case "done":
      return {
        state: "Done",
        more: join(modelName(job), length(job) ? span(length(job)) : job.options?.resolution, price(job)),
      };
    case "unsure":
      if (job.error?.code === "storage")
        return { state: "Not fetched yet", more: job.sandbox ? CHARGES.no : CHARGES[job.error.charged] };
      return {
        state: "Needs a look",
        more: job.sandbox ? CHARGES.no : job.error?.charged === "yes" ? "charged" : "may have been charged",
      };
    case "cancelled":
      return { state: "Cancelled", more: charge };
    case "discarded":
      return { state: "Discarded", more: "" };
    case "expired":
      return { state: "Lost at the vendor", more: charge };
    default:
      return {
        state:
          (job.state === "failed" && job.error?.code === "moderated"
            ? "Stopped by moderation"
            : REASONS[job.error?.code]) ?? "Failed",
        more: charge,
      };
  }
}

/** The line under a result: model, vendor, length, size, sound, time taken, cost. */
export function meta(job, artifact = job.artifacts?.[0]) {
  return join(
    modelName(job),
    vendorName(job),
    artifact?.seconds && span(artifact.seconds),
    artifact?.width && `${artifact.width} × ${artifact.height}`,
    artifact?.kind === "video" && !unshown(artifact) && (artifact.sound ? "sound" : "no sound"),
    job.finished && taken(job) >= 1 && `took ${span(taken(job))}`,
    price(job),
  );
}

/** The small tag on a thumbnail: 0:08, "3 shots · 0:14", "4 pictures". */
export function tag(job) {
  const harmed = job.artifacts?.find(harm);
  if (harmed) return harm(harmed);
  const seconds = length(job);
  if (job.shots?.length) return join(`${job.shots.length} shots`, seconds && clock(seconds));
  if (seconds) return clock(seconds);
  return job.artifacts?.length > 1 ? `${job.artifacts.length} pictures` : "";
}

/** The same where there is hardly room: 0:08, 4. */
export function mark(job) {
  const harmed = job.artifacts?.find(harm);
  if (harmed) return harm(harmed);
  const seconds = length(job);
  return seconds ? clock(seconds) : job.artifacts?.length > 1 ? String(job.artifacts.length) : "";
}

/** What went wrong and what to do, as lines. */
export function tells(job) {
  if (job.parked) return [job.detail].filter(Boolean);
  if (!job.error) return [];
  if (job.sandbox && job.state === "cancelled") return [FREE];
  const { message, advice, lines = [message, advice], on_money } = job.error;
  return [...lines, job.sandbox && on_money && FREE].filter(Boolean);
}

/** One option for people: "10 s", "on", "1080p". */
export function optionWords(job, name, value) {
  if (typeof value === "boolean") return value ? "on" : "off";
  const unit = spec(job.model)?.rules?.[name]?.unit;
  return unit ? `${value} ${unit}` : String(value);
}

export { label };

/** How many jobs are at work, and how many wait for a slot. */
export function counts() {
  const all = [...jobs.values()];
  const open = all.filter((job) => isOpen(job) && !job.parked);
  const waiting = open.filter((job) => job.state === "waiting").length;
  return { waiting, running: open.length - waiting, look: all.filter(needsLook).length };
}

const ticking = new Set();
let timer = null;

/** Whether what is said of a job changes by itself, as time goes by. */
export const ticks = (job) => isOpen(job) || Boolean(job.link_deadline);

/** Call `tick` once a second while the page is visible and a job is open or counts down. One timer for all. */
export function everySecond(tick) {
  ticking.add(tick);
  timer ??= setInterval(() => {
    if (document.hidden || ![...jobs.values()].some(ticks)) return;
    for (const each of ticking) each();
  }, 1000);
  return () => ticking.delete(tick);
}

/** A text without what makes no difference to a search: as `providers/history/sought.py` has it. */
export function folded(text) {
  for (;;) {
    const plain = text.normalize("NFKD").toUpperCase().toLowerCase().replaceAll("ς", "σ").replace(/\p{M}/gu, "");
    if (plain === text) return plain;
    text = plain;
  }
}

/** The words of a text, as a search takes them. */
export const wordsOf = (text) => folded(text).match(/[\p{L}\p{N}]+/gu) ?? [];
