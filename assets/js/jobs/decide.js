// What a person decides about a job that is on its way, went wrong, or that nobody can tell of.
// Questions are asked in place, in a `host` element of the job, before anything that costs or cannot be taken back.

import { h, toast } from "../core/dom.js";
import { working } from "../core/focus.js";
import { act, pressed } from "../core/buttons.js";
import { canRepeat, command, ended } from "./actions.js";
import { useSettings } from "../form/filling.js";
import { candidates } from "./adopt.js";
import { Presses } from "./presses.js";
import { ask, named, raise } from "./question.js";
import { twice } from "../core/money.js";
import { amount } from "../core/numbers.js";
import { about } from "../core/prices.js";
import { connection, jobs } from "../core/store.js";
import { FREE, isOpen, vendorName } from "../core/words.js";

// For so long after a job was made again, another press on the same card is a double click.
const REST = 1500;
const REST_DISCARDED = "The studio stops downloading the rest. Files already here stay.";
/** @type {Presses<Job>} */
const presses = new Presses();

/**
 * Make the same request again as a new job.
 * @param {Job} job
 */
const retry = (job) =>
  presses.once(job.id, async (key) => {
    // Somebody who was asked about blocked words has said yes.
    const agreed = wasBlocked(job) ? ["moderated"] : [];
    const free = connection(job.vendor)?.sandbox === true;
    const answer = await command(job, "retry", { client_request_id: key, agreed, ...(free ? { free } : {}) });
    if (answer.ok) {
      toast("Sent as a new job.");
      setTimeout(() => presses.forget(job.id), REST);
    }
    return answer;
  });

/** @param {Job} job */
const wasBlocked = (job) => job.error?.code === "moderated";

/** @param {Job} job */
const again = (job) =>
  job.sandbox
    ? "Send the same words again? Moderation blocked them."
    : "Send the same words again? Moderation blocked them, and services count that.";

/**
 * The honest line about what cancelling does.
 * @param {Job} job
 */
export function cancelNote(job) {
  if (job.sandbox) return FREE;
  if (job.state === "waiting") return "Nothing has been sent yet, so cancelling is free.";
  return connection(job.vendor)?.before_cancel || "The service may still finish the task and charge for it.";
}

/**
 * Cancel: at once while nothing was sent, else after a question asked in `host`.
 * @param {Job} job
 * @param {HTMLElement} host
 */
export function cancel(job, host) {
  const call = () => command(job, "cancel");
  const now = jobs.get(job.id) ?? job; // What was drawn may be older.
  return now.state === "waiting"
    ? call()
    : ask(host, `Cancel this job? ${cancelNote(now)}`, "Cancel job", call, "Keep");
}

/**
 * The button for that, or nothing where it is too late.
 * @param {Job} job
 * @param {HTMLElement} host
 */
export function cancelButton(job, host) {
  return (
    isOpen(job) &&
    job.state !== "saving" &&
    !job.parked &&
    act("Cancel", () => cancel(job, host), { title: cancelNote(job) })
  );
}

/**
 * Buttons for what went wrong, or is still open. `host` is where a question may be asked in place.
 * @param {Job} job
 * @param {HTMLElement} host
 * @param {{ details?: () => void }} [also]
 * @returns {HTMLElement[]}
 */
export function jobActions(job, host, { details } = {}) {
  const look = details ? [act("Details", details)] : [];
  if (job.parked) return [...away(job, host), ...(job.unsent ? look : rows(look))];
  if (job.state === "unsure") {
    const ways = job.task ? fetching(job, host) : unclear(job, host, Boolean(details));
    return [...ways, ...rows(look)];
  }
  if (!ended(job)) return look;
  const props = { title: "Send the same request as a new job" };
  return [
    job.late && checkAgain(job, "Download the result"),
    job.state === "expired" && checkAgain(job),
    ...(canRepeat(job)
      ? [
          act("Reuse settings", () => useSettings(job), { title: "Fill the form with this job's settings" }),
          wasBlocked(job)
            ? act("Try again", () => ask(host, again(job), "Try again anyway", () => retry(job)), props)
            : act(
                "Try again",
                pressed(() => retry(job)),
                props,
              ),
        ]
      : []),
    ...look,
  ].filter(Boolean);
}

// Of the answers to a question one is right and stands out; the others are quiet rows that say what they cost.
/**
 * @param {HTMLElement} button
 * @param {string} [note]
 * @param {string} [look]
 */
function choice(button, note = "", look = "") {
  button.classList.add("choice", ...(look ? [look] : []));
  if (note) button.append(" ", h("small", {}, note));
  return button;
}

/** @param {HTMLElement[]} buttons */
const rows = (buttons) => buttons.map((button) => choice(button));

/**
 * @param {HTMLElement} button
 * @param {string} [note]
 */
const first = (button, note = "free") => choice(button, note, "go");

/**
 * @param {Job} job
 * @param {string} [text]
 */
const checkAgain = (job, text = "Check again") =>
  act(
    text,
    pressed(() => command(job, "look")),
    { title: "Ask the service again. Nothing is sent twice." },
  );

// The account that it went to is not the one that is connected: nobody can be asked about it.
/**
 * @param {Job} job
 * @param {HTMLElement} host
 */
function away(job, host) {
  if (job.unsent)
    return [
      act(
        "Cancel",
        pressed(() => command(job, "cancel")),
        { title: cancelNote({ ...job, state: "waiting" }) },
      ),
    ];
  const same =
    `Only if the current key belongs to the same ${vendorName(job)} account. All your jobs that wait for ` +
    `it will continue. Nothing is sent again.`;
  return [
    job.parked === "other_account" &&
      first(
        act("Confirm same account", () => ask(host, same, "Continue", () => command(job, "go-on"))),
        "asks first",
      ),
    choice(
      act("Discard", () => ask(host, leaving(job), "Discard job", () => command(job, "discard"))),
      "asks first",
    ),
  ].filter(Boolean);
}

/** @param {Job} job */
function leaving(job) {
  const some = job.artifacts.length > 0;
  if (job.state === "saving" && some) return REST_DISCARDED;
  if (job.sandbox) return `The studio lets it go. ${FREE}`;
  if (job.state === "saving") return "The studio stops downloading it, even though it was charged.";
  const cost = job.estimate ? ` ${about(job.estimate)}` : "";
  return (
    `It can no longer be stopped on ${vendorName(job)}, where it may still finish and be charged. The ` +
    `studio lets it go and counts${cost || " its price"} as spent.`
  );
}

// Its task is not known: it may have been bought or not.
/**
 * @param {Job} job
 * @param {HTMLElement} host
 * @param {boolean} offers
 */
function unclear(job, host, offers) {
  const risk =
    `The first attempt may have been accepted, so this may be ${job.sandbox ? "made" : "charged"} ` +
    `twice. ${twice(job)}`;
  const leave =
    `The studio stops looking. The service may still finish ` +
    `it${job.sandbox ? `. ${FREE}` : " and charge for it."}`;
  // A vendor that lists its tasks can be asked again; else only the person's account there can tell.
  const lists = connection(job.vendor)?.lists_tasks !== false;
  const again = checkAgain(job);
  const adopt = act("Import by task ID", () => askForTask(job, host, offers));
  const account = `from your ${vendorName(job)} account`;
  return [
    ...(lists ? [first(again), choice(adopt, account)] : [first(adopt, account), choice(again, "free")]),
    ...tryTwice(job, host, risk, job.sandbox ? "may run twice" : extra(job)),
    choice(
      act("Discard", () => ask(host, leave, "Discard job", () => command(job, "discard"))),
      "asks first",
    ),
  ];
}

// Its task is known, and only the files are not here.
/**
 * @param {Job} job
 * @param {HTMLElement} host
 */
function fetching(job, host) {
  const charged = job.error?.charged === "yes" && !job.sandbox;
  const beside =
    `The result of the first attempt can still be downloaded. A new one is ` +
    `${job.sandbox ? "made" : "charged"} in addition. ${twice(job)}`;
  const some = job.artifacts.length > 0;
  const leave = some
    ? REST_DISCARDED
    : `The studio stops downloading it${charged ? ", even though it was charged" : ""}. ` +
      `${job.sandbox ? FREE : "The service deletes it after a while."}`;
  return [
    first(checkAgain(job, charged || job.error?.code === "storage" ? "Download again" : "Check again")),
    ...tryTwice(job, host, beside, job.sandbox ? "" : extra(job)),
    choice(
      act(some ? "Skip the rest" : "Discard", () =>
        ask(host, leave, some ? "Stop downloading" : "Discard job", () => command(job, "discard")),
      ),
      "asks first",
    ),
  ];
}

/** @param {Job} job */
const extra = (job) => (job.estimate ? `may cost ${amount(job.estimate)} more` : "may cost as much again");

/**
 * @param {Job} job
 * @param {HTMLElement} host
 * @param {string} text
 * @param {string} note
 */
const tryTwice = (job, host, text, note) =>
  canRepeat(job)
    ? [
        choice(
          act("Try again", () => ask(host, text, "Try again anyway", () => retry(job))),
          note,
        ),
      ]
    : [];

/**
 * @param {Job} job
 * @param {HTMLElement} host
 * @param {boolean} offers
 */
function askForTask(job, host, offers) {
  const field = h("input", {
    type: "text",
    class: "field",
    name: "task",
    "aria-label": "Task ID",
    placeholder: "Task ID",
    autocomplete: "off",
    spellcheck: "false",
  });
  const adopt = async (/** @type {string} */ task) => {
    const answer = await command(job, "adopt", { task });
    if (answer.ok) close();
  };
  const lists = connection(job.vendor)?.lists_tasks;
  const where = h(
    "p",
    {},
    lists
      ? `You'll find the ID in your ${vendorName(job)} account.`
      : `${vendorName(job)} doesn't list its tasks. If your account there shows this one, copy its ID from there.`,
  );
  const offered = h("div", { class: "offered", "aria-live": "polite" });
  const give = h("button", { type: "submit", class: "act strong" }, "Import");
  const leave = act("Cancel", () => close());
  const question = h(
    "form",
    { class: "ask", "aria-label": "Import a task" },
    where,
    field,
    h("div", { class: "fix" }, named(host, give), named(host, leave)),
    offered,
  );
  question.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field.value.trim()) return field.focus();
    working(give, () => adopt(field.value.trim()));
  });
  const close = raise(host, question);
  field.focus();
  if (lists && offers) candidates(job, adopt).then((found) => offered.replaceChildren(...found));
}

/**
 * What the vendor lists that may be this job's task, for the person to choose; nothing where it lists none.
 * @param {Job} job
 */
export function matches(job) {
  if (job.state !== "unsure" || job.task || !connection(job.vendor)?.lists_tasks) return null;
  const place = h(
    "div",
    { class: "offered matches", role: "group", "aria-label": "Tasks on your account" },
    h("p", {}, `Looking for similar tasks on ${vendorName(job)}…`),
  );
  candidates(job, (task) => command(job, "adopt", { task })).then((found) => place.replaceChildren(...found));
  return place;
}
