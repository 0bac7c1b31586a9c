// The library: everything that was made, newest first, with filters, search and paging by key.

import { batchBar, forget } from "../jobs/batch.js";
import { api, reason } from "../core/calls.js";
import { arrange, h, targetOf } from "../core/dom.js";
import { Filters } from "./filters.js";
import { star } from "../jobs/marks.js";
import { Pick } from "./pick.js";
import { wish } from "../core/shortcuts.js";
import { isGone, jobs as held, newestFirst, subscribe } from "../core/store.js";
import { marks, Tile } from "./tile.js";
import { openViewer } from "../jobs/viewer.js";
import { everySecond } from "../core/ticks.js";

const PAGE = 60;
/** @type {Record<string, string>} */
const SIZES = { S: "140px", M: "220px", L: "340px" };
/** @type {Record<string, string>} */
const SIZE_NAMES = { S: "Small", M: "Medium", L: "Large" };
const SIZE = "studio-tiles";

// A tab that was never open mounts its library only once it is asked for: which batch is wanted is known by then.
let wanted = "";
window.addEventListener("studio:batch", (event) => (wanted = event.detail));

/** @param {HTMLElement} element */
export function mount(element) {
  new Library(element);
}

class Library {
  /** @type {Map<string, Job>} */
  shown = new Map();
  /** @type {Map<string, Tile>} */
  tiles = new Map();
  /** Where the next page begins. */
  /** @type {string | null} */
  next = null;
  asked = 0;
  /** How many jobs fit the filters. */
  total = 0;
  /** Whether what is shown was asked for since the last outage. */
  fresh = false;
  /** Whether something changed while nobody looked. */
  stale = false;
  /** The tile that the Tab key leads to. */
  /** @type {Element | null} */
  stop = null;
  /** @type {import("../jobs/batch.js").Bar | null} */
  bar = null;
  waits = 0;
  counting = 0;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.filters = new Filters(() => this.load());
    this.filters.values.batch = wanted;
    this.search = h("input", {
      type: "search",
      class: "field",
      placeholder: "Search prompts, shots and tags   /",
      "aria-label": "Search prompts, shots and tags",
      dir: "auto",
      oninput: () => this.typed(),
    });
    /** @type {HTMLElement} */
    this.grid = h("div", {
      class: "tiles",
      role: "group",
      "aria-label": "Results",
      onkeydown: (event) => this.walk(event),
      onfocusin: (event) => this.rove(event.target.closest(".tile")),
    });
    this.more = h(
      "button",
      { type: "button", class: "act more", hidden: true, onclick: () => this.load(true) },
      "More",
    );
    this.batch = h("div", { class: "lib-batch" });
    this.note = h("div", { class: "lib-note", role: "status" });
    this.pick = new Pick({
      order: () => this.order(),
      job: (id) => /** @type {Job} */ (this.shown.get(id)),
      tile: (id) => /** @type {Tile} */ (this.tiles.get(id)),
      all: () => ({ filter: this.filters.given(), total: this.total }),
    });
    this.build(element);
    this.listen();
    this.load();
  }

  /** @param {HTMLElement} element */
  build(element) {
    const fold = h("details", { class: "fil" }, h("summary", {}, "Filters"), this.filters.element);
    fold.open = !matchMedia("(max-width: 700px)").matches;
    element.classList.add("lib");
    element.replaceChildren(
      h("h2", { class: "unseen" }, "Library"),
      fold,
      h(
        "div",
        { class: "grid" },
        h("div", { class: "sr" }, this.search, this.sizes(), this.pick.toggle),
        this.batch,
        this.grid,
        this.note,
        this.more,
        this.pick.bar,
      ),
    );
    const near = (/** @type {IntersectionObserverEntry[]} */ seen) =>
      seen[0].isIntersecting && this.next && this.load(true);
    new IntersectionObserver(near, { rootMargin: "600px" }).observe(this.more);
  }

  listen() {
    subscribe((changes) => this.live(changes));
    window.addEventListener("studio:tab", (event) => event.detail === "library" && this.opened());
    window.addEventListener("studio:online", () => this.healed());
    window.addEventListener("studio:batch", (event) => this.only(event.detail));
    document.addEventListener("keydown", (event) => this.keys(event));
    everySecond(() => this.active() && this.tick());
  }

  sizes() {
    const kept = storage(() => localStorage.getItem(SIZE)) ?? "M";
    const set = (/** @type {string} */ name) => {
      this.grid.style.setProperty("--tile", SIZES[name] ?? SIZES.M);
      buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.textContent === name)));
      storage(() => localStorage.setItem(SIZE, name));
    };
    const buttons = Object.keys(SIZES).map((name) =>
      h("button", { type: "button", "aria-label": `${SIZE_NAMES[name]} pictures`, onclick: () => set(name) }, name),
    );
    set(kept);
    return h("div", { class: "seg", role: "group", "aria-label": "Size of the pictures" }, buttons);
  }

  active() {
    return document.body.dataset.tab === "library";
  }

  /** Ids in the order of the tiles. */
  order() {
    return this.ordered().map((node) => node.dataset.tile ?? "");
  }

  ordered() {
    return /** @type {HTMLElement[]} */ ([...this.grid.children]);
  }

  /** @param {KeyboardEvent} event */
  keys(event) {
    if (!this.active() || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && this.pick.on) return this.pick.turn(false);
    if (event.key !== "/" || targetOf(event).closest?.("input, textarea, [contenteditable]")) return;
    event.preventDefault();
    this.search.focus();
  }

  /**
   * One tab stop for all tiles; the arrow keys go from tile to tile.
   * @param {Element | null} tile
   */
  rove(tile) {
    if (!tile || tile === this.stop) return;
    this.stop?.setAttribute("tabindex", "-1");
    this.stop = tile;
    tile.setAttribute("tabindex", "0");
  }

  /** @param {KeyboardEvent} event */
  walk(event) {
    const tiles = this.ordered();
    const here = tiles.findIndex((tile) => tile === targetOf(event).closest(".tile"));
    const what = here < 0 ? "" : wish(event);
    if (what) return this.pick.wish(what, tiles[here].dataset.tile ?? "");
    if (here < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const wide = tiles.findIndex((tile) => tile.offsetTop > tiles[0].offsetTop);
    const to = along(event.key, here, wide < 0 ? tiles.length : wide, tiles.length);
    if (to === undefined) return;
    event.preventDefault();
    tiles[to]?.focus();
  }

  typed() {
    clearTimeout(this.waits);
    this.waits = setTimeout(() => this.filters.choose("text", this.search.value.trim()), 200);
  }

  /**
   * `on` asks for the page after the last one; `again` looks whether the newest are still the same.
   * @returns {Promise<void>}
   */
  async load(on = false, again = false) {
    const asked = ++this.asked;
    this.fresh = true;
    /** @type {Answer<Page>} */
    const answer = await api("GET", `jobs?${this.filters.query({ limit: PAGE, before: on ? this.next : "" })}`);
    if (asked !== this.asked) return; // Another filter was chosen meanwhile.
    if (!answer.ok) {
      this.fresh = false;
      const retry = h("button", { type: "button", class: "act", onclick: () => this.load(on) }, "Try again");
      return this.note.replaceChildren(h("p", {}, reason(answer)), retry);
    }
    again &&= this.shown.size > PAGE;
    if (!on && !again) this.shown.clear();
    for (const job of answer.data.jobs) if (!isGone(job.id)) this.shown.set(job.id, newer(job));
    if (!again) this.next = answer.data.next;
    this.counted(answer.data);
    this.draw();
    this.drawFilters();
  }

  /**
   * Progress only redraws its own tile; order and counts follow when a job comes, goes or changes its state.
   * @param {Change[]} changes
   */
  live(changes) {
    let moved = false;
    for (const { job, before } of changes) {
      const id = job?.id ?? before?.id ?? "";
      const here = this.shown.has(id);
      const fits = job !== null && this.matches(job);
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
    if (!this.fresh) return void this.load(false, true);
    if (!this.stale) return this.tick();
    this.stale = false;
    this.draw();
    this.recount();
  }

  /**
   * What the page can tell by itself; a search for words is left to the studio where they are many.
   * @param {Job} job
   */
  matches(job) {
    const last = [...this.shown.values()].at(-1);
    return this.filters.fits(job) && (!this.next || !last || job.created >= last.created);
  }

  recount() {
    clearTimeout(this.counting);
    this.counting = setTimeout(async () => {
      if (!this.active()) return void (this.stale = true);
      /** @type {Answer<Page>} */
      const answer = await api("GET", `jobs?${this.filters.query({ limit: 1 })}`);
      if (answer.ok) this.counted(answer.data);
      this.drawFilters();
      this.pick.draw();
    }, 700);
  }

  /** @param {Page} page */
  counted({ counts, total }) {
    if (!counts) return;
    this.filters.counts = counts;
    this.total = total;
  }

  draw() {
    const list = newestFirst([...this.shown.values()]);
    for (const id of this.tiles.keys()) if (!this.shown.has(id)) this.tiles.delete(id);
    const focused = document.activeElement?.closest(".tiles > .tile");
    const place = this.ordered().findIndex((tile) => tile === focused);
    arrange(
      this.grid,
      list.map((job) => this.tile(job).element),
    );
    // What was under the focus and is gone hands it to what came into its place.
    const tiles = this.ordered();
    if (focused && !focused.isConnected) (tiles[place] ?? tiles.at(-1) ?? this.search).focus();
    this.pick.draw();
    if (!this.stop?.isConnected) this.rove(this.grid.firstElementChild);
    this.more.hidden = !this.next;
    this.note.replaceChildren(...(list.length ? [] : this.nothing()));
  }

  /** @param {Job} job */
  tile(job) {
    const known = this.tiles.get(job.id);
    known?.show(job);
    if (known) return known;
    const tile = new Tile(job, (id, event) => this.press(tile, id, event));
    this.tiles.set(job.id, tile);
    return tile;
  }

  /**
   * @param {Tile} tile
   * @param {string} id
   * @param {MouseEvent} event
   */
  press(tile, id, event) {
    const job = this.shown.get(id);
    if (this.pick.press(id, event)) return;
    if (tile.isOnStar(event) && job) return star(job);
    const further = { ids: () => this.order(), any: () => Boolean(this.next), load: () => this.load(true) };
    openViewer(id, { list: this.order(), further });
  }

  nothing() {
    if (this.filters.any)
      return [
        h("p", {}, "Nothing here fits the filters."),
        h("button", { type: "button", class: "act", onclick: () => this.clear() }, "Show everything"),
      ];
    const more =
      "Everything that you generate on Image, Video and Multishot comes here by itself, with its prompt and " +
      "settings, " +
      "and stays on this machine. Failed attempts come too, so that nothing is lost.";
    return [h("h2", {}, "Nothing made yet"), h("p", {}, more)];
  }

  clear() {
    this.search.value = "";
    this.filters.empty();
    this.load();
  }

  tick() {
    for (const job of this.shown.values()) this.tiles.get(job.id)?.show(job);
  }

  /**
   * Show one batch and nothing else.
   * @param {string} batch
   */
  only(batch) {
    this.search.value = "";
    this.filters.empty();
    this.filters.choose("batch", batch);
  }

  drawFilters() {
    this.drawBatch();
    this.filters.draw();
  }

  drawBatch() {
    const { batch } = this.filters.values;
    if (this.bar?.id === batch || !(this.bar || batch)) return;
    if (this.bar) forget(this.bar);
    this.bar = batch ? batchBar(batch, { library: false }) : null;
    this.batch.replaceChildren(...(this.bar ? [this.bar.element] : []));
  }
}

/**
 * Where an arrow key leads from a tile.
 * @param {string} key
 * @param {number} here
 * @param {number} row how many tiles stand side by side
 * @param {number} count
 * @returns {number | undefined}
 */
function along(key, here, row, count) {
  /** @type {Record<string, number>} */
  const places = { ArrowRight: here + 1, ArrowLeft: here - 1, ArrowDown: here + row, ArrowUp: here - row, Home: 0 };
  return key === "End" ? count - 1 : places[key];
}

/**
 * @param {Job} job
 * @returns {Job}
 */
function newer(job) {
  const known = held.get(job.id);
  return known && known.revision > job.revision ? known : job;
}

/**
 * @template T
 * @param {() => T} call
 */
function storage(call) {
  try {
    return call();
  } catch {
    return null; // Storage may be forbidden; then nothing is kept.
  }
}
