// The live list of jobs: `#jobs [data-job][data-state]`, one kept node per job, newest first.

import { arrange, h, say, toast } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { needAttention, number } from "../core/numbers.js";
import { watchToday } from "../core/money.js";
import { showOnStage } from "./actions.js";
import { AWAY, keep, kept } from "./away.js";
import { batchBar, forget } from "./batch.js";
import { card, refresh, update } from "./card.js";
import { start } from "../core/live.js";
import { OUT, session } from "../core/person.js";
import { Spoken } from "./spoken.js";
import { narrow } from "../core/screen.js";
import { jobs, newestFirst, subscribe } from "../core/store.js";
import { everySecond, ticks } from "../core/ticks.js";
import { counts, isOpen, needsLook } from "../core/words.js";
import { openViewer } from "./viewer.js";

const MOST = 200;
const STEP = 20;
// A longer batch is folded until somebody opens it.
const FOLDED = 8;

/** @typedef {ReturnType<typeof panel>} View */

/** @type {Map<string, import("./card.js").Card>} */
const cards = new Map();
/** @type {Map<string, import("./batch.js").Bar>} */
const batches = new Map(); // batch id -> its bar
/** @type {Map<string, boolean>} */
const folded = new Map(); // batch id -> whether a person folded it
// A phone has one column: no stage beside the form, and the list below it.
/** @type {View} */
let view;
const spoken = new Spoken();
let many = STEP;
/** @type {Set<string>} */
let away = new Set();

const NOTHING = "No jobs yet. Everything you generate shows up here and survives a reload or restart.";

function panel() {
  return {
    text: h("b", { class: "n" }),
    today: h("span", { class: "today" }),
    all: h("h2", { tabindex: "-1" }, "Jobs"),
    empty: h("p", { class: "nothing" }, NOTHING),
    list: h("ul", { id: "jobs", role: "list", "aria-label": "Jobs", onkeydown: walk }),
    further: h("button", { type: "button", class: "act more", hidden: true, onclick: showMore }, "Show more"),
  };
}

/** @param {HTMLElement} element */
export function mount(element) {
  view = panel();
  away = kept();
  const close = h(
    "button",
    { type: "button", class: "close", "aria-label": "Close the list", onclick: shut },
    icon("x"),
  );
  element.classList.add("jobs-panel");
  element.replaceChildren(
    h("header", { class: "jobs-head" }, view.all, view.today, view.text, close),
    view.list,
    view.further,
    view.empty,
    spoken.element,
  );
  document.addEventListener(
    "keydown",
    (event) => event.key === "Escape" && !document.querySelector("dialog[open]") && shut(),
  );
  window.addEventListener("studio:tab", shut);
  window.addEventListener(
    "studio:sent",
    () =>
      narrow.matches && view.list.getBoundingClientRect().top > innerHeight / 2 && toast("Added to your jobs below."),
  );
  window.addEventListener("storage", (event) => event.key === AWAY && ((away = kept()), draw()));
  narrow.addEventListener("change", draw);
  subscribe(changed);
  subscribe(() => refresh([...cards.values()]), "connections");
  everySecond(() => refresh([...cards.values()].filter(({ job }) => ticks(job))));
  draw();
  watchToday(view.today);
  start();
}

// Whoever was in the drawer goes on at what opens it.
function shut() {
  const { body, activeElement } = document;
  const inside = body.classList.contains("jobs-open") && activeElement?.closest(".jobs-panel");
  body.classList.remove("jobs-open");
  if (inside) document.querySelector(".jobs-pill")?.focus();
}

/**
 * The arrow keys go from card to card.
 * @param {KeyboardEvent & { target: HTMLElement }} event
 */
function walk(event) {
  const here = event.target.matches(".p") && event.target.closest("#jobs > li");
  const next = here && neighbour(here, event.key);
  if (!next || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  next.querySelector(".p")?.focus();
}

/**
 * @param {Element} here
 * @param {string} key
 */
function neighbour(here, key) {
  if (key === "ArrowDown") return here.nextElementSibling;
  if (key === "ArrowUp") return here.previousElementSibling;
  if (key === "Home") return view.list.firstElementChild;
  return key === "End" ? view.list.lastElementChild : null;
}

/** @param {Change[]} changes */
function changed(changes) {
  let moved = false;
  for (const { job } of changes) {
    const card = job && cards.get(job.id);
    if (!card || job.state === "discarded") moved = true;
    else update(card, job);
  }
  spoken.tell(changes);
  if (moved) draw();
  else head();
}

function draw() {
  const all = newestFirst([...jobs.values()].filter((job) => job.state !== "discarded" && !away.has(job.id)));
  const most = narrow.matches ? many : MOST;
  // What is on its way or waits for the person is never left out.
  const shown = all.filter((job, place) => place < most || isOpen(job) || needsLook(job));
  view.further.hidden = !narrow.matches || shown.length >= all.length;
  const keep = new Set(shown.map((job) => job.id));
  for (const id of cards.keys()) if (!keep.has(id)) cards.delete(id);
  for (const job of shown) {
    const known = of(job);
    if (known.job !== job || !known.drawn) update(known, job);
  }
  const { list } = view;
  const held = document.activeElement?.closest("#jobs > .job");
  const place = [...list.children].findIndex((node) => node === held);
  arrange(list, grouped(shown));
  head();
  // What was under the focus and is gone hands it to what came into its place.
  if (held && !held.isConnected)
    ((list.children[place] ?? list.lastElementChild)?.querySelector(".p") ?? view.all).focus();
}

/**
 * The jobs of a batch stand together under its bar, in the order of their rows, where its newest job belongs.
 * @param {Job[]} shown
 */
function grouped(shown) {
  /** @type {Map<string, Job[]>} */
  const groups = new Map();
  for (const job of shown) {
    const key = batchOf(job) ?? job.id;
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  for (const [id, bar] of batches) if (!groups.has(id)) batches.delete(id) && forget(bar);
  return [...groups].flatMap(([id, members]) => (batchOf(members[0]) ? batched(id, members) : members.map(cardOf)));
}

/**
 * The batch of a job, where it has others.
 * @param {Job} job
 */
const batchOf = ({ batch }) => (batch && batch.of > 1 ? batch.id : null);

/** @param {Job} job */
const cardOf = (job) => of(job).element;

/** @param {Job} job */
function of(job) {
  const known = cards.get(job.id) ?? card(job, { choose: chosen, putAway });
  cards.set(job.id, known);
  return known;
}

/** @param {Job} job */
const rowOf = (job) => job.batch?.row ?? 0;

/**
 * @param {string} id
 * @param {Job[]} members
 */
function batched(id, members) {
  const closed = folded.get(id) ?? (members[0].batch?.of ?? 0) > FOLDED;
  const bar = batches.get(id) ?? batchBar(id, { tag: "li", fold: () => fold(id) });
  batches.set(id, bar);
  bar.name.setAttribute("aria-expanded", String(!closed));
  const rows = members.filter((job) => !closed || needsLook(job));
  rows.sort((one, other) => rowOf(one) - rowOf(other) || other.created - one.created);
  return [bar.element, ...rows.map(cardOf)];
}

/** @param {string} id */
function fold(id) {
  folded.set(id, batches.get(id)?.name.getAttribute("aria-expanded") === "true");
  draw();
}

function showMore() {
  const last = view.list.lastElementChild;
  many += STEP;
  draw();
  last?.nextElementSibling?.querySelector(".p")?.focus();
}

/** @param {import("./card.js").Card} card */
function putAway(card) {
  away.add(card.job.id);
  keep(away);
  draw();
}

function head() {
  const { running, waiting, look } = counts();
  const parts = [running && `${running} running`, waiting && `${waiting} waiting`, look && needAttention(look)].filter(
    Boolean,
  );
  say(
    view.text,
    parts.length ? parts.join(" · ") : cards.size ? `${number(cards.size)} ${cards.size === 1 ? "job" : "jobs"}` : "",
  );
  view.empty.hidden = cards.size > 0;
  say(view.empty, session.over ? `${OUT}.` : NOTHING);
}

/** @param {Job} job */
function chosen(job) {
  // Without a stage the detail view takes its place.
  if (!narrow.matches && (job.state === "done" || isOpen(job))) {
    shut();
    showOnStage(job);
  } else openViewer(job.id);
}
