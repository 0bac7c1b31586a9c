// @ts-nocheck
// The library: everything that was made, newest first, with filters, search and paging by key.

import { api, reason } from "./calls.js";
import { arrange, h, say } from "./dom.js";
import { icon } from "./icons.js";
import { number } from "./numbers.js";
import { isGone, jobs as held, OPEN, modelLabel, subscribe, vendorLabel } from "./store.js";
import { everySecond, filesKey, harm, isBad, isOpen, needsLook, tag, title, words, wordsOf } from "./words.js";
import { briefly, star } from "./marks.js";
import { batchBar, forget } from "./batch.js";
import { Pick } from "./pick.js";
import { picture } from "./picture.js";
import { wish } from "./shortcuts.js";
import { openViewer } from "./viewer.js";

const PAGE = 60;
const FEW = 6;
const KINDS = [["", "Everything"], ["image", "Images"], ["video", "Videos"], ["multishot", "Multishot"]];
const GROUPS = [["", "Any"], ["done", "Done"], ["rejected,failed,expired", "Failed"], ["cancelled", "Cancelled"], ["unsure", "Needs a look"], ["open", "Running"], ["discarded", "Discarded"]];
const SIZES = { S: "140px", M: "220px", L: "340px" };
const SIZE = "studio-tiles";
const NEAR = 6; // So far beside a star it is still meant, in pixels.

// A tab that was never open mounts its library only once it is asked for: which batch is wanted is known by then.
let wanted = "";
window.addEventListener("studio:batch", (event) => (wanted = event.detail));

export function mount(element) {
  new Library(element);
}

const inGroup = (group, state) => !group || (group === "open" ? OPEN.has(state) : group.split(",").includes(state));
const total = (counts) => Object.values(counts ?? {}).reduce((sum, each) => sum + each, 0);

class Library {
  constructor(element) {
    Object.assign(this, { filter: { text: "", kind: "", state: "", vendor: "", model: "", starred: "", tag: "", batch: wanted }, shown: new Map(), tiles: new Map(), next: null, asked: 0, counts: {}, total: 0, all: {}, fresh: false, stale: false });
    this.build(element);
    subscribe((changes) => this.live(changes));
    window.addEventListener("studio:tab", (event) => event.detail === "library" && this.opened());
    window.addEventListener("studio:online", () => this.healed());
    window.addEventListener("studio:batch", (event) => this.only(event.detail));
    document.addEventListener("keydown", (event) => this.keys(event));
    everySecond(() => this.active() && this.tick());
    this.load();
  }

  build(element) {
    this.filters = h("div", { class: "fil-in" });
    this.search = h("input", { type: "search", class: "field", placeholder: "Search prompts, shots and tags   /", "aria-label": "Search prompts, shots and tags", dir: "auto", oninput: () => this.typed() });
    this.grid = h("div", { class: "tiles", role: "group", "aria-label": "Results" });
    this.grid.addEventListener("keydown", (event) => this.walk(event));
    this.grid.addEventListener("focusin", (event) => this.rove(event.target.closest(".tile")));
    this.more = h("button", { type: "button", class: "act more", hidden: true, onclick: () => this.load(true) }, "More");
    this.batch = h("div", { class: "lib-batch" });
    this.note = h("div", { class: "lib-note", role: "status" });
    this.pick = new Pick({ order: () => [...this.grid.children].map((node) => node.dataset.tile), job: (id) => this.shown.get(id), tile: (id) => this.tiles.get(id), all: () => ({ filter: this.given(), total: this.total }) });
    this.fold = h("details", { class: "fil" }, h("summary", {}, "Filters"), this.filters);
    this.fold.open = !matchMedia("(max-width: 700px)").matches;
    element.classList.add("lib");
    element.replaceChildren(h("h2", { class: "unseen" }, "Library"), this.fold, h("div", { class: "grid" }, h("div", { class: "sr" }, this.search, this.sizes(), this.pick.toggle), this.batch, this.grid, this.note, this.more, this.pick.bar));
    new IntersectionObserver((seen) => seen[0].isIntersecting && this.next && this.load(true), { rootMargin: "600px" }).observe(this.more);
  }

  sizes() {
    const kept = storage(() => localStorage.getItem(SIZE)) ?? "M";
    const set = (name) => {
      this.grid.style.setProperty("--tile", SIZES[name] ?? SIZES.M);
      buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.textContent === name)));
      storage(() => localStorage.setItem(SIZE, name));
    };
    const names = { S: "Small", M: "Medium", L: "Large" };
    const buttons = Object.keys(SIZES).map((name) => h("button", { type: "button", "aria-label": `${names[name]} pictures`, onclick: () => set(name) }, name));
    set(kept);
    return h("div", { class: "seg", role: "group", "aria-label": "Size of the pictures" }, buttons);
  }

  active() {
    return document.body.dataset.tab === "library";
  }

  keys(event) {
    if (event.key === "Escape" && this.pick.on && this.active() && !document.querySelector("dialog[open]")) return this.pick.turn(false);
    if (event.key !== "/" || !this.active() || document.querySelector("dialog[open]") || event.target.closest?.("input, textarea, [contenteditable]")) return;
    event.preventDefault();
    this.search.focus();
  }

  // One tab stop for all tiles; the arrow keys go from tile to tile.
  rove(tile) {
    if (!tile || tile === this.stop) return;
    this.stop?.setAttribute("tabindex", "-1");
    this.stop = tile;
    tile.setAttribute("tabindex", "0");
  }

  walk(event) {
    const tiles = [...this.grid.children];
    const here = tiles.indexOf(event.target.closest(".tile"));
    const what = here < 0 ? "" : wish(event);
    if (what) return this.pick.wish(what, tiles[here].dataset.tile);
    if (here < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const wide = tiles.findIndex((tile) => tile.offsetTop > tiles[0].offsetTop);
    const row = wide < 0 ? tiles.length : wide;
    const to = { ArrowRight: here + 1, ArrowLeft: here - 1, ArrowDown: here + row, ArrowUp: here - row, Home: 0, End: tiles.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    tiles[to]?.focus();
  }

  typed() {
    clearTimeout(this.waits);
    this.waits = setTimeout(() => {
      this.filter.text = this.search.value.trim();
      this.load();
    }, 200);
  }

  choose(name, value) {
    this.filter[name] = value;
    this.load();
  }

  given(extra = {}) {
    return Object.fromEntries(Object.entries({ ...this.filter, ...extra }).filter(([, value]) => value !== "" && value !== null));
  }

  query(extra) {
    return new URLSearchParams(this.given(extra)).toString();
  }

  // `on` asks for the page after the last one; `again` looks whether the newest are still the same.
  async load(on = false, again = false) {
    const asked = ++this.asked;
    this.fresh = true;
    const answer = await api("GET", `jobs?${this.query({ limit: PAGE, before: on ? this.next : "" })}`);
    if (asked !== this.asked) return; // Another filter was chosen meanwhile.
    if (!answer.ok) {
      this.fresh = false;
      return this.note.replaceChildren(h("p", {}, reason(answer)), h("button", { type: "button", class: "act", onclick: () => this.load(on) }, "Try again"));
    }
    again &&= this.shown.size > PAGE;
    if (!on && !again) this.shown.clear();
    for (const job of answer.data.jobs) if (!isGone(job.id)) this.shown.set(job.id, newer(job));
    if (!again) this.next = answer.data.next;
    this.counted(answer.data);
    this.draw();
    this.drawFilters();
  }

  // Progress only redraws its own tile; order and counts follow when a job comes, goes or changes its state.
  live(changes) {
    let moved = false;
    for (const { job, before } of changes) {
      const id = (job ?? before).id;
      const here = this.shown.has(id);
      const fits = Boolean(job) && this.matches(job);
      if (!here && !fits) continue;
      if (fits) this.shown.set(id, job);
      else this.shown.delete(id);
      moved ||= here !== fits || before?.state !== job?.state || marks(before) !== marks(job);
      if (fits && here && this.active()) this.tiles.get(id)?.show(job);
    }
    if (!moved) return;
    if (!this.active()) return void (this.stale = true);
    this.draw();
    this.recount();
  }

  // After an outage nothing here may be as it was.
  healed() {
    if (this.active()) this.load(false, true);
    else this.fresh = false;
  }

  opened() {
    if (!this.fresh) return this.load(false, true);
    if (!this.stale) return this.tick();
    this.stale = false;
    this.draw();
    this.recount();
  }

  // What the page can tell by itself; a search for words is left to the studio where they are many.
  matches(job) {
    const { text, kind, state, vendor, model, starred, tag, batch } = this.filter;
    const said = wordsOf([job.prompt, ...job.shots.map((shot) => shot.prompt), ...job.tags].join("\n"));
    const last = [...this.shown.values()].at(-1);
    return (!kind || job.kind === kind) && inGroup(state, job.state) && (!vendor || job.vendor === vendor) && (!model || job.model === model) && (!starred || job.starred) && (!tag || job.tags.includes(tag)) && (!batch || job.batch?.id === batch)
      && wordsOf(text).every((word) => said.some((one) => one.startsWith(word))) && (!this.next || !last || job.created >= last.created);
  }

  recount() {
    clearTimeout(this.counting);
    this.counting = setTimeout(async () => {
      if (!this.active()) return void (this.stale = true);
      const answer = await api("GET", `jobs?${this.query({ limit: 1 })}`);
      if (answer.ok) this.counted(answer.data);
      this.drawFilters();
      this.pick.draw();
    }, 700);
  }

  counted({ counts, total }) {
    if (counts) Object.assign(this, { counts, total });
  }

  draw() {
    const list = [...this.shown.values()].sort((a, b) => b.created - a.created || (a.id < b.id ? 1 : -1));
    for (const id of this.tiles.keys()) if (!this.shown.has(id)) this.tiles.delete(id);
    const ids = () => [...this.grid.children].map((node) => node.dataset.tile);
    const further = { ids, any: () => Boolean(this.next), load: () => this.load(true) };
    const held = document.activeElement?.closest(".tiles > .tile");
    const place = [...this.grid.children].indexOf(held);
    arrange(this.grid, list.map((job) => {
      let tile = this.tiles.get(job.id);
      if (!tile) this.tiles.set(job.id, (tile = new Tile(job, (id, event) => this.pick.press(id, event) || (onStar(tile, event) ? star(this.shown.get(id)) : openViewer(id, { list: ids(), further })))));
      else tile.show(job);
      return tile.element;
    }));
    // What was under the focus and is gone hands it to what came into its place.
    if (held && !held.isConnected) (this.grid.children[place] ?? this.grid.lastElementChild ?? this.search).focus();
    this.pick.draw();
    if (!this.stop?.isConnected) this.rove(this.grid.firstElementChild);
    this.more.hidden = !this.next;
    this.note.replaceChildren(...(list.length ? [] : this.nothing()));
  }

  nothing() {
    const filtered = Object.values(this.filter).some(Boolean);
    if (filtered) return [h("p", {}, "Nothing here fits the filters."), h("button", { type: "button", class: "act", onclick: () => this.clear() }, "Show everything")];
    return [h("h2", {}, "Nothing made yet"), h("p", {}, "Everything that you generate on Image, Video and Multishot comes here by itself, with its prompt and settings, and stays on this machine. Failed attempts come too, so that nothing is lost.")];
  }

  clear() {
    this.search.value = "";
    Object.keys(this.filter).forEach((name) => (this.filter[name] = ""));
    this.load();
  }

  tick() {
    for (const [id, tile] of this.tiles) if (this.shown.has(id)) tile.show(this.shown.get(id));
  }

  drawFilters() {
    const { kind, state, vendor, model, starred, tag } = this.counts;
    const states = GROUPS.map(([value, text]) => [value, text, sum(state, (name) => inGroup(value, name))]);
    const models = Object.entries(model ?? {}).sort((a, b) => b[1] - a[1]).map(([id, count], _, all) => [id, modelWords(id, all.map(([one]) => one)), count]);
    const tags = Object.entries(tag ?? {}).sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([name, count]) => [name, name, count]);
    if (this.filter.tag && !tag?.[this.filter.tag]) tags.push([this.filter.tag, this.filter.tag, 0]);
    const vendors = Object.entries(vendor ?? {}).map(([id, count]) => [id, vendorLabel(id), count]);
    this.drawBatch();
    this.filters.replaceChildren(
      this.filter.batch ? this.group("Batch", "batch", [[this.filter.batch, "One batch only", null]]) : "",
      this.group("Kind", "kind", KINDS.map(([value, text]) => [value, text, value ? kind?.[value] ?? 0 : total(kind)])),
      this.group("Kept", "tag", tags, FEW, this.row("starred", ["true", "Starred", starred?.true ?? 0], icon("star"))),
      this.group("State", "state", states.filter(([value, , count]) => !value || value === "done" || count || value === this.filter.state)),
      vendors.length > 1 ? this.group("Vendor", "vendor", [["", "Any", null], ...vendors]) : "",
      models.length ? this.group("Model", "model", models, FEW) : "",
    );
  }

  /** Show one batch and nothing else. */
  only(batch) {
    this.search.value = "";
    Object.keys(this.filter).forEach((name) => (this.filter[name] = ""));
    this.choose("batch", batch);
  }

  drawBatch() {
    const { batch } = this.filter;
    if (this.bar?.id === batch || !(this.bar || batch)) return;
    if (this.bar) forget(this.bar);
    this.bar = batch ? batchBar(batch, { library: false }) : null;
    this.batch.replaceChildren(...(this.bar ? [this.bar.element] : []));
  }

  row(field, [value, text, count], sign) {
    const on = value === this.filter[field];
    return h("button", { type: "button", class: on ? "on" : "", "aria-pressed": String(on), dataset: { filter: field, value }, onclick: () => this.choose(field, on ? "" : value) }, sign, h("span", { dir: "auto", title: text }, text), count !== null && h("b", {}, number(count)));
  }

  // Of many rows the first few are shown, and the chosen one.
  group(name, field, rows, few = rows.length, first = null) {
    const some = this.all[field] ? rows : rows.filter(([value], place) => place < few || value === this.filter[field]);
    const more = some.length < rows.length && h("button", { type: "button", onclick: () => ((this.all[field] = true), this.drawFilters()) }, "more…");
    return h("div", { class: "fil-group", role: "group", "aria-label": name }, h("h3", {}, name), first, some.map((row) => this.row(field, row)), more);
  }
}

const sum = (counts, wanted) => Object.entries(counts ?? {}).reduce((all, [name, count]) => all + (wanted(name) ? count : 0), 0);
const marks = (job) => `${job?.starred} ${job?.tags}`;

// The star lies in the button of its tile; a key presses the tile, not the star, and so does a finger where none is shown.
function onStar(tile, event) {
  const box = tile.star.getBoundingClientRect();
  const off = Math.max(box.left - event.clientX, event.clientX - box.right, box.top - event.clientY, event.clientY - box.bottom);
  return event.detail > 0 && box.width > 0 && off <= NEAR;
}

const newer = (job) => ((held.get(job.id)?.revision ?? 0) > job.revision ? held.get(job.id) : job);

// A name alone, and where others here share it, what tells them apart: the kind, the vendor, or both.
function modelWords(id, all) {
  const [vendor, kind] = id.split(/[:/]/);
  const namesakes = all.filter((one) => one !== id && modelLabel(one) === modelLabel(id)).map((one) => one.split(/[:/]/));
  return [modelLabel(id), namesakes.some((one) => one[0] === vendor) && kind, namesakes.some((one) => one[0] !== vendor) && vendorLabel(vendor)].filter(Boolean).join(", ");
}

function storage(call) {
  try {
    return call();
  } catch {
    return null; // Storage may be forbidden; then nothing is kept.
  }
}

/** One job in the grid; four pictures share a tile. */
class Tile {
  constructor(job, open) {
    this.inside = h("span", { class: "tile-in" });
    this.mark = h("span", { class: "tag" });
    this.star = h("span", { class: "tile-star" }, icon("star"));
    this.tags = h("span", { class: "tile-tags", dir: "auto" });
    this.element = h("button", { type: "button", class: "tile", tabindex: "-1", dataset: { tile: job.id }, onclick: (event) => open(job.id, event) }, this.inside, h("span", { class: "tile-marks", "aria-hidden": "true" }, this.star, this.tags), this.mark);
    this.show(job);
  }

  show(job) {
    const { state, more } = words(job);
    const key = `${job.state} ${filesKey(job)} ${marks(job)} ${job.artifacts.length ? "" : state + more}`;
    if (key === this.key) return;
    this.key = key;
    const { element } = this;
    element.dataset.state = job.state;
    element.className = `tile${job.sandbox ? " sandboxed" : ""}${isBad(job) || needsLook(job) ? " fail" : ""}${job.artifacts.length ? "" : " worded"}${job.starred ? " starred" : ""}`;
    say(this.tags, briefly(job));
    element.title = title(job);
    say(this.mark, job.artifacts.length ? tag(job) : "");
    this.mark.hidden = !this.mark.textContent;
    this.mark.classList.toggle("harm", job.artifacts.some(harm));
    const files = job.artifacts.slice(0, 4);
    this.inside.className = `tile-in n${files.length === 4 ? 4 : Math.min(files.length, 1)}`;
    this.inside.replaceChildren(...(files.length === 4 ? files : files.slice(0, 1)).map((file) => picture(file, "thumb", { alt: "", loading: "lazy" })));
    if (files.length) this.inside.append(h("span", { class: "unseen" }, [title(job), state, job.starred && "starred", ...job.tags].filter(Boolean).join(", ")));
    else this.inside.append(h("b", {}, state), h("span", { dir: "auto" }, isOpen(job) ? more : title(job)), isOpen(job) ? h("span", { class: "unseen" }, title(job)) : "");
  }
}
