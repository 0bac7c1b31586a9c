// @ts-nocheck
// The live list of jobs: `#jobs [data-job][data-state]`, one kept node per job, newest first.

import { arrange, h, say, toast } from "./dom.js";
import { refocused } from "./focus.js";
import { icon } from "./icons.js";
import { number } from "./numbers.js";
import { now } from "./time.js";
import { evidence, watchToday } from "./money.js";
import { ended, showOnStage } from "./actions.js";
import { batchBar, forget } from "./batch.js";
import { cancel, cancelNote, jobActions } from "./decide.js";
import { start } from "./live.js";
import { picture } from "./picture.js";
import { jobs, newestFirst, subscribe } from "./store.js";
import {
  counts,
  everySecond,
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
  ticks,
  title,
  words,
} from "./words.js";
import { openViewer } from "./viewer.js";

const MOST = 200;
const STEP = 20;
const AWAY = "studio-put-away";
const MOST_AWAY = 500;
const NEW_FOR = 3600;
// A longer batch is folded until somebody opens it.
const FOLDED = 8;
const cards = new Map();
const batches = new Map(); // batch id -> its bar
const folded = new Map(); // batch id -> whether a person folded it
// A phone has one column: no stage beside the form, and the list below it.
const narrow = matchMedia("(max-width: 700px)");
let list, heading, spoken, empty, further;
let many = STEP;
let away = new Set();

export function mount(element) {
  heading = {
    text: h("b", { class: "n" }),
    today: h("span", { class: "today" }),
    all: h("h2", { tabindex: "-1" }, "Jobs"),
  };
  spoken = h("div", { class: "unseen", role: "status", "aria-live": "polite" });
  empty = h(
    "p",
    { class: "nothing" },
    "No jobs yet. What you generate appears here, and stays true over a reload or a restart.",
  );
  list = h("ul", { id: "jobs", role: "list", "aria-label": "Jobs" });
  further = h("button", { type: "button", class: "act more", hidden: true, onclick: showMore }, "Show more");
  away = kept();
  const close = h(
    "button",
    { type: "button", class: "close", "aria-label": "Close the list", onclick: shut },
    icon("x"),
  );
  list.addEventListener("keydown", walk);
  element.classList.add("jobs-panel");
  element.replaceChildren(
    h("header", { class: "jobs-head" }, heading.all, heading.today, heading.text, close),
    list,
    further,
    empty,
    spoken,
  );
  document.addEventListener(
    "keydown",
    (event) => event.key === "Escape" && !document.querySelector("dialog[open]") && shut(),
  );
  window.addEventListener("studio:tab", shut);
  window.addEventListener(
    "studio:sent",
    () => narrow.matches && list.getBoundingClientRect().top > innerHeight / 2 && toast("Added to the jobs below."),
  );
  window.addEventListener("storage", (event) => event.key === AWAY && ((away = kept()), draw()));
  narrow.addEventListener("change", draw);
  subscribe(changed);
  subscribe(() => refresh([...cards.values()]), "connections");
  everySecond(() => refresh([...cards.values()].filter(({ job }) => ticks(job))));
  draw();
  watchToday(heading.today);
  start();
}

const shut = () => document.body.classList.remove("jobs-open");

// The arrow keys go from card to card.
function walk(event) {
  const here = event.target.matches(".p") && event.target.closest("#jobs > li");
  const next =
    here &&
    {
      ArrowDown: here.nextElementSibling,
      ArrowUp: here.previousElementSibling,
      Home: list.firstElementChild,
      End: list.lastElementChild,
    }[event.key];
  if (!next || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  next.querySelector(".p").focus();
}

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

function speak(job, before) {
  // How it ended is said; each step on the way would drown the rest.
  if (!job || !before || before.state === job.state || isOpen(job)) return;
  say(spoken, `${title(job).slice(0, 60)}: ${words(job).state}`);
}

function draw() {
  const all = newestFirst([...jobs.values()].filter((job) => job.state !== "discarded" && !away.has(job.id)));
  const most = narrow.matches ? many : MOST;
  // What is on its way or waits for the person is never left out.
  const shown = all.filter((job, place) => place < most || isOpen(job) || needsLook(job));
  further.hidden = !narrow.matches || shown.length >= all.length;
  const keep = new Set(shown.map((job) => job.id));
  for (const id of cards.keys()) if (!keep.has(id)) cards.delete(id);
  for (const job of shown) {
    const card = cards.get(job.id) ?? make(job);
    if (card.job !== job || !card.drawn) update(card, job);
  }
  const held = document.activeElement?.closest("#jobs > .job");
  const place = [...list.children].indexOf(held);
  arrange(list, grouped(shown));
  head();
  // What was under the focus and is gone hands it to what came into its place.
  if (held && !held.isConnected)
    ((list.children[place] ?? list.lastElementChild)?.querySelector(".p") ?? heading.all).focus();
}

// The jobs of a batch stand together under its bar, in the order of their rows, where its newest job belongs.
function grouped(shown) {
  const groups = new Map();
  for (const job of shown) {
    const key = job.batch?.of > 1 ? job.batch.id : job.id;
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  for (const [id, bar] of batches) if (!groups.has(id)) batches.delete(id) && forget(bar);
  return [...groups].flatMap(([id, members]) => {
    if (!(members[0].batch?.of > 1)) return members.map((job) => cards.get(job.id).element);
    const closed = folded.get(id) ?? members[0].batch.of > FOLDED;
    if (!batches.has(id)) batches.set(id, batchBar(id, { tag: "li", fold: () => fold(id) }));
    const bar = batches.get(id);
    bar.name.setAttribute("aria-expanded", String(!closed));
    const rows = members
      .filter((job) => !closed || needsLook(job))
      .sort((one, other) => one.batch.row - other.batch.row || other.created - one.created);
    return [bar.element, ...rows.map((job) => cards.get(job.id).element)];
  });
}

function fold(id) {
  folded.set(id, batches.get(id).name.getAttribute("aria-expanded") === "true");
  draw();
}

function showMore() {
  const last = list.lastElementChild;
  many += STEP;
  draw();
  last?.nextElementSibling?.querySelector(".p").focus();
}

// Failures that were put away stay in the library; which ones, this browser remembers.
function kept() {
  try {
    return new Set(JSON.parse(localStorage.getItem(AWAY) ?? "[]"));
  } catch {
    return new Set(); // Storage may be forbidden; they then come back with the page.
  }
}

function putAway(card) {
  away.add(card.job.id);
  try {
    localStorage.setItem(AWAY, JSON.stringify([...away].slice(-MOST_AWAY)));
  } catch {
    // As above.
  }
  draw();
}

function head() {
  const { running, waiting, look } = counts();
  const parts = [running && `${running} running`, waiting && `${waiting} waiting`, look && `${look} to look at`].filter(
    Boolean,
  );
  say(heading.text, parts.length ? parts.join(" · ") : cards.size ? `newest ${number(cards.size)}` : "");
  empty.hidden = cards.size > 0;
}

function make(job) {
  const card = { job, drawn: "" };
  card.thumb = h("div", { class: "th wait" });
  card.name = h("button", { type: "button", class: "p", dir: "auto", onclick: () => chosen(card.job) });
  card.state = h("span");
  card.more = h("b");
  card.fill = h("i");
  card.bar = h(
    "div",
    { class: "prog", role: "progressbar", "aria-label": "Progress", "aria-valuemin": "0", "aria-valuemax": "100" },
    card.fill,
  );
  card.hint = h("p", { class: "hint" });
  card.deadline = h("p", { class: "deadline" });
  card.note = h("div", { class: "note" });
  card.buttons = h("div", { class: "fix" });
  card.host = h("div", { class: "host" });
  card.cancel = h(
    "button",
    { type: "button", class: "cancel", "aria-label": "Cancel", onclick: () => cancel(card.job, card.host) },
    icon("x"),
  );
  card.away = h(
    "button",
    {
      type: "button",
      class: "cancel",
      "aria-label": "Remove from this list",
      title: "Remove from this list. It stays in the library.",
      onclick: () => putAway(card),
    },
    icon("x"),
  );
  card.element = h(
    "li",
    { class: "job", dataset: { job: job.id, state: job.state } },
    card.thumb,
    h("div", { class: "line" }, card.name, h("div", { class: "m" }, card.state, card.more)),
    card.cancel,
    card.away,
    card.bar,
    card.hint,
    card.deadline,
    card.note,
    card.buttons,
    card.host,
  );
  cards.set(job.id, card);
  return card;
}

// What follows from the state and the files is drawn once per state, what moves is only set.
function update(card, job) {
  card.job = job;
  const key = `${job.state} ${filesKey(job)} ${job.error?.code ?? ""} ${job.error?.message ?? ""} ${job.task} ${job.evidence?.now_at ?? ""} ${job.parked ? job.detail : ""}`;
  if (card.drawn !== key)
    refocused(
      card.element,
      () => redraw(card, job, key),
      () => card.name,
    );
  refresh([card]);
}

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

function thumbnail(box, job) {
  const first = job.artifacts[0];
  box.classList.toggle("wait", !first);
  box.replaceChildren(...(first ? [picture(first, "thumb", { alt: "", loading: "lazy" })] : []));
  if (mark(job)) box.append(h("span", { class: `tag${job.artifacts.some(harm) ? " harm" : ""}` }, mark(job)));
}

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

function chosen(job) {
  // Without a stage the detail view takes its place.
  if (!narrow.matches && (job.state === "done" || isOpen(job))) {
    shut();
    showOnStage(job);
  } else openViewer(job.id);
}
