// The detail view: one job whole, in a dialog. Arrow keys go to its neighbours, Escape closes.

import { address, amount, api, clock, h, icon, reason, say, size, span } from "./dom.js";
import { act, cancelButton, copyText, ended, fileActions, jobActions, sandboxCorner, settingsButton } from "./actions.js";
import { jobs, label, put, subscribe } from "./store.js";
import { evidence } from "./money.js";
import { about } from "./prices.js";
import { player } from "./player.js";
import { everySecond, isBad, modelName, needsLook, optionWords, taken, tells, title, vendorName, words } from "./words.js";

let dialog, view;
const now = { id: null, file: 0, list: [], further: null, events: [], drawn: "", job: null };

export function mount(element) {
  view = { media: h("div", { class: "view-media" }), facts: h("div", { class: "view-facts" }), place: h("span", { class: "view-place" }) };
  view.back = h("button", { type: "button", class: "view-go", "aria-label": "Newer", title: "Newer (left arrow)", onclick: () => step(-1) }, icon("left"));
  view.on = h("button", { type: "button", class: "view-go", "aria-label": "Older", title: "Older (right arrow)", onclick: () => step(1) }, icon("right"));
  dialog = h("dialog", { class: "viewer", "aria-label": "Details of a job", tabindex: "-1", autofocus: true },
    h("div", { class: "view-bar" }, view.back, view.on, view.place, h("span", { class: "sp" }), h("button", { type: "button", class: "view-go", "aria-label": "Close", title: "Close (Escape)", onclick: () => dialog.close() }, icon("x"))),
    h("div", { class: "view-body" }, view.media, view.facts));
  element.replaceChildren(dialog);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", keys);
  dialog.addEventListener("close", () => {
    view.media.replaceChildren(); // A clip must not play on behind the page.
    Object.assign(now, { id: null, drawn: "", job: null });
  });
  subscribe((changes) => {
    const mine = changes.find(({ job }) => job?.id === now.id);
    if (mine) load(mine.before?.state !== mine.job.state);
  });
  window.addEventListener("studio:online", () => now.id && load(true));
  everySecond(tick);
}

/** Open one job. `list` holds the neighbours' ids, `further` knows them later on and can load more, `file` says which of several results to show. */
export async function openViewer(id, { list, further = null, file = 0 } = {}) {
  if (!dialog) return;
  Object.assign(now, { id, file, list: list ?? [id], further, events: [], drawn: "", job: jobs.get(id) ?? null });
  if (now.job) draw();
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
  now.job = answer.data;
  now.drawn = "";
  draw();
}

function keys(event) {
  if (event.target.matches?.("input, textarea, video") || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "ArrowLeft") step(-1);
  if (event.key === "ArrowRight") step(1);
}

// First through the pictures of one job, then on to the next job.
async function step(way) {
  const files = now.job?.artifacts.length ?? 0;
  const next = now.file + way;
  if (next >= 0 && next < files) {
    now.file = next;
    now.drawn = "";
    return draw();
  }
  const from = now.id;
  if (way > 0 && neighbours().at(-1) === from && now.further?.any()) await now.further.load();
  if (now.id !== from) return;
  const id = neighbours()[now.list.indexOf(from) + way];
  if (id) openViewer(id, { list: now.list, further: now.further, file: way < 0 ? Math.max(0, (jobs.get(id)?.artifacts.length ?? 1) - 1) : 0 });
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
  const file = job.artifacts[Math.min(now.file, job.artifacts.length - 1)];
  const media = `${job.id} ${file?.id}`;
  dialog.classList.toggle("bare", !file);
  if (file && (view.media.dataset.shows !== media || !view.media.firstChild)) {
    view.media.dataset.shows = media;
    view.media.classList.toggle("sandboxed", job.sandbox);
    view.media.replaceChildren(...large(job, file));
  }
  const key = `${job.revision} ${now.file} ${now.events.length} ${job.state}`;
  if (key === now.drawn) return keepFocus();
  now.drawn = key;
  const [told, rest] = [story(job, file), facts(job, file)];
  // Without a picture its story takes the place.
  if (!file) view.media.replaceChildren(h("div", { class: "view-story" }, told));
  if (!file) delete view.media.dataset.shows;
  view.facts.replaceChildren(...(file ? told : []), ...rest);
  tick();
  keepFocus();
}

// A button that is switched off or drawn anew loses the focus, and the arrow keys would go with it.
function keepFocus() {
  const focused = document.activeElement;
  if (dialog.open && (focused?.disabled || !dialog.contains(focused))) dialog.focus();
}

function large(job, file) {
  const shown = file.kind === "video" ? player(job, file) : h("a", { href: address(file.url), target: "_blank", rel: "noopener", title: "Open the picture by itself" }, h("img", { src: address(file.url), alt: title(job), width: file.width, height: file.height }));
  return [shown, job.sandbox && sandboxCorner()].filter(Boolean);
}

function story(job, file) {
  const { state } = words(job);
  const host = h("div", { class: "host" });
  return [
    h("p", { class: `view-state${isBad(job) || needsLook(job) ? " bad" : ""}` }, h("b", {}, state), h("span", { dataset: { more: "" } })),
    job.error && h("div", { class: "note" }, tells(job).map((line) => h("p", {}, line)), evidence(job), job.error.vendor_text && h("details", {}, h("summary", {}, "What the vendor said"), h("p", { class: "raw", dir: "auto" }, job.error.vendor_text))),
    job.state === "done" && job.detail && h("div", { class: "note" }, h("p", {}, job.detail)),
    job.prompt && h("p", { class: "view-prompt", dir: "auto" }, job.prompt),
    job.shots?.length > 0 && h("ol", { class: "view-shots" }, job.shots.map((shot) => h("li", {}, h("b", {}, `${shot.seconds} s`), h("span", { dir: "auto" }, shot.prompt)))),
    h("div", { class: "acts" }, cancelButton(job, host), ...(file ? fileActions(job, file, { rare: true }) : ended(job) ? [] : [settingsButton(job)]), ...jobActions(job, host), job.prompt && act("Copy prompt", () => copyText(job.prompt))),
    host,
  ].filter(Boolean);
}

function facts(job, file) {
  return [
    h("dl", {}, rows(job, file).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    history(job),
  ].filter(Boolean);
}

function rows(job, file) {
  const media = Object.entries(job.media ?? {}).map(([name, held]) => [label(name), h("span", { class: "view-refs" }, [held].flat().map((id) => h("img", { src: address(`media/${id}/thumb`), alt: label(name), loading: "lazy" })))]);
  const chosen = Object.keys(job.options).filter((name) => job.options[name] !== null && job.options[name] !== "");
  const used = Object.entries(job.used ?? {}).filter(([name, value]) => value !== null && typeof value !== "object" && String(job.options[name]) !== String(value));
  return [
    ["Model", modelName(job)],
    ["Vendor", `${vendorName(job)}${job.sandbox ? ", sandbox" : ""}`],
    ...media,
    ...chosen.map((name) => [label(name), optionWords(job, name, job.options[name])]),
    ...used.map(([name, value]) => [`${label(name)} used`, String(value)]),
    file?.width && ["Size", `${file.width} × ${file.height}`],
    file?.seconds && ["Runs", `${Number(file.seconds.toFixed(2))} s, ${file.sound ? "with sound" : "without sound"}`],
    file && ["File", `${file.media_type.replace(/^.*\//, "").toUpperCase()}, ${size(file.bytes)}`],
    ["Estimate", about(job.estimate) || "price unknown"],
    ["Cost", job.sandbox ? "nothing, sandbox" : amount(job.cost)],
    ["Started", new Date(job.created * 1000).toLocaleString()],
    job.finished && ["Took", span(taken(job))],
    job.task && ["Task", h("code", {}, job.task)],
    ["Job", h("code", {}, job.id)],
  ].filter(Boolean);
}

function history(job) {
  if (!now.events.length) return null;
  const line = (event) => h("li", {}, h("time", {}, `+${clock(event.at - job.created)}`), h("b", {}, event.state), event.detail && h("span", {}, event.detail));
  return h("details", { class: "view-history" }, h("summary", {}, `History, ${now.events.length} steps`), h("ol", {}, now.events.map(line)));
}

function tick() {
  const more = dialog?.querySelector("[data-more]");
  if (!more || !now.job) return;
  const { state, more: text } = words(now.job);
  say(more, text);
  say(more.previousSibling, state);
}

