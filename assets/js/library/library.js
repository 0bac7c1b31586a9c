// The library: everything that was made, newest first, with filters, search and paging by key.

import { batchBar, forget } from "../jobs/batch.js";
import { api, reason } from "../core/calls.js";
import { h, say, targetOf } from "../core/dom.js";
import { Filters } from "./filters.js";
import { Grid } from "./grid.js";
import { Listing } from "./listing.js";
import { number } from "../core/numbers.js";
import { OUT, session } from "../core/person.js";
import { narrow } from "../core/screen.js";
import * as storage from "../core/storage.js";
import { star } from "../jobs/marks.js";
import { Pick } from "./pick.js";
import { subscribe } from "../core/store.js";
import { openViewer } from "../jobs/viewer.js";
import { everySecond, ticks } from "../core/ticks.js";

/** @type {Record<string, string>} */
const SIZES = { S: "Small", M: "Medium", L: "Large" };
const SIZE = "studio-tiles";
// So many tiles come and go one by one; more are drawn as a whole.
const FEW = 20;

// A tab that was never open mounts its library only once it is asked for: which batch is wanted is known by then.
let wanted = "";
window.addEventListener("studio:batch", (event) => (wanted = event.detail));

/** @param {HTMLElement} element */
export function mount(element) {
  new Library(element);
}

class Library {
  /** Whether something changed while nobody looked. */
  stale = false;
  /** @type {import("../jobs/batch.js").Bar | null} */
  bar = null;
  waits = 0;
  counting = 0;
  /** Sees the foot of the list come near. */
  near = new IntersectionObserver(([foot]) => foot.isIntersecting && this.listing.next && this.loadMore(), {
    rootMargin: "600px",
  });

  /** @param {HTMLElement} element */
  constructor(element) {
    this.filters = new Filters(() => this.load());
    this.filters.values.batch = wanted;
    this.listing = new Listing(this.filters, (query) => api("GET", `jobs?${query}`));
    this.search = h("input", {
      type: "search",
      class: "field",
      placeholder: "Search prompts, shots and tags   /",
      "aria-label": "Search prompts, shots and tags",
      dir: "auto",
      oninput: () => this.typed(),
    });
    this.grid = new Grid({
      press: (tile, id, event) => this.press(tile, id, event),
      wish: (what, id) => this.pick.wish(what, id),
      leave: () => this.search.focus(),
    });
    this.more = h(
      "button",
      { type: "button", class: "act more", hidden: true, onclick: () => this.loadMore() },
      "Show more",
    );
    this.batch = h("div", { class: "lib-batch" });
    this.number = h("p", {});
    this.undo = h(
      "button",
      { type: "button", class: "plain-link", hidden: true, onclick: () => this.clear() },
      "Clear",
    );
    this.undo.title = "Clear the search and all filters";
    this.results = h("div", { class: "lib-results" }, this.number, this.undo);
    this.spoken = h("div", { class: "unseen", role: "status" });
    this.results.append(this.spoken);
    this.note = h("div", { class: "lib-note", role: "status" });
    this.pick = new Pick({
      order: () => this.grid.order,
      job: (id) => /** @type {Job} */ (this.listing.jobs.get(id)),
      tile: (id) => /** @type {import("./tile.js").Tile} */ (this.grid.tile(id)),
      all: () => ({ filter: this.filters.given(), total: this.listing.total }),
    });
    this.build(element);
    this.listen();
    this.load();
  }

  /** @param {HTMLElement} element */
  build(element) {
    const fold = h("details", { class: "fil" }, h("summary", {}, "Filters"), this.filters.element);
    // Beside the results they are always there; above them they are folded, until a person unfolds them.
    const show = () => (fold.open = !narrow.matches);
    narrow.addEventListener("change", show);
    show();
    element.classList.add("lib");
    element.replaceChildren(
      h("h2", { class: "unseen" }, "Library"),
      fold,
      h(
        "div",
        { class: "grid" },
        h("div", { class: "sr" }, this.search, this.sizes(), this.pick.toggle),
        this.batch,
        this.results,
        this.grid.element,
        this.note,
        this.more,
        this.pick.bar,
      ),
    );
    this.near.observe(this.more);
  }

  listen() {
    subscribe((changes) => this.live(changes));
    window.addEventListener("studio:tab", (event) => event.detail === "library" && this.opened());
    window.addEventListener("studio:online", () => this.healed());
    window.addEventListener("studio:forgotten", () => this.forgotten());
    window.addEventListener("studio:batch", (event) => this.only(event.detail));
    document.addEventListener("keydown", (event) => this.keys(event));
    everySecond(() => this.active() && this.tick(ticks));
  }

  sizes() {
    const kept = String(storage.kept(storage.BROWSER, SIZE));
    const set = (/** @type {string} */ name) => {
      this.grid.element.dataset.size = name;
      buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.textContent === name)));
      storage.keep(storage.BROWSER, SIZE, name);
    };
    const buttons = Object.entries(SIZES).map(([name, words]) =>
      h("button", { type: "button", "aria-label": `${words} tiles`, onclick: () => set(name) }, name),
    );
    set(kept in SIZES ? kept : "M");
    return h("div", { class: "seg", role: "group", "aria-label": "Tile size" }, buttons);
  }

  active() {
    return document.body.dataset.tab === "library";
  }

  /** @param {KeyboardEvent} event */
  keys(event) {
    if (!this.active() || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && this.pick.on) return this.pick.turn(false);
    if (event.key !== "/" || targetOf(event).closest?.("input, textarea, [contenteditable]")) return;
    event.preventDefault();
    this.search.focus();
  }

  typed() {
    clearTimeout(this.waits);
    this.waits = setTimeout(() => this.filters.choose("text", this.search.value.trim()), 200);
  }

  /**
   * Show what fits the filters, from its first page on.
   * @returns {Promise<void>}
   */
  async load() {
    await this.show(this.listing.load(), () => this.load());
    // What a person asked for is answered aloud; what comes by itself is not.
    say(this.spoken, this.filters.any ? counted(this.listing.total) : "");
  }

  /** @returns {Promise<void>} */
  loadMore() {
    return this.show(this.listing.more(), () => this.loadMore());
  }

  /**
   * Look whether all that is shown is still the same.
   * @returns {Promise<void>}
   */
  loadAgain() {
    return this.show(this.listing.again(), () => this.loadAgain());
  }

  /**
   * @param {Promise<Answer<Page> | null>} coming
   * @param {() => unknown} retry
   */
  async show(coming, retry) {
    const answer = await coming;
    if (!answer) return;
    if (answer.ok) {
      this.draw();
      // A foot that is near as it was before has not come near: it is looked at anew.
      this.near.unobserve(this.more);
      this.near.observe(this.more);
      return this.drawFilters();
    }
    const again = h("button", { type: "button", class: "act", onclick: retry }, "Try again");
    this.note.replaceChildren(h("p", {}, reason(answer)), again);
  }

  /**
   * Only the tiles of the jobs that changed are touched; counts follow when a job comes, goes or changes its state.
   * @param {Change[]} changes
   */
  live(changes) {
    const { changed, come, gone, moved } = this.listing.learn(changes);
    if (!this.active()) return void (this.stale ||= moved);
    for (const job of changed) this.grid.tile(job.id)?.show(job);
    if (!moved) return;
    if (this.stale || come.length + gone.length > FEW) this.draw();
    else {
      gone.forEach((id) => this.grid.remove(id));
      come.forEach((job) => this.grid.insert(job));
      this.drawAround([...come, ...changed].map(({ id }) => id));
    }
    this.recount();
  }

  forgotten() {
    this.listing.forget();
    this.draw();
    this.drawFilters();
    if (this.active() && !session.over) this.load();
  }

  // After an outage nothing here may be as it was.
  healed() {
    if (this.active()) this.loadAgain();
    else this.listing.fresh = false;
  }

  opened() {
    if (!this.listing.fresh) return void this.loadAgain();
    if (!this.stale) return this.tick();
    this.draw();
    this.recount();
  }

  recount() {
    clearTimeout(this.counting);
    this.counting = setTimeout(async () => {
      if (!this.active()) return void (this.stale = true);
      await this.listing.recount();
      this.drawFilters();
      this.pick.draw([]);
    }, 700);
  }

  draw() {
    this.stale = false;
    this.grid.draw(this.listing.all);
    this.drawAround(this.grid.order);
  }

  /**
   * What stands around the tiles, and how those of `ids` can be chosen.
   * @param {string[]} ids
   */
  drawAround(ids) {
    this.pick.draw(ids);
    this.more.hidden = !this.listing.next;
    this.note.replaceChildren(...(this.listing.jobs.size ? [] : this.nothing()));
  }

  /**
   * @param {import("./tile.js").Tile} tile
   * @param {string} id
   * @param {MouseEvent} event
   */
  press(tile, id, event) {
    const job = this.listing.jobs.get(id);
    if (this.pick.press(id, event)) return;
    if (tile.isOnStar(event) && job) return star(job);
    const further = {
      ids: () => this.grid.order,
      any: () => Boolean(this.listing.next || this.listing.first),
      // A tile that came by itself may stand there before the first page: whoever goes on from it waits for that.
      load: () => this.listing.first ?? this.loadMore(),
    };
    openViewer(id, { list: this.grid.order, further });
  }

  nothing() {
    if (session.over) return [h("h2", {}, OUT)];
    if (this.filters.any)
      return [
        h("p", {}, "No results match these filters."),
        h("button", { type: "button", class: "act", onclick: () => this.clear() }, "Clear filters"),
      ];
    const more =
      "Everything you generate on Image, Video and Multishot shows up here with its prompt and settings, and " +
      "stays on this machine. Failed attempts are kept too, so nothing is lost.";
    return [h("h2", {}, "Nothing here yet"), h("p", {}, more)];
  }

  clear() {
    if (document.activeElement === this.undo) this.search.focus();
    this.search.value = "";
    this.filters.empty();
    this.load();
  }

  count() {
    say(this.number, counted(this.listing.total));
    this.results.hidden = !this.listing.total && !this.filters.any;
    this.undo.hidden = !this.filters.any;
  }

  /** @param {(job: Job) => boolean} wanted */
  tick(wanted = () => true) {
    for (const job of this.listing.jobs.values()) if (wanted(job)) this.grid.tile(job.id)?.show(job);
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
    this.filters.counts = this.listing.counts;
    this.filters.draw();
    this.count();
  }

  drawBatch() {
    const { batch } = this.filters.values;
    if (this.bar?.id === batch || !(this.bar || batch)) return;
    if (this.bar) forget(this.bar);
    this.bar = batch ? batchBar(batch, { library: false }) : null;
    this.batch.replaceChildren(...(this.bar ? [this.bar.element] : []));
  }
}

/** @param {number} total */
const counted = (total) => (total === 1 ? "1 result" : `${number(total)} results`);
