// Checks a form while it changes, sums problems up above the button, and sends it when Generate is pressed.

import { act } from "../core/buttons.js";
import { api, fresh, reason } from "../core/calls.js";
import { h, kindOf, say, targetOf, toast } from "../core/dom.js";
import { KINDS } from "./asked.js";
import * as form from "./form.js";
import * as notes from "./notes.js";
import { topmost } from "../core/layers.js";
import { isGiven } from "../core/rules.js";
import { composes } from "../core/shortcuts.js";
import { narrow } from "../core/screen.js";
import * as sight from "./sight.js";
import { connection, indefinite, isUnoffered, isWithheld, label, put } from "../core/store.js";
import { promise } from "./summary.js";
import { named, uploading } from "./trays.js";

const DELAY = 120;
const MOST = 3;
// For so long after a job was taken, the same form is not sent again: a double click is one wish.
const REST = 1500;
/**
 * @typedef {object} Desk
 * @property {Problem[]} problems
 * @property {string} about the form that these problems were told of
 * @property {number} asked
 * @property {number} timer
 * @property {boolean} busy
 * @property {string[]} agreed questions about this very form to which somebody said yes
 * @property {{ text: string, name: string } | null} last a press whose answer has not come
 * @property {{ text: string, until: number } | null} taken the form as it was taken a moment ago
 * @property {Shown | null} shown
 *
 * @typedef {{ list: HTMLElement, promise: HTMLElement, voice: HTMLElement, drawn: string }} Shown
 */

/** @type {Partial<Record<Kind, Desk>>} */
const desks = {};

/**
 * @param {Kind} kind
 * @returns {Desk}
 */
function desk(kind) {
  return (desks[kind] ??= {
    ...{ problems: [], about: "", asked: 0, timer: 0, busy: false, agreed: [] },
    ...{ last: null, taken: null, shown: null },
  });
}

/** @param {HTMLElement} element */
export function mount(element) {
  const kind = kindOf(element);
  const list = h("ul", { class: "problem-list", id: `${kind}-problem-list` });
  const promise = h("span", { class: "go-promise", "aria-hidden": "true" });
  const keys = h(
    "kbd",
    { class: "go-keys", "aria-hidden": "true" },
    /Mac|iP/.test(navigator.platform) ? "⌘⏎" : "Ctrl ⏎",
  );
  const voice = h("p", { class: "sr-only", role: "status" });
  element.replaceChildren(list, voice, promise, keys);
  desk(kind).shown = { list, voice, promise, drawn: "" };
  const foot = element.closest(".maker-foot");
  if (foot) sight.watch(foot);
  // Gradio draws the button later than the part that speaks for it.
  if (foot) new MutationObserver(() => draw(kind)).observe(foot, { childList: true });
  draw(kind);
}

narrow.addEventListener("change", () => KINDS.forEach(draw));
window.addEventListener("studio:online", () => KINDS.forEach(healed));

// That nobody answered is no longer true.
/** @param {Kind} kind */
function healed(kind) {
  const here = desk(kind);
  const left = here.problems.filter((problem) => !problem.silent);
  if (left.length === here.problems.length) return;
  here.problems = left;
  speak(kind, "");
  draw(kind);
}

/**
 * @param {Kind} kind
 * @param {string} text read out
 */
function speak(kind, text) {
  const { shown } = desk(kind);
  if (shown) say(shown.voice, text);
}

form.onChange((kind) => {
  const here = desk(kind);
  // What is asked already is asked of the form as it was.
  here.asked += 1;
  here.agreed = [];
  draw(kind);
  clearTimeout(here.timer);
  here.timer = setTimeout(() => check(kind), DELAY);
});

/** @param {Kind} kind */
async function check(kind) {
  const here = desk(kind);
  const asked = ++here.asked;
  const body = form.request(kind);
  /** @type {Answer<import("../types").CheckView>} */
  const answer = await api("POST", "check", { ...body, ...form.writing(kind) });
  // An answer to an older question must not overwrite a newer one; silence changes nothing.
  if (asked !== here.asked || answer.status === 0) return;
  here.problems = answer.data.problems;
  here.about = JSON.stringify(body);
  draw(kind);
}

// A refusal tells what keeps the form from being sent: what it may be sent with all the same goes on being said.
/**
 * @param {Kind} kind
 * @param {Problem[]} problems
 */
function withSoft(kind, problems) {
  const { about, problems: known } = desk(kind);
  if (about !== JSON.stringify(form.request(kind))) return problems;
  const told = new Set(problems.map(({ field, message }) => `${field} ${message}`));
  return [...problems, ...known.filter(({ soft, field, message }) => soft && !told.has(`${field} ${message}`))];
}

// An empty field is said quietly until somebody was there or pressed the button.
/**
 * @param {Kind} kind
 * @param {Problem} problem
 */
function quiet(kind, problem) {
  const state = form.current(kind);
  const [field, place, part] = problem.field.split(".");
  if (state.pressed || problem.soft || !field) return false;
  if (field === "shots" && place)
    return part === "prompt" && !state.shots[Number(place) - 1]?.prompt && !state.touched[problem.field];
  const empty =
    field === "prompt" ? !isGiven(state.prompt) : state.rules[field]?.rule === "slot" && !isGiven(state.media[field]);
  return empty && !state.touched[field];
}

/** @param {Kind} kind */
function draw(kind) {
  const here = desk(kind);
  if (!form.current(kind)) return;
  const loud = here.problems.filter((problem) => !quiet(kind, problem));
  notes.mark(kind, loud);
  if (!here.shown) return;
  const resting = rests(kind);
  say(here.shown.promise, resting ? "added to the jobs" : promise(kind));
  drawList(kind, here.shown, loud);
  const button = document.getElementById(`${kind}-generate`);
  button?.classList.toggle(
    "has-problems",
    here.problems.some((problem) => !problem.soft),
  );
  // What was said aloud a moment ago would be read again.
  button?.setAttribute("aria-describedby", `${kind}-problem-list`);
  // Not `disabled`: that would take the focus away from whoever pressed it.
  button?.setAttribute("aria-disabled", String(here.busy || resting));
}

/**
 * Whether this very form was taken a moment ago.
 * @param {Kind} kind
 */
function rests(kind) {
  const { taken } = desk(kind);
  return taken !== null && performance.now() < taken.until && taken.text === JSON.stringify(form.request(kind));
}

/**
 * @param {Kind} kind
 * @param {Shown} shown
 * @param {Problem[]} loud
 */
function drawList(kind, shown, loud) {
  const here = desk(kind);
  // What the model's card says already is not said again.
  const row = form.row(kind);
  const isOnCard = (/** @type {Problem} */ { field, soft, asks, message }) =>
    soft && field === "model" && !asks && (message === row.at_risk || isWithheld(row) || isUnoffered(row));
  const told = here.problems.filter((problem) => !isOnCard(problem));
  const most = !narrow.matches ? MOST : told.length > 2 ? 1 : 2;
  // One yes answers all questions of a name.
  const isFirst = (/** @type {Problem} */ problem) => told.find(({ asks }) => asks === problem.asks) === problem;
  const rows = told.slice(0, most).map((problem) => line(kind, problem, loud.includes(problem), isFirst(problem)));
  const rest = told.length - rows.length;
  if (rest) rows.push(h("li", { class: "quiet" }, `and ${rest} more`));
  const text = JSON.stringify(rows.map((row) => [row.className, row.textContent]));
  if (shown.drawn === text && shown.list.childElementCount === rows.length) return;
  shown.drawn = text;
  shown.list.replaceChildren(...rows);
}

// Who has done nothing yet has done nothing wrong: what is still empty is an invitation.
/**
 * @param {Kind} kind
 * @param {Problem} problem
 */
function invitation(kind, problem) {
  const [field, place] = problem.field.split(".");
  if (form.row(kind).needs_any.includes(field)) return problem.message;
  if (field === "shots") return place ? `Shot ${place}: describe what it shows.` : problem.message;
  if (field === "prompt")
    return kind === "multishot" ? "Describe what all shots have in common." : "Describe what you want to see.";
  const name = named(kind, field).toLowerCase();
  return `Add ${indefinite(name)}.`;
}

/**
 * @param {Kind} kind
 * @param {Problem} problem
 * @param {boolean} loud
 * @param {boolean} isFirst of those that ask the same
 */
function line(kind, problem, loud, isFirst) {
  const look = problem.soft ? "soft" : loud ? "hard" : "quiet";
  if (!problem.field && !problem.asks) return h("li", { class: look }, problem.message);
  const text = look === "quiet" ? invitation(kind, problem) : problem.message;
  const name = label(problem.field.split(".")[0]);
  return h(
    "li",
    { class: look },
    h(
      "button",
      {
        type: "button",
        class: "plain",
        title: `Go to ${name.toLowerCase()}`,
        onclick: () => notes.focus(kind, problem.field),
      },
      text,
    ),
    problem.asks && isFirst && act("Generate anyway", () => agree(kind, problem.asks ?? ""), { class: "act yes" }),
  );
}

/**
 * @param {Kind} kind
 * @param {string} question
 */
function agree(kind, question) {
  const here = desk(kind);
  here.agreed = [...new Set([...here.agreed, question])];
  return generate(kind);
}

/**
 * @param {Kind} kind
 * @param {Problem[]} problems
 */
function refuse(kind, problems) {
  const here = desk(kind);
  here.problems = withSoft(kind, problems);
  draw(kind);
  const first = problems.find((problem) => !problem.soft && problem.field);
  if (first) notes.focus(kind, first.field);
  else here.shown?.list.querySelector("button.yes")?.focus();
  speak(kind, problems.map((problem) => problem.message).join(" "));
}

/**
 * Send the form. It stays as it is; the button rests only until the studio has answered.
 * @param {Kind} kind
 */
export async function generate(kind) {
  const here = desk(kind);
  const state = form.current(kind);
  if (!state || here.busy || rests(kind)) return;
  state.pressed = true;
  // What is being asked about this form would overwrite what the press comes to.
  here.asked += 1;
  clearTimeout(here.timer);
  const waits = uploading(kind);
  if (waits) return refuse(kind, [{ field: "", message: waits, soft: false }]);
  const body = form.request(kind);
  const text = JSON.stringify(body);
  // After a lost answer the same press is repeated under its own name, so that it stays one job.
  const name = here.last?.text === text ? here.last.name : fresh();
  here.last = { text, name };
  here.busy = true;
  draw(kind);
  /** @type {Answer<Job>} */
  const answer = await api("POST", "jobs", {
    ...body,
    ...form.writing(kind),
    client_request_id: name,
    // What the page shows as free is not paid for because of a key that somebody pasted meanwhile.
    ...(isSandboxed(body.model) ? { free: true } : {}),
    ...(here.agreed.length ? { agreed: here.agreed } : {}),
  });
  here.busy = false;
  if (answer.ok) return accepted(kind, answer.data, text);
  if (answer.status !== 0) here.last = null;
  refused(kind, answer, text);
}

/** @param {string} model */
const isSandboxed = (model) => connection(model.split(":")[0])?.sandbox === true;

// Said about a form as it is no more, or to somebody who is elsewhere by now, it fetches nobody back.
const MAYBE = "No response. The job may have been accepted, so check the job list before you press Generate again.";

/**
 * @param {Kind} kind
 * @param {Refused} answer
 * @param {string} text the form as it was sent
 */
function refused(kind, answer, text) {
  const same = text === JSON.stringify(form.request(kind));
  if (same && document.body.dataset.tab === kind && topmost() === document.body)
    return refuse(kind, answer.data.problems);
  if (same) desk(kind).problems = withSoft(kind, answer.data.problems);
  draw(kind);
  toast(answer.status || same ? reason(answer) : MAYBE);
}

/**
 * @param {Kind} kind
 * @param {Job} job
 * @param {string} text
 */
function accepted(kind, job, text) {
  const here = desk(kind);
  here.last = null;
  here.taken = { text, until: performance.now() + REST };
  setTimeout(() => draw(kind), REST + 10);
  form.sent(kind, text);
  form.current(kind).pressed = false;
  put(job);
  speak(kind, "");
  speak(kind, "Added to your jobs.");
  if (text === JSON.stringify(form.request(kind))) here.problems = here.problems.filter((problem) => problem.soft);
  draw(kind);
  window.dispatchEvent(new CustomEvent("studio:sent", { detail: job.id }));
}

/** Ctrl or Cmd with Enter presses the button of the open tab. */
export function listen() {
  document.addEventListener(
    "keydown",
    (event) => {
      const kind = KINDS.find((one) => one === document.body.dataset.tab);
      if (event.key !== "Enter" || composes(event) || !kind || topmost() !== document.body) return;
      const held = event.repeat && targetOf(event).id === `${kind}-generate`;
      if (!held && !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      event.stopPropagation();
      // A key that is held down is one press.
      if (event.repeat) return;
      // Gradio hands typed text on in a microtask; the press must find the last key in it.
      setTimeout(() => generate(kind));
    },
    true,
  );
}
