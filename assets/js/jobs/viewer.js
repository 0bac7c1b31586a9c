// The detail view: one job whole, in a dialog. Arrow keys go to its neighbours, Escape closes.

import { sandboxCorner } from "./actions.js";
import { address, api, reason } from "../core/calls.js";
import { askToDelete, canDelete } from "./delete.js";
import { closesBeside } from "../core/dialog.js";
import { arrange, h, pieces, say, targetOf, toast } from "../core/dom.js";
import { refocused } from "../core/focus.js";
import { icon } from "../core/icons.js";
import { star, starButton, TagEditor } from "./marks.js";
import { neighbours as around } from "./neighbours.js";
import { blank } from "./picture.js";
import { hush, player } from "../core/player.js";
import { showShortcuts, wish } from "../core/shortcuts.js";
import { jobs, put, subscribe } from "../core/store.js";
import { facts, story } from "./story.js";
import { saveFile } from "../core/takeaway.js";
import { everySecond } from "../core/ticks.js";
import { questionable, showDeadline, title, unshown, words } from "../core/words.js";

/**
 * @typedef {object} Further what the list that it was opened from knows later on
 * @property {() => string[]} ids
 * @property {() => boolean} any whether there are more to load
 * @property {() => Promise<unknown>} load
 *
 * @typedef {object} View
 * @property {HTMLDialogElement} dialog
 * @property {HTMLElement} media
 * @property {HTMLElement} facts
 * @property {HTMLElement} place
 * @property {HTMLElement} body
 * @property {HTMLButtonElement} back
 * @property {HTMLButtonElement} on
 * @property {ReturnType<typeof starButton>} star
 *
 * @typedef {object} Now what is shown
 * @property {string | null} id
 * @property {number} file
 * @property {string[]} list the neighbours
 * @property {Further | null} further
 * @property {import("../types").EventView[]} events
 * @property {import("../types").AnswerView | null} answer what the service answered last, where it ended badly
 * @property {Job | null} job
 * @property {Part} part
 * @property {TagEditor | null} tags
 */

/** @type {View | null} */
let view = null;
/** @type {Now} */
const now = {
  id: null,
  file: 0,
  list: [],
  further: null,
  events: [],
  answer: null,
  job: null,
  part: pieces(),
  tags: null,
};

/** @param {HTMLElement} element */
export function mount(element) {
  const shown = (view = build());
  element.replaceChildren(shown.dialog);
  closesBeside(shown.dialog);
  shown.dialog.addEventListener("keydown", keys);
  shown.dialog.addEventListener("close", () => closed(shown));
  subscribe((changes) => {
    const mine = changes.find(({ job, before }) => (job ?? before)?.id === now.id);
    if (mine && !mine.job) isAnswering(shown.dialog) ? leave() : gone(shown);
    else if (mine?.job) load(mine.before?.state !== mine.job.state);
  });
  window.addEventListener("studio:online", () => now.id && load(true));
  window.addEventListener("studio:forgotten", () => {
    shown.dialog.close();
    shown.facts.replaceChildren();
  });
  everySecond(tick);
}

/** @returns {View} */
function build() {
  const media = h("div", { class: "view-media" });
  const facts = h("div", { class: "view-facts" });
  const place = h("span", { class: "view-place" });
  const body = h("div", { class: "view-body" }, media, facts);
  const back = go("Newer", "Newer (left arrow)", () => step(-1), icon("left"));
  const on = go("Older", "Older (right arrow)", () => step(1), icon("right"));
  const stars = starButton(() => now.job && star(now.job));
  const help = go("Keyboard shortcuts", "Keyboard shortcuts (?)", showShortcuts, "?");
  help.classList.add("keys-go");
  const close = go("Close", "Close (Esc)", () => dialog.close(), icon("x"));
  const bar = h("div", { class: "view-bar" }, back, on, place, h("span", { class: "sp" }), stars.element, help, close);
  const props = { class: "viewer", "aria-label": "Job details", tabindex: "-1", autofocus: true };
  const dialog = h("dialog", props, bar, body);
  return { dialog, media, facts, place, body, back, on, star: stars };
}

/**
 * @param {string} name
 * @param {string} hint
 * @param {() => unknown} act
 * @param {Child} face
 */
const go = (name, hint, act, face) =>
  h("button", { type: "button", class: "view-go", "aria-label": name, title: hint, onclick: act }, face);

/** @param {View} view */
function closed({ media, dialog }) {
  media.replaceChildren(); // A clip must not play on behind the page.
  // In the library the focus goes to where one has walked.
  const focused = document.activeElement;
  const inLibrary = document.body.dataset.tab === "library";
  const lost = inLibrary && (focused === document.body || dialog.contains(focused));
  if (lost || focused?.matches(".tile")) {
    const tile = document.querySelector(`[data-tile="${now.id}"]`);
    (tile ?? document.querySelector(".tile[tabindex='0']"))?.focus();
  }
  Object.assign(now, { id: null, job: null });
}

/**
 * Open one job. `list` holds the neighbours' ids, `further` knows them later on and can load more, `file` says which of
 * several results to show. Without a list its neighbours are all jobs.
 * @param {string} id
 * @param {{ list?: string[], further?: Further | null, file?: number }} [also]
 */
export async function openViewer(id, { file = 0, ...beside } = {}) {
  if (!view) return;
  const { list = [id], further = null } = beside.list ? beside : around();
  const { dialog } = view;
  Object.assign(now, {
    id,
    file,
    list,
    further,
    events: [],
    answer: null,
    job: jobs.get(id) ?? null,
    part: pieces(),
    tags: null,
  });
  if (now.job) draw(now.job);
  else view.facts.replaceChildren();
  if (!dialog.open) {
    hush(); // What lies behind cannot be reached.
    dialog.showModal();
  }
  await load(true);
}

/** @param {boolean} history whether its steps are asked for as well */
async function load(history) {
  const { id } = now;
  if (!id) return;
  now.job = jobs.get(id) ?? now.job;
  if (now.job) draw(now.job);
  if (!history) return;
  /** @type {Answer<import("../types").JobHistoryView>} */
  const answer = await api("GET", `jobs/${encodeURIComponent(id)}`);
  if (id !== now.id) return;
  if (!answer.ok) {
    if (!now.job) view?.facts.replaceChildren(h("p", { class: "note" }, reason(answer)));
    return;
  }
  now.events = answer.data.events;
  now.answer = answer.data.answer;
  if (jobs.has(id)) put(answer.data);
  now.job = jobs.get(id) ?? answer.data;
  draw(now.job);
}

/** @param {KeyboardEvent} event */
function keys(event) {
  const what = now.job && wish(event);
  if (what && now.job) return DO[what](now.job);
  if (targetOf(event).matches?.("input, textarea, video") || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "ArrowLeft") step(-1);
  if (event.key === "ArrowRight") step(1);
}

/** @type {Record<string, (job: Job) => unknown>} */
const DO = {
  star: (job) => star(job),
  download: (job) => {
    const file = shown(job);
    if (file) saveFile(file);
    else toast("There are no files to download.");
  },
  delete: (job) => (canDelete(job) ? askToDelete(host(job), [job]) : toast("Only finished jobs can be deleted.")),
};

/**
 * @param {Job} job
 * @returns {Artifact | undefined}
 */
const shown = (job) => job.artifacts[Math.min(now.file, job.artifacts.length - 1)];

/** @param {Job} job */
const host = (job) => now.part("host", questionable(job), () => h("div", { class: "host" }));

/**
 * First through the pictures of one job, then on to the next job.
 * @param {-1 | 1} way
 */
async function step(way) {
  const files = now.job?.artifacts.length ?? 0;
  const next = now.file + way;
  if (now.job && next >= 0 && next < files) {
    now.file = next;
    return draw(now.job);
  }
  const from = now.id;
  if (!from) return;
  if (way > 0 && neighbours().at(-1) === from && now.further?.any()) await now.further.load();
  if (now.id !== from) return;
  const id = neighbours()[now.list.indexOf(from) + way];
  const last = id ? Math.max(0, (jobs.get(id)?.artifacts.length ?? 1) - 1) : 0;
  if (id) openViewer(id, { list: now.list, further: now.further, file: way < 0 ? last : 0 });
}

/** @param {HTMLDialogElement} dialog */
const isAnswering = (dialog) => Boolean(dialog.querySelector(".ask [aria-disabled=true]"));

// Deleted elsewhere, perhaps in another window: what is being typed for it, or pressed, goes to no other job.
/** @param {View} view */
function gone({ dialog, media, facts }) {
  Object.assign(now, { job: null, events: [], answer: null, part: pieces(), tags: null });
  media.replaceChildren();
  delete media.dataset.shows;
  dialog.classList.add("bare");
  facts.replaceChildren(h("p", { class: "note", role: "status" }, "This job was deleted in another window."));
  keepFocus(dialog);
}

// What was deleted here gives its place to the next one.
function leave() {
  const place = now.list.findIndex((id) => id === now.id);
  const next = now.list[place + 1] ?? now.list[place - 1];
  if (!next) return view?.dialog.close();
  openViewer(next, { list: now.list.filter((id) => id !== now.id), further: now.further });
}

// The list that it was opened from may have grown since.
function neighbours() {
  const list = now.further?.ids() ?? [];
  if (list.some((id) => id === now.id)) now.list = list;
  return now.list;
}

/** @param {Job} job */
function draw(job) {
  if (!view) return;
  const { media, dialog, body } = view;
  const file = shown(job);
  drawBar(view, job);
  dialog.classList.toggle("bare", !file);
  if (file) drawMedia(media, job, file);
  const told = story(now.part, job, file, host(job), tags(job));
  const rest = facts(now.part, job, file, now);
  now.tags?.show(job);
  if (!file) delete media.dataset.shows;
  const place = view.facts;
  const redraw = () => {
    if (file) return arrange(place, [...told, ...rest]);
    // Without a picture its story takes the place.
    const whole = now.part("story", "", () => h("div", { class: "view-story" }));
    arrange(media, [whole]);
    arrange(whole, told);
    arrange(place, rest);
  };
  refocused(body, redraw, () => dialog);
  tick();
  keepFocus(dialog);
}

/**
 * @param {View} view
 * @param {Job} job
 */
function drawBar({ back, on, place, star }, job) {
  const here = neighbours().findIndex((id) => id === now.id);
  const last = now.file >= job.artifacts.length - 1;
  const more = here >= 0 && now.further?.any();
  back.disabled = here <= 0 && now.file === 0;
  on.disabled = (here < 0 || here >= now.list.length - 1) && last && !more;
  say(place, job.artifacts.length > 1 ? `Image ${now.file + 1} of ${job.artifacts.length}` : "");
  star.show(job);
}

/**
 * @param {HTMLElement} media
 * @param {Job} job
 * @param {Artifact} file
 */
function drawMedia(media, job, file) {
  const shows = `${job.id} ${file.id} ${file.harm}`;
  if (media.dataset.shows === shows && media.firstChild) return;
  media.dataset.shows = shows;
  media.classList.toggle("sandboxed", job.sandbox);
  media.replaceChildren(...large(job, file));
}

/**
 * A button that is switched off loses the focus, and the arrow keys would go with it.
 * @param {HTMLDialogElement} dialog
 */
function keepFocus(dialog) {
  const focused = document.activeElement;
  const off = focused instanceof HTMLButtonElement && focused.disabled;
  if (dialog.open && (off || !dialog.contains(focused))) dialog.focus();
}

/**
 * @param {Job} job
 * @param {Artifact} file
 */
function large(job, file) {
  const shown = unshown(file) ? blank(file) : file.kind === "video" ? player(job, file) : picture(job, file);
  return job.sandbox ? [shown, sandboxCorner()] : [shown];
}

/**
 * @param {Job} job
 * @param {Artifact} file
 */
const picture = (job, file) =>
  h(
    "a",
    { href: address(file.url), target: "_blank", rel: "noopener", title: "Open the image in a new tab" },
    h("img", { src: address(file.url), alt: title(job), width: file.width, height: file.height }),
  );

/**
 * What is being typed stays while the job moves on.
 * @param {Job} job
 */
function tags(job) {
  return now.part("tags", "", () => {
    now.tags = new TagEditor(job);
    now.tags.show(job);
    return now.tags.element;
  });
}

function tick() {
  const more = view?.dialog.querySelector("[data-more]");
  if (!view || !more || !now.job) return;
  const { state, more: text } = words(now.job);
  say(more, text);
  if (more.previousElementSibling) say(more.previousElementSibling, state);
  const deadline = view.dialog.querySelector(".deadline");
  if (deadline) showDeadline(deadline, now.job);
}
