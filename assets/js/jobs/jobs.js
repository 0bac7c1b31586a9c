// The live list of jobs: `#jobs [data-job][data-state]`, one kept node per job, newest first.

import { arrange, h, say, toast } from "../core/dom.js";
import { refocused } from "../core/focus.js";
import { icon } from "../core/icons.js";
import { number } from "../core/numbers.js";
import { now } from "../core/time.js";
import { evidence, watchToday } from "../core/money.js";
import { ended, showOnStage } from "./actions.js";
import { AWAY, keep, kept } from "./away.js";
import { batchBar, forget } from "./batch.js";
import { cancel, cancelNote, jobActions } from "./decide.js";
import { start } from "../core/live.js";
import { picture } from "./picture.js";
import { jobs, newestFirst, subscribe } from "../core/store.js";
import { everySecond, ticks } from "../core/ticks.js";
import {
  counts,
  filesKey,
  harm,
  hint,
  isBad,
  isOpen,
  mark,
  needsLook,
  questionable,
  showDeadline,
  tells,
  title,
  words,
} from "../core/words.js";
import { openViewer } from "./viewer.js";

const MOST = 200;
const STEP = 20;
const NEW_FOR = 3600;
// A longer batch is folded until somebody opens it.
const FOLDED = 8;

/**
 * @typedef {object} Card
 * @property {Job} job
 * @property {string} drawn what is drawn, as a key
 * @property {string} asked what a question was asked of
 * @property {HTMLElement} element
 * @property {HTMLElement} thumb
 * @property {HTMLElement} name
 * @property {HTMLElement} state
 * @property {HTMLElement} more
 * @property {HTMLElement} bar
 * @property {HTMLElement} fill
 * @property {HTMLElement} hint
 * @property {HTMLElement} deadline
 * @property {HTMLElement} note
 * @property {HTMLElement} buttons
 * @property {HTMLElement} host
 * @property {HTMLButtonElement} cancel
 * @property {HTMLElement} away
 */
/** @typedef {ReturnType<typeof panel>} View */

/** @type {Map<string, Card>} */
const cards = new Map();
/** @type {Map<string, import("./batch.js").Bar>} */
const batches = new Map(); // batch id -> its bar
/** @type {Map<string, boolean>} */
const folded = new Map(); // batch id -> whether a person folded it
// A phone has one column: no stage beside the form, and the list below it.
const narrow = matchMedia("(max-width: 700px)");
/** @type {View} */
let view;
let many = STEP;
/** @type {Set<string>} */
let away = new Set();

function panel() {
  const nothing = "No jobs yet. What you generate appears here, and stays true over a reload or a restart.";
  return {
    text: h("b", { class: "n" }),
    today: h("span", { class: "today" }),
    all: h("h2", { tabindex: "-1" }, "Jobs"),
    spoken: h("div", { class: "unseen", role: "status", "aria-live": "polite" }),
    empty: h("p", { class: "nothing" }, nothing),
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
    view.spoken,
  );
  document.addEventListener(
    "keydown",
    (event) => event.key === "Escape" && !document.querySelector("dialog[open]") && shut(),
  );
  window.addEventListener("studio:tab", shut);
  window.addEventListener(
    "studio:sent",
    () =>
      narrow.matches &&
      view.list.getBoundingClientRect().top > innerHeight / 2 &&
      toast("Added to the " + "jobs below."),
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

const shut = () => document.body.classList.remove("jobs-open");

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
  for (const { job, before } of changes) {
    const card = job && cards.get(job.id);
    if (!card || job.state === "discarded") moved = true;
    else update(card, job);
    speak(job, before);
  }
  if (moved) draw();
  else head();
}

/**
 * @param {Job | null} job
 * @param {Partial<Job> | undefined} before
 */
function speak(job, before) {
  // How it ended is said; each step on the way would drown the rest.
  if (!job || !before || before.state === job.state || isOpen(job)) return;
  say(view.spoken, `${title(job).slice(0, 60)}: ${words(job).state}`);
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
    const card = cards.get(job.id) ?? make(job);
    if (card.job !== job || !card.drawn) update(card, job);
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
const cardOf = (job) => (cards.get(job.id) ?? make(job)).element;

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

/** @param {Card} card */
function putAway(card) {
  away.add(card.job.id);
  keep(away);
  draw();
}

function head() {
  const { running, waiting, look } = counts();
  const parts = [running && `${running} running`, waiting && `${waiting} waiting`, look && `${look} to look at`].filter(
    Boolean,
  );
  say(view.text, parts.length ? parts.join(" · ") : cards.size ? `newest ${number(cards.size)}` : "");
  view.empty.hidden = cards.size > 0;
}

/**
 * @param {Job} job
 * @returns {Card}
 */
function make(job) {
  const close = (/** @type {Props<HTMLButtonElement>} */ props) =>
    h("button", { type: "button", class: "cancel", ...props }, icon("x"));
  const progress = { role: "progressbar", "aria-label": "Progress", "aria-valuemin": "0", "aria-valuemax": "100" };
  const fill = h("i");
  /** @type {Card} */
  const card = {
    job,
    drawn: "",
    asked: "",
    fill,
    element: h("li", { class: "job", dataset: { job: job.id, state: job.state } }),
    thumb: h("div", { class: "th wait" }),
    name: h("button", { type: "button", class: "p", dir: "auto", onclick: () => chosen(card.job) }),
    state: h("span"),
    more: h("b"),
    bar: h("div", { class: "prog", ...progress }, fill),
    hint: h("p", { class: "hint" }),
    deadline: h("p", { class: "deadline" }),
    note: h("div", { class: "note" }),
    buttons: h("div", { class: "fix" }),
    host: h("div", { class: "host" }),
    cancel: close({ "aria-label": "Cancel", onclick: () => cancel(card.job, card.host) }),
    away: close({
      "aria-label": "Remove from this list",
      title: "Remove from this list. It stays in the library.",
      onclick: () => putAway(card),
    }),
  };
  const line = h("div", { class: "line" }, card.name, h("div", { class: "m" }, card.state, card.more));
  card.element.append(card.thumb, line, card.cancel, card.away, card.bar, card.hint, card.deadline);
  card.element.append(card.note, card.buttons, card.host);
  cards.set(job.id, card);
  return card;
}

/**
 * What follows from the state and the files is drawn once per state, what moves is only set.
 * @param {Card} card
 * @param {Job} job
 */
function update(card, job) {
  card.job = job;
  const wrong = [job.error?.code ?? "", job.error?.message ?? "", job.task, job.evidence?.now_at ?? ""];
  const key = [job.state, filesKey(job), ...wrong, job.parked ? job.detail : ""].join(" ");
  if (card.drawn !== key)
    refocused(
      card.element,
      () => redraw(card, job, key),
      () => card.name,
    );
  refresh([card]);
}

/**
 * @param {Card} card
 * @param {Job} job
 * @param {string} key
 */
function redraw(card, job, key) {
  card.element.dataset.state = job.state;
  card.element.classList.toggle("sandboxed", job.sandbox);
  card.element.classList.toggle("bad", isBad(job) || needsLook(job));
  say(card.name, title(job));
  card.name.title = title(job);
  thumbnail(card.thumb, job);
  const open = isOpen(job);
  card.cancel.hidden = !open || job.state === "saving" || Boolean(job.parked);
  card.away.hidden = !ended(job);
  card.cancel.title = `Cancel. ${cancelNote(job)}`;
  card.bar.hidden = !open || job.state === "waiting" || Boolean(job.parked);
  const folded = !needsLook(job) && now() - (job.finished ?? job.created) > NEW_FOR;
  const tell = (job.error || job.parked) && (isBad(job) || needsLook(job)) && !folded;
  card.note.hidden = !tell;
  card.note.replaceChildren(
    ...(tell ? [...tells(job).map((line) => h("p", {}, line)), evidence(job)].filter(Boolean) : []),
  );
  if (card.drawn && card.asked !== questionable(job)) card.host.replaceChildren();
  card.asked = questionable(job);
  const buttons = tell || needsLook(job) || (job.state === "cancelled" && !folded);
  card.buttons.replaceChildren(...(buttons ? jobActions(job, card.host, { details: () => openViewer(job.id) }) : []));
  card.buttons.hidden = !buttons;
  card.drawn = key;
}

/**
 * @param {HTMLElement} box
 * @param {Job} job
 */
function thumbnail(box, job) {
  const first = job.artifacts[0];
  box.classList.toggle("wait", !first);
  box.replaceChildren(...(first ? [picture(first, "thumb", { alt: "", loading: "lazy" })] : []));
  if (mark(job)) box.append(h("span", { class: `tag${job.artifacts.some(harm) ? " harm" : ""}` }, mark(job)));
}

/** @param {Card[]} some */
function refresh(some) {
  for (const card of some) {
    const { job } = card;
    const { state, more } = words(job);
    say(card.state, state);
    say(card.more, more);
    card.more.title = more;
    say(card.hint, hint(job));
    card.hint.hidden = !card.hint.textContent;
    showDeadline(card.deadline, job);
    card.cancel.disabled = Boolean(job.cancelling);
    if (card.bar.hidden) continue;
    // A job that has no number yet shows that it moves, without claiming how far it is.
    const part = job.state === "saving" ? 1 : job.progress;
    card.bar.classList.toggle("vague", part === null || part === undefined);
    card.fill.style.transform = `scaleX(${part ?? 0.06})`;
    if (part === null || part === undefined) card.bar.removeAttribute("aria-valuenow");
    else card.bar.setAttribute("aria-valuenow", String(Math.round(part * 100)));
  }
}

/** @param {Job} job */
function chosen(job) {
  // Without a stage the detail view takes its place.
  if (!narrow.matches && (job.state === "done" || isOpen(job))) {
    shut();
    showOnStage(job);
  } else openViewer(job.id);
}
