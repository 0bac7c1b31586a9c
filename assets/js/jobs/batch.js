// A batch as one thing: how far it is, cancelling what waits of it, trying again what failed, finding it in the
// library.

import { api, reason } from "../core/calls.js";
import { h, say, toast } from "../core/dom.js";
import { working } from "../core/focus.js";
import { needAttention, number } from "../core/numbers.js";
import { act, nameFor } from "../core/buttons.js";
import { leaveViewer, openTab } from "../core/tabs.js";
import { ask } from "./question.js";
import { bill } from "../core/money.js";
import { Presses } from "./presses.js";
import { OPEN, putAll, subscribe } from "../core/store.js";

const DELAY = 300;

/**
 * @typedef {object} Bar
 * @property {string} id
 * @property {string} drawn
 * @property {boolean} library whether it offers to show the batch there
 * @property {HTMLElement} element
 * @property {HTMLElement} name
 * @property {HTMLElement} what
 * @property {HTMLElement} state
 * @property {HTMLElement} meter
 * @property {HTMLElement} fill
 * @property {HTMLElement} buttons
 * @property {HTMLElement} host
 */

/** @type {Set<Bar>} */
const bars = new Set();
/** @type {Map<string, Batch>} */
const known = new Map(); // batch id -> what the studio said last
/** @type {Presses<import("../types").BatchSentView>} */
const presses = new Presses();

/**
 * Show a batch in the library.
 * @param {string} id
 */
export function showBatch(id) {
  leaveViewer();
  openTab("library");
  window.dispatchEvent(new CustomEvent("studio:batch", { detail: id }));
}

/**
 * A batch's bar as an element of this tag; `fold()` is offered on its title where it is given.
 * @param {string} id
 * @param {{ tag?: "div" | "li", fold?: () => void, library?: boolean }} [also]
 * @returns {Bar}
 */
export function batchBar(id, { tag = "div", fold, library = true } = {}) {
  const fill = h("i");
  const name = fold ? h("button", { type: "button", class: "p", onclick: fold }) : h("p", { class: "p" });
  const what = h("p", { class: "what", dir: "auto" });
  const state = h("p", { class: "m" });
  const meter = h(
    "div",
    { class: "prog", role: "progressbar", "aria-label": "Progress of the batch", "aria-valuemin": "0" },
    fill,
  );
  const buttons = h("div", { class: "fix" });
  const host = h("div", { class: "host" });
  const element = h(tag, { class: "batch", dataset: { batch: id } }, name, what, state, meter, buttons, host);
  /** @type {Bar} */
  const bar = { id, drawn: "", library, element, name, what, state, meter, fill, buttons, host };
  bars.add(bar);
  draw(bar);
  if (known.has(id)) soon(id);
  else look(id);
  return bar;
}

/**
 * A bar that is no longer shown is no longer kept true.
 * @param {Bar} bar
 */
export function forget(bar) {
  bars.delete(bar);
  if (![...bars].some(({ id }) => id === bar.id)) known.delete(bar.id);
}

/** @type {Map<string, number>} */
const waits = new Map();
/** @param {string} id */
function soon(id) {
  clearTimeout(waits.get(id));
  waits.set(
    id,
    setTimeout(() => look(id), DELAY),
  );
}

/** @type {Map<string, number>} */
const turns = new Map(); // batch id -> how often something was learned or asked of it

/** @param {string} id */
function turn(id) {
  const next = (turns.get(id) ?? 0) + 1;
  turns.set(id, next);
  return next;
}

// What was asked before says nothing of what came after.
/** @param {string} id */
async function look(id) {
  waits.delete(id);
  const mine = turn(id);
  /** @type {Answer<Batch>} */
  const answer = await api("GET", `batches/${encodeURIComponent(id)}`);
  if (answer.ok && mine === turns.get(id)) learn(answer.data);
}

/** @param {Batch} told */
function learn(told) {
  known.set(told.id, told);
  for (const bar of bars) if (bar.id === told.id) draw(bar);
}

subscribe((changes) => {
  const ids = new Set();
  for (const { job, before } of changes) if (before?.state !== job?.state) ids.add((job ?? before)?.batch?.id);
  for (const bar of bars) if (ids.has(bar.id)) soon(bar.id);
});
window.addEventListener("studio:online", () => new Set([...bars].map((bar) => bar.id)).forEach(soon));
window.addEventListener("studio:forgotten", () => known.clear());

/**
 * @param {Record<string, number>} states
 * @param {(state: string) => boolean} wanted
 */
const count = (states, wanted) =>
  Object.entries(states).reduce((sum, [state, each]) => sum + (wanted(state) ? each : 0), 0);

/** @param {Bar} bar */
function draw(bar) {
  const told = known.get(bar.id);
  if (!told) return say(bar.name, "Batch");
  const { states, rows, failed } = told;
  const done = states.done ?? 0;
  const waiting = states.waiting ?? 0;
  const running = count(states, (state) => OPEN.has(state)) - waiting;
  const others = count(states, (state) => ["rejected", "failed", "expired"].includes(state));
  say(bar.name, `${number(done)} of ${number(rows)} done`);
  if (bar.name.matches("button")) nameFor(bar.name, told.first);
  bar.meter.setAttribute("aria-label", `Progress of the batch: ${told.first}`);
  bar.host.dataset.of = told.first;
  say(bar.what, told.first);
  bar.what.title = told.first;
  const parts = [
    running && `${running} running`,
    waiting && `${waiting} waiting`,
    others && `${others} failed`,
    states.cancelled && `${states.cancelled} cancelled`,
    states.unsure && needAttention(states.unsure),
    states.discarded && `${states.discarded} discarded`,
  ];
  say(bar.state, parts.filter(Boolean).join(" · "));
  bar.fill.style.transform = `scaleX(${done / rows})`;
  bar.meter.setAttribute("aria-valuemax", String(rows));
  bar.meter.setAttribute("aria-valuenow", String(done));
  const key = `${waiting} ${failed.join(" ")}`;
  if (bar.drawn === key) return;
  bar.drawn = key;
  // A question about other jobs than these is taken back.
  if (!bar.host.querySelector("[aria-disabled=true]")) bar.host.replaceChildren();
  const held = bar.buttons.contains(document.activeElement);
  bar.buttons.replaceChildren(
    ...[
      waiting > 0 &&
        act(`Cancel ${number(waiting)} waiting`, (event) => working(event.currentTarget, () => cancel(bar.id)), {
          title: "These jobs haven't been sent yet, so cancelling them is free.",
        }),
      failed.length > 0 && act(`Try ${number(failed.length)} failed again`, () => retry(bar)),
      bar.library && act("Show in library", () => showBatch(bar.id), { title: "Show only this batch in the library" }),
    ]
      .filter(Boolean)
      .map((button) => nameFor(button, told.first)),
  );
  if (held) (bar.buttons.querySelector("button") ?? bar.name).focus();
}

/** @param {string} id */
async function cancel(id) {
  /** @type {Answer<Batch>} */
  const answer = await api("POST", `batches/${encodeURIComponent(id)}/cancel`);
  turn(id);
  if (answer.ok) learn(answer.data);
  else toast(reason(answer));
}

/** @param {Bar} bar */
function retry(bar) {
  const told = known.get(bar.id);
  if (!told) return;
  const { id, failed, bill: shown } = told;
  const words = bill(shown).join(" ");
  ask(bar.host, `Each will be a new job. ${words}`, `Try ${number(failed.length)} again`, () =>
    send(id, failed, shown),
  );
}

/**
 * @param {string} id
 * @param {string[]} jobs
 * @param {BillLine[]} shown
 */
async function send(id, jobs, shown) {
  const what = `${id} ${jobs.join(" ")}`;
  const answer = await presses.once(what, (key) =>
    api("POST", `batches/${encodeURIComponent(id)}/retry`, { client_request_id: key, jobs, shown }),
  );
  if (answer.ok) {
    presses.forget(what);
    putAll(answer.data.jobs);
  } else toast(reason(answer));
  await look(id);
}
