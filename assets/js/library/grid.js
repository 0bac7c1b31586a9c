// The tiles of the library: a kept one per job, one tab stop for all of them, and arrow keys from tile to tile.

import { arrange, h, targetOf } from "../core/dom.js";
import { wish } from "../core/shortcuts.js";
import { isBefore } from "./listing.js";
import { Tile } from "./tile.js";

/**
 * @typedef {object} Doors what the tiles lead to
 * @property {(tile: Tile, id: string, event: MouseEvent) => void} press
 * @property {(what: string, id: string) => void} wish a key asked for something, at this tile
 * @property {() => void} leave the focus has no tile left to go to
 */

/** Tiles in the order in which they are shown. */
export class Grid {
  /** @type {Map<string, Tile>} */
  tiles = new Map();
  /** Where the jobs stand, in the order of their tiles. */
  /** @type {import("./listing.js").Place[]} */
  places = [];
  /** The tile that the Tab key leads to. */
  /** @type {Element | null} */
  stop = null;

  /** @param {Doors} doors */
  constructor(doors) {
    this.doors = doors;
    /** @type {HTMLElement} */
    this.element = h("div", {
      class: "tiles",
      role: "group",
      "aria-label": "Results",
      onkeydown: (event) => this.walk(event),
      onfocusin: (event) => this.rove(event.target.closest(".tile")),
    });
  }

  get elements() {
    return /** @type {HTMLElement[]} */ ([...this.element.children]);
  }

  /** Ids in the order of the tiles. */
  get order() {
    return this.places.map(({ id }) => id);
  }

  /** @param {string} id */
  tile(id) {
    return this.tiles.get(id);
  }

  /**
   * Show these, and no others.
   * @param {Job[]} jobs
   */
  draw(jobs) {
    this.places = jobs.map(({ id, created }) => ({ id, created }));
    const shown = new Set(this.order);
    for (const id of this.tiles.keys()) if (!shown.has(id)) this.tiles.delete(id);
    const focused = document.activeElement?.closest(".tiles > .tile");
    const place = this.elements.findIndex((tile) => tile === focused);
    arrange(
      this.element,
      jobs.map((job) => this.#of(job).element),
    );
    if (focused && !focused.isConnected) this.#handOn(place);
    this.#stopSomewhere();
  }

  /**
   * Show one more, where it belongs: no other tile is touched, however many there are.
   * @param {Job} job
   */
  insert(job) {
    if (this.tiles.has(job.id)) return void this.#of(job);
    const at = placeAmong(this.places, job);
    const next = this.places[at];
    this.places.splice(at, 0, { id: job.id, created: job.created });
    this.element.insertBefore(this.#of(job).element, (next && this.tiles.get(next.id)?.element) ?? null);
    this.#stopSomewhere();
  }

  /**
   * Show one no more.
   * @param {string} id
   */
  remove(id) {
    const tile = this.tiles.get(id);
    if (!tile) return;
    const at = this.places.findIndex((place) => place.id === id);
    const isFocused = tile.element.contains(document.activeElement);
    this.places.splice(at, 1);
    this.tiles.delete(id);
    tile.element.remove();
    if (isFocused) this.#handOn(at);
    this.#stopSomewhere();
  }

  /**
   * What was under the focus and is gone hands it to what came into its place.
   * @param {number} at
   */
  #handOn(at) {
    const next = this.places[at] ?? this.places.at(-1);
    if (next) this.tiles.get(next.id)?.element.focus();
    else this.doors.leave();
  }

  #stopSomewhere() {
    if (!this.stop?.isConnected) this.rove(this.element.firstElementChild);
  }

  /** @param {Job} job */
  #of(job) {
    const known = this.tiles.get(job.id);
    known?.show(job);
    if (known) return known;
    const tile = new Tile(job, (id, event) => this.doors.press(tile, id, event));
    this.tiles.set(job.id, tile);
    return tile;
  }

  /** @param {Element | null} tile */
  rove(tile) {
    if (!tile || tile === this.stop) return;
    this.stop?.setAttribute("tabindex", "-1");
    this.stop = tile;
    tile.setAttribute("tabindex", "0");
  }

  /** @param {KeyboardEvent} event */
  walk(event) {
    const tiles = this.elements;
    const here = tiles.findIndex((tile) => tile === targetOf(event).closest(".tile"));
    const what = here < 0 ? "" : wish(event);
    if (what) return this.doors.wish(what, tiles[here].dataset.tile ?? "");
    if (here < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = along(event.key, here, tiles);
    if (to === undefined) return;
    event.preventDefault();
    tiles[to]?.focus();
  }
}

/**
 * Before how many places a job does not stand.
 * @param {import("./listing.js").Place[]} places in their order
 * @param {Job} job
 */
function placeAmong(places, job) {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(places[middle], job)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Where an arrow key leads from a tile.
 * @param {string} key
 * @param {number} here
 * @param {HTMLElement[]} tiles
 * @returns {number | undefined}
 */
function along(key, here, tiles) {
  if (key === "ArrowDown" || key === "ArrowUp") return beside(here, tiles, key === "ArrowDown" ? 1 : -1);
  /** @type {Record<string, number>} */
  const places = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: tiles.length - 1 };
  return places[key];
}

/**
 * The tile of the next row that lies nearest; rows hold as many as their shapes leave room for.
 * @param {number} here
 * @param {HTMLElement[]} tiles
 * @param {1 | -1} way
 */
function beside(here, tiles, way) {
  const middle = (/** @type {HTMLElement} */ tile) => tile.offsetLeft + tile.offsetWidth / 2;
  const from = tiles[here];
  let place = here;
  while (tiles[place]?.offsetTop === from.offsetTop) place += way;
  let nearest = place;
  for (const top = tiles[place]?.offsetTop; tiles[place] && tiles[place].offsetTop === top; place += way) {
    const far = (/** @type {number} */ at) => Math.abs(middle(tiles[at]) - middle(from));
    if (far(place) < far(nearest)) nearest = place;
  }
  return nearest;
}
