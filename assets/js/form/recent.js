// Prompts that were sent before: a list to search beside the prompt, and Alt with the arrow keys to step through them.

import { api, reason } from "../core/calls.js";
import { closesBeside, hang } from "../core/dialog.js";
import { h, say, targetOf } from "../core/dom.js";
import { since } from "../core/time.js";
import * as form from "./form.js";
import { newestFirst } from "../core/store.js";
import { modelName } from "../core/words.js";

const MOST = 100;
/** @typedef {{ dialog: HTMLDialogElement, search: HTMLInputElement, list: HTMLElement, note: HTMLElement }} View */
const view = /** @type {View} */ ({});
/** @typedef {{ list: string[], place: number, own: string, said: string }} Steps */

/** @type {Partial<Record<Kind, Steps>>} */
const steps = {}; // kind -> {list of prompts, place: -1 is what was being written, own}
/** @type {Kind} */
let shown;
let asked = 0;

/**
 * The button above a prompt, once for each form.
 * @param {Kind} kind
 */
export function offer(kind) {
  const block = document.getElementById(`${kind}-prompt`);
  if (!block || block.querySelector(":scope > .recent")) return;
  block.append(
    h(
      "button",
      {
        type: "button",
        class: "recent",
        title: "Prompts that were sent before (Alt with the arrow keys steps through them)",
        onclick: () => open(kind),
      },
      "Recent",
    ),
  );
  block.addEventListener("keydown", (event) => keys(event, kind));
}

/**
 * @param {Kind} kind
 * @param {string} [text]
 */
async function prompts(kind, text = "") {
  /** @type {Answer<{ jobs: Job[] }>} */
  const answer = await api("GET", `jobs?kind=${kind}&limit=${MOST}&text=${encodeURIComponent(text)}`);
  if (!answer.ok) return { told: reason(answer), jobs: [] };
  /** @type {Set<string>} */
  const seen = new Set();
  const jobs = newestFirst(answer.data.jobs).filter(
    (job) => job.prompt?.trim() && !seen.has(job.prompt) && seen.add(job.prompt),
  );
  return { told: "", jobs };
}

/** @param {Kind} kind */
function open(kind) {
  build();
  shown = kind;
  view.search.value = "";
  view.dialog.showModal();
  load();
}

function build() {
  if (view.dialog) return;
  view.search = h("input", {
    type: "search",
    class: "field",
    placeholder: "Search recent prompts",
    "aria-label": "Search recent prompts",
    dir: "auto",
    oninput: typed,
  });
  view.list = h("ul", { class: "recent-list" });
  view.note = h("p", { class: "tool-note", role: "status" });
  view.dialog = h(
    "dialog",
    { class: "tool-dialog recents", "aria-label": "Recent prompts" },
    h(
      "div",
      { class: "tool-head" },
      h("h2", {}, "Recent prompts"),
      view.search,
      h("button", { type: "button", class: "act", onclick: () => view.dialog.close() }, "Close"),
    ),
    view.note,
    view.list,
  );
  closesBeside(view.dialog);
  hang("recent", view.dialog);
}

let waits = 0;
function typed() {
  clearTimeout(waits);
  waits = setTimeout(load, 200);
}

async function load() {
  const mine = ++asked;
  const text = view.search.value.trim();
  const { told, jobs } = await prompts(shown, text);
  if (mine !== asked) return;
  view.list.replaceChildren(...jobs.map(line));
  say(
    view.note,
    told || (jobs.length ? "" : text ? "No prompt has these words." : "Nothing was sent from this tab yet."),
  );
}

/** @param {Job} job */
const line = (job) =>
  h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: "recent-line", onclick: () => use(job.prompt) },
      h("span", { class: "recent-text", dir: "auto" }, job.prompt),
      h("span", { class: "recent-more" }, `${modelName(job)} · ${since(job.created)}`),
    ),
  );

// The form says what it replaced, and takes it back.
/** @param {string} prompt */
function use(prompt) {
  view.dialog.close();
  form.fill(shown, { prompt });
  document.querySelector(`#${shown}-prompt textarea`)?.focus();
}

/**
 * @param {KeyboardEvent} event
 * @param {Kind} kind
 */
async function keys(event, kind) {
  const by = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
  if (!event.altKey || !by || targetOf(event).tagName !== "TEXTAREA") return;
  event.preventDefault();
  const now = form.current(kind).prompt;
  const known = steps[kind];
  // Whoever has written since begins anew from there.
  const step = known?.said === now ? known : await begin(kind, now);
  step.place = Math.min(step.list.length - 1, Math.max(-1, step.place + by));
  step.said = step.place < 0 ? step.own : step.list[step.place];
  form.write(kind, { prompt: step.said }, "prompt");
}

/**
 * @param {Kind} kind
 * @param {string} own what stands in the form
 * @returns {Promise<Steps>}
 */
async function begin(kind, own) {
  const list = (await prompts(kind)).jobs.map((job) => job.prompt).filter((one) => one !== own);
  return (steps[kind] = { list, place: -1, own, said: own });
}
