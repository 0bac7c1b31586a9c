// Choosing several tiles of the library, to download, star or delete them together.

import { h, say, toast } from "../core/dom.js";
import { working } from "../core/focus.js";
import { number } from "../core/numbers.js";
import { act } from "../core/buttons.js";
import { ask } from "../jobs/question.js";
import { askToDelete, canDelete } from "../jobs/delete.js";
import { starAll } from "../jobs/marks.js";
import { prepare, saveJobs } from "../core/takeaway.js";

const NOT_YET = "This job hasn't finished. Cancel it, or decide what to do about it, first.";

/**
 * @typedef {object} Tiles
 * @property {() => string[]} order ids in the order of the tiles
 * @property {(id: string) => Job} job
 * @property {(id: string) => { element: HTMLElement }} tile
 * @property {() => { filter: object, total: number }} all the filter, and how many jobs fit it
 */

/** The chosen ones among some tiles. */
export class Pick {
  on = false;
  /** @type {Set<string>} */
  chosen = new Set();
  /** @type {string | null} */
  last = null;
  /** The jobs that a question was asked about, as a key. */
  asked = "";

  /** @param {Tiles} tiles */
  constructor({ order, job, tile, all }) {
    this.order = order;
    this.job = job;
    this.tile = tile;
    this.every = all;
    this.toggle = act("Select", () => this.turn(!this.on), {
      "aria-pressed": "false",
      title: "Select several results (or Ctrl- or Shift-click them)",
    });
    this.count = h("span", { class: "pick-count", role: "status" });
    /** @type {HTMLButtonElement} */
    this.save = act("Download", () => working(this.save, () => this.download()));
    /** @type {HTMLButtonElement} */
    this.star = act("Star", () => working(this.star, () => starAll(this.jobs())), {
      title: "Star all selected results, or unstar them if all are starred",
    });
    this.remove = act("Delete", () => this.ask());
    this.host = h("div", { class: "host" });
    this.bar = h(
      "div",
      { class: "pick-bar", hidden: true, role: "group", "aria-label": "Selected results" },
      h(
        "div",
        { class: "fix" },
        this.count,
        h("span", { class: "sp" }),
        act("Select all", () => this.all()),
        this.save,
        this.star,
        this.remove,
        act("Clear selection", () => this.turn(false)),
      ),
      this.host,
    );
  }

  /** @param {boolean} on */
  turn(on) {
    const inside = this.bar.contains(document.activeElement);
    this.on = on;
    this.chosen.clear();
    this.last = null;
    this.toggle.setAttribute("aria-pressed", String(on));
    this.bar.hidden = !on;
    if (inside && !on) this.toggle.focus();
    this.draw();
  }

  /**
   * Take a click on a tile; false when it is for nobody here.
   * @param {string} id
   * @param {MouseEvent} event
   */
  press(id, event) {
    const many = event.ctrlKey || event.metaKey || event.shiftKey;
    if (!this.on && !many) return false;
    if (!this.on) this.turn(true);
    if (!canDelete(this.job(id))) toast(NOT_YET);
    else if (event.shiftKey && this.last) this.span(this.last, id);
    else if (!this.chosen.delete(id)) this.chosen.add(id);
    this.last = id;
    this.draw();
    return true;
  }

  /**
   * @param {string} from
   * @param {string} to
   */
  span(from, to) {
    const ids = this.order();
    const [first, last] = [ids.indexOf(from), ids.indexOf(to)].sort((a, b) => a - b);
    this.add(ids.slice(Math.max(0, first), last + 1));
  }

  all() {
    this.add(this.order());
    this.draw();
  }

  /** @param {string[]} ids */
  add(ids) {
    for (const id of ids) if (canDelete(this.job(id))) this.chosen.add(id);
  }

  /**
   * Do what a key asks for: with the one that has the focus, or with all that are chosen.
   * @param {string} what
   * @param {string} id
   */
  wish(what, id) {
    const jobs = this.chosen.size ? this.jobs() : [this.job(id)];
    if (what === "star") return starAll(jobs);
    if (what === "download") return saveJobs(jobs);
    if (!canDelete(jobs[0])) return toast(NOT_YET);
    if (!this.on) this.turn(true);
    this.add(jobs.map((job) => job.id));
    this.draw();
    const ids = this.order();
    const rest = ids.slice(ids.indexOf(id)).concat(ids.slice(0, ids.indexOf(id)).reverse());
    this.ask(rest.find((one) => !this.chosen.has(one)));
  }

  /** @param {string} id */
  mark(id) {
    const { element } = this.tile(id);
    if (this.on) element.setAttribute("aria-pressed", String(this.chosen.has(id)));
    else element.removeAttribute("aria-pressed");
    if (this.on && !canDelete(this.job(id))) element.setAttribute("aria-disabled", "true");
    else element.removeAttribute("aria-disabled");
  }

  jobs() {
    return this.order()
      .filter((id) => this.chosen.has(id))
      .map((id) => this.job(id));
  }

  // What is chosen goes at once; everything that fits the filter may be a great deal, so it is asked first.
  async download() {
    if (this.chosen.size) return saveJobs(this.jobs());
    const zip = await prepare({ filter: this.every().filter });
    if (zip)
      ask(this.host, `Download ${zip.words} as one zip? ${zip.missing}`.trim(), "Download", async () => zip.save());
  }

  // Who came by a key goes on with the keys, at the next tile.
  /** @param {string} [next] */
  ask(next) {
    const jobs = this.jobs();
    if (jobs.length)
      askToDelete(this.host, jobs, () => {
        if (!this.chosen.size) this.turn(false);
        if (next) this.tile(next)?.element.focus();
      });
  }

  /**
   * Show what is chosen, at the tiles of `ids`, and forget what is no longer there. A question about others is taken
   * back.
   * @param {string[]} [ids] those that may look otherwise now
   */
  draw(ids = this.order()) {
    for (const id of this.chosen) if (!this.tile(id) || !canDelete(this.job(id))) this.chosen.delete(id);
    for (const id of ids) this.mark(id);
    const key = [...this.chosen].join(" ");
    // While it is being answered, what goes one by one is no new question.
    if (this.asked !== key && !this.host.querySelector("[aria-disabled=true]")) this.host.replaceChildren();
    this.asked = key;
    const { size } = this.chosen;
    say(this.count, size ? `${number(size)} selected` : this.on ? "Select results to download, star or delete" : "");
    const { total } = this.every();
    say(this.save, size ? `Download ${number(size)}` : `Download all ${number(total)}`);
    this.save.hidden = !size && !total;
    say(this.remove, size ? `Delete ${number(size)}` : "Delete");
    for (const button of [this.star, this.remove]) button.setAttribute("aria-disabled", String(!size));
  }
}
