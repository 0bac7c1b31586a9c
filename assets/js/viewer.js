// @ts-nocheck
// The detail view: one job whole, in a dialog. Arrow keys go to its neighbours, Escape closes.

import { address, api, reason } from "./calls.js";
import { arrange, h, pieces, say, toast } from "./dom.js";
import { refocused } from "./focus.js";
import { icon } from "./icons.js";
import { amount, clock, size, span } from "./numbers.js";
import { moment } from "./time.js";
import { act, canRepeat, copyText, ended, fileActions, original, sandboxCorner, settingsButton } from "./actions.js";
import { showBatch } from "./batch.js";
import { cancelButton, jobActions, matches } from "./decide.js";
import { jobs, label, put, subscribe } from "./store.js";
import { askToDelete, canDelete, deleteButton } from "./delete.js";
import { star, starButton, TagEditor } from "./marks.js";
import { evidence } from "./money.js";
import { blank } from "./picture.js";
import { about } from "./prices.js";
import { player } from "./player.js";
import { showShortcuts, wish } from "./shortcuts.js";
import { saveFile } from "./takeaway.js";
import { everySecond, isBad, modelName, needsLook, optionWords, questionable, showDeadline, taken, tells, title, unshown, vendorName, words } from "./words.js";

const LONG = 420;
const HARMED = {
  missing: "This file is missing: its bytes are no longer in the data folder.",
  short: "This file is cut short: a part of its bytes is gone.",
  rotten: "This file is damaged: its bytes are not those that were kept.",
};
let dialog, view;
const now = { id: null, file: 0, list: [], further: null, events: [], job: null, part: pieces() };

export function mount(element) {
  view = { media: h("div", { class: "view-media" }), facts: h("div", { class: "view-facts" }), place: h("span", { class: "view-place" }) };
  view.body = h("div", { class: "view-body" }, view.media, view.facts);
  view.back = h("button", { type: "button", class: "view-go", "aria-label": "Newer", title: "Newer (left arrow)", onclick: () => step(-1) }, icon("left"));
  view.on = h("button", { type: "button", class: "view-go", "aria-label": "Older", title: "Older (right arrow)", onclick: () => step(1) }, icon("right"));
  view.star = starButton(() => now.job && star(now.job));
  const help = h("button", { type: "button", class: "view-go keys-go", "aria-label": "Keys", title: "All keys (?)", onclick: showShortcuts }, "?");
  dialog = h("dialog", { class: "viewer", "aria-label": "Details of a job", tabindex: "-1", autofocus: true },
    h("div", { class: "view-bar" }, view.back, view.on, view.place, h("span", { class: "sp" }), view.star.element, help, h("button", { type: "button", class: "view-go", "aria-label": "Close", title: "Close (Escape)", onclick: () => dialog.close() }, icon("x"))),
    view.body);
  element.replaceChildren(dialog);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", keys);
  dialog.addEventListener("close", () => {
    view.media.replaceChildren(); // A clip must not play on behind the page.
    // In the library the focus goes to where one has walked.
    const lost = document.body.dataset.tab === "library" && (document.activeElement === document.body || dialog.contains(document.activeElement));
    if (lost || document.activeElement?.matches(".tile")) (document.querySelector(`[data-tile="${now.id}"]`) ?? document.querySelector(".tile[tabindex='0']"))?.focus();
    Object.assign(now, { id: null, job: null });
  });
  subscribe((changes) => {
    const mine = changes.find(({ job, before }) => (job ?? before).id === now.id);
    if (mine && !mine.job) leave();
    else if (mine) load(mine.before?.state !== mine.job.state);
  });
  window.addEventListener("studio:online", () => now.id && load(true));
  everySecond(tick);
}

/** Open one job. `list` holds the neighbours' ids, `further` knows them later on and can load more, `file` says which of several results to show. */
export async function openViewer(id, { list, further = null, file = 0 } = {}) {
  if (!dialog) return;
  Object.assign(now, { id, file, list: list ?? [id], further, events: [], job: jobs.get(id) ?? null, part: pieces() });
  if (now.job) draw();
  else view.facts.replaceChildren();
  if (!dialog.open) dialog.showModal();
  await load(true);
}

async function load(history) {
  const id = now.id;
  now.job = jobs.get(id) ?? now.job;
  if (now.job) draw();
  if (!history) return;
  const answer = await api("GET", `jobs/${encodeURIComponent(id)}`);
  if (id !== now.id) return;
  if (!answer.ok) {
    if (!now.job) view.facts.replaceChildren(h("p", { class: "note" }, reason(answer)));
    return;
  }
  now.events = answer.data.events ?? [];
  if (jobs.has(id)) put(answer.data);
  now.job = jobs.get(id) ?? answer.data;
  draw();
}

function keys(event) {
  const what = now.job && wish(event);
  if (what) return DO[what](now.job);
  if (event.target.matches?.("input, textarea, video") || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "ArrowLeft") step(-1);
  if (event.key === "ArrowRight") step(1);
}

const DO = {
  star: (job) => star(job),
  download: (job) => (job.artifacts.length ? saveFile(shown(job)) : toast("There is no file to download.")),
  delete: (job) => (canDelete(job) ? askToDelete(host(job), [job]) : toast("Only what has ended can be deleted.")),
};
const shown = (job) => job.artifacts[Math.min(now.file, job.artifacts.length - 1)];
const host = (job) => now.part("host", questionable(job), () => h("div", { class: "host" }));

// First through the pictures of one job, then on to the next job.
async function step(way) {
  const files = now.job?.artifacts.length ?? 0;
  const next = now.file + way;
  if (next >= 0 && next < files) {
    now.file = next;
    return draw();
  }
  const from = now.id;
  if (way > 0 && neighbours().at(-1) === from && now.further?.any()) await now.further.load();
  if (now.id !== from) return;
  const id = neighbours()[now.list.indexOf(from) + way];
  if (id) openViewer(id, { list: now.list, further: now.further, file: way < 0 ? Math.max(0, (jobs.get(id)?.artifacts.length ?? 1) - 1) : 0 });
}

// What was deleted gives its place to the next one.
function leave() {
  const place = now.list.indexOf(now.id);
  const next = now.list[place + 1] ?? now.list[place - 1];
  if (!next) return dialog.close();
  openViewer(next, { list: now.list.filter((id) => id !== now.id), further: now.further });
}

// The list that it was opened from may have grown since.
function neighbours() {
  const list = now.further?.ids() ?? [];
  if (list.includes(now.id)) now.list = list;
  return now.list;
}

function draw() {
  const { job } = now;
  const place = neighbours().indexOf(now.id);
  const last = now.file >= job.artifacts.length - 1;
  view.back.disabled = place <= 0 && now.file === 0;
  view.on.disabled = (place < 0 || place >= now.list.length - 1) && last && !(place >= 0 && now.further?.any());
  say(view.place, job.artifacts.length > 1 ? `Picture ${now.file + 1} of ${job.artifacts.length}` : "");
  view.star.show(job);
  const file = shown(job);
  const media = `${job.id} ${file?.id} ${file?.harm}`;
  dialog.classList.toggle("bare", !file);
  if (file && (view.media.dataset.shows !== media || !view.media.firstChild)) {
    view.media.dataset.shows = media;
    view.media.classList.toggle("sandboxed", job.sandbox);
    view.media.replaceChildren(...large(job, file));
  }
  const [told, rest] = [story(job, file), facts(job, file)];
  now.tags.show(job);
  if (!file) delete view.media.dataset.shows;
  refocused(view.body, () => {
    // Without a picture its story takes the place.
    if (!file) arrange(view.media, [now.part("story", "", () => h("div", { class: "view-story" }))]);
    if (!file) arrange(view.media.firstChild, told);
    arrange(view.facts, file ? [...told, ...rest] : rest);
  }, () => dialog);
  tick();
  keepFocus();
}

// A button that is switched off loses the focus, and the arrow keys would go with it.
function keepFocus() {
  const focused = document.activeElement;
  if (dialog.open && (focused?.disabled || !dialog.contains(focused))) dialog.focus();
}

function large(job, file) {
  const shown = unshown(file) ? blank(file) : file.kind === "video" ? player(job, file) : h("a", { href: address(file.url), target: "_blank", rel: "noopener", title: "Open the picture by itself" }, h("img", { src: address(file.url), alt: title(job), width: file.width, height: file.height }));
  return [shown, job.sandbox && sandboxCorner()].filter(Boolean);
}

// Each part is drawn anew only when what it says has changed: open questions, opened details and typed words stay.
function story(job, file) {
  const { part } = now;
  const looks = `${isBad(job)} ${needsLook(job)}`;
  const place = host(job);
  const wrong = job.error || job.parked;
  const fault = wrong && JSON.stringify([job.error, job.parked && job.detail, job.state, job.evidence, evidence(job)?.textContent]);
  return [
    part("state", looks, () => h("p", { class: `view-state${isBad(job) || needsLook(job) ? " bad" : ""}` }, h("b"), h("span", { dataset: { more: "" } }))),
    wrong && part("fault", fault, () => faultNote(job)),
    file?.harm && part("harm", file.harm, () => h("div", { class: "note" }, h("p", {}, HARMED[file.harm] ?? HARMED.rotten), h("p", {}, "Where the vendor still has the same file, it is fetched again by itself. Else copy it back from a backup of the folder named artifacts, and check every file on the Settings tab."))),
    unshown(file) && part("flaw", file.flaw, () => h("div", { class: "note plain" }, h("p", {}, unshown(file)))),
    part("deadline", "", () => h("p", { class: "deadline" })),
    job.state === "done" && job.detail && part("detail", job.detail, () => h("div", { class: "note plain" }, h("p", {}, job.detail))),
    job.prompt && part("prompt", "", () => folded(job.prompt)),
    job.shots?.length > 0 && part("shots", "", () => h("ol", { class: "view-shots" }, job.shots.map((shot) => h("li", {}, h("b", {}, `${shot.seconds} s`), h("span", { dir: "auto" }, shot.prompt))))),
    part("acts", `${job.state} ${file?.id} ${job.task} ${job.error?.code} ${job.late} ${job.parked}`, () => h("div", { class: "acts" }, buttons(job, file, place))),
    place,
    tags(job),
    part("matches", `${job.state} ${job.task} ${job.evidence?.now_at}`, () => matches(job)),
  ].filter(Boolean);
}

// What is being typed stays while the job moves on.
function tags(job) {
  return now.part("tags", "", () => {
    now.tags = new TagEditor();
    now.tags.show(job);
    return now.tags.element;
  });
}

// A long prompt is folded, or it would push the buttons out of sight.
function folded(text) {
  const whole = h("p", { class: "view-prompt", dir: "auto" }, text);
  if (text.length < LONG && text.split("\n").length < 9) return whole;
  const more = h("button", { type: "button", class: "plain-link", "aria-expanded": "false", onclick: () => {
    const open = !whole.classList.toggle("folded");
    more.setAttribute("aria-expanded", String(open));
    more.textContent = open ? "Fold the prompt" : "Show the whole prompt";
  } }, "Show the whole prompt");
  whole.classList.add("folded");
  return h("div", {}, whole, more);
}

function faultNote(job) {
  const said = job.error?.vendor_text;
  return h("div", { class: "note" }, tells(job).map((line) => h("p", {}, line)), evidence(job), said && h("details", {}, h("summary", {}, "What the vendor said"), h("p", { class: "raw", dir: "auto" }, said)));
}

function buttons(job, file, host) {
  const decisions = jobActions(job, host);
  const uses = file ? fileActions(job, file, { rare: true }) : ended(job) ? [] : settingsButton(job);
  const copy = job.prompt && act("Copy prompt", () => copyText(job.prompt));
  return [cancelButton(job, host), ...(needsLook(job) ? [...decisions, ...uses] : [...uses, ...decisions]), copy, deleteButton(job, host)].filter(Boolean);
}

function facts(job, file) {
  const told = rows(job, file);
  const key = JSON.stringify([file?.id, ...told.map(([name, value]) => [name, value.textContent ?? value])]);
  return [
    now.part("facts", key, () => h("dl", {}, told.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]))),
    ...history(job),
  ];
}

function rows(job, file) {
  const media = Object.entries(job.media ?? {}).map(([name, held]) => [label(name), h("span", { class: "view-refs" }, [held].flat().map((id) => h("img", { src: address(`media/${id}/thumb`), alt: label(name), loading: "lazy" })))]);
  const chosen = Object.keys(job.options).filter((name) => job.options[name] !== null && job.options[name] !== "");
  const used = Object.entries(job.used ?? {}).filter(([name, value]) => value !== null && typeof value !== "object" && String(job.options[name]) !== String(value));
  return [
    ["Model", modelName(job)],
    [job.found ? "From" : "Vendor", `${vendorName(job)}${job.sandbox ? ", sandbox" : ""}`],
    ...media,
    ...chosen.map((name) => [label(name), optionWords(job, name, job.options[name])]),
    ...used.map(([name, value]) => [`${label(name)} used`, String(value)]),
    file?.width && ["Size", `${file.width} × ${file.height}`],
    file?.seconds && ["Runs", `${Number(file.seconds.toFixed(2))} s, ${file.sound ? "with sound" : "without sound"}`],
    file && ["File", h("span", {}, `${format(file)}, ${size(file.bytes)}`, canRepeat(job) && [" · ", original(file)])],
    !job.found && ["Estimate", about(job.estimate) || "price unknown"],
    !job.found && ["Cost", job.sandbox ? "nothing, sandbox" : amount(job.cost)],
    [job.found ? "Kept since" : "Started", moment(job.created)],
    job.finished && !job.found && ["Took", span(taken(job))],
    job.batch && ["Batch", act(`Row ${job.batch.row} of ${job.batch.of}`, () => showBatch(job.batch.id), { class: "plain-link", title: "Show the whole batch in the library" })],
    job.task && ["Task", h("code", {}, job.task)],
    ["Job", h("code", {}, job.id)],
  ].filter(Boolean);
}

const format = ({ media_type: type }) => (type === "application/octet-stream" ? "Unknown kind" : type.replace(/^.*\//, "").toUpperCase());

function history(job) {
  const { events } = now;
  if (!events.length) return [];
  const line = (event) => h("li", {}, h("time", {}, `+${clock(event.at - job.created)}`), h("b", {}, event.state), event.detail && h("span", {}, event.detail));
  const whole = now.part("history", "", () => h("details", { class: "view-history" }, h("summary"), h("ol")));
  say(whole.firstChild, `History, ${events.length} ${events.length === 1 ? "step" : "steps"}`);
  arrange(whole.lastChild, events.map((event, place) => now.part(`event ${place}`, JSON.stringify(event), () => line(event))));
  return [whole];
}

function tick() {
  const more = dialog?.querySelector("[data-more]");
  if (!more || !now.job) return;
  const { state, more: text } = words(now.job);
  say(more, text);
  say(more.previousSibling, state);
  showDeadline(dialog.querySelector(".deadline"), now.job);
}
