// Prompts that were sent before: a list to search beside the prompt, and Alt with the arrow keys to step through them.

import { api, queried, reason } from "../core/calls.js";
import { closesBeside, hang } from "../core/dialog.js";
import { h, say, toast } from "../core/dom.js";
import { composes } from "../core/shortcuts.js";
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
        title: "Show recent prompts (Alt with ↑ or ↓ steps through them)",
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
  /** @type {Answer<import("../types").FirstJobsView>} */
  const answer = await api("GET", `jobs?kind=${kind}&limit=${MOST}&text=${queried(text)}`);
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
  // What another form was shown is not this one's.
  view.list.replaceChildren();
  say(view.note, "");
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
    { class: "tool-dialog recents" },
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
    told || (jobs.length ? "" : text ? "No prompts match this search." : "Nothing has been generated on this tab yet."),
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
function keys(event, kind) {
  const by = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
  const area = /** @type {HTMLTextAreaElement} */ (event.target);
  if (!event.altKey || !by || composes(event) || area.tagName !== "TEXTAREA") return;
  event.preventDefault();
  const known = steps[kind];
  // Whoever has written since begins anew from there.
  if (known?.said === form.current(kind).prompt) go(kind, known, by);
  else begin(kind, area, by);
}

/**
 * @param {Kind} kind
 * @param {Steps} step
 * @param {number} by
 */
function go(kind, step, by) {
  step.place = Math.min(step.list.length - 1, Math.max(-1, step.place + by));
  step.said = step.place < 0 ? step.own : step.list[step.place];
  form.write(kind, { prompt: step.said }, "prompt");
}

/** @type {Partial<Record<Kind, { own: string, by: number }>>} */
const loading = {}; // kind -> the text for which a list is on its way, and how far to go in it

/**
 * @param {Kind} kind
 * @param {HTMLTextAreaElement} area
 * @param {number} by
 */
async function begin(kind, area, by) {
  const own = form.current(kind).prompt;
  const before = loading[kind];
  if (before?.own === own) return void (before.by += by);
  const mine = (loading[kind] = { own, by });
  const typed = area.value;
  const { told, jobs } = await prompts(kind);
  if (loading[kind] !== mine) return;
  delete loading[kind];
  if (told) return toast(told);
  // What was typed meanwhile stays.
  if (form.current(kind).prompt !== own || area.value !== typed) return;
  const list = jobs.map((job) => job.prompt).filter((one) => one !== own);
  go(kind, (steps[kind] = { list, place: -1, own, said: own }), mine.by);
}
