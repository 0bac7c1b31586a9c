// Choosing several tiles of the library, to delete them together.

import { h, number, say, toast } from "./dom.js";
import { act } from "./actions.js";
import { askToDelete, canDelete } from "./delete.js";

const NOT_YET = "This one has not ended: cancel it or decide about it first.";

/** The chosen ones among `order()`, ids in the order of the tiles; `job` and `tile` give what an id stands for. */
export class Pick {
  constructor({ order, job, tile }) {
    Object.assign(this, { order, job, tile, on: false, chosen: new Set(), last: null });
    this.toggle = act("Select", () => this.turn(!this.on), { "aria-pressed": "false", title: "Select several. Ctrl or Shift with a click does it too." });
    this.count = h("span", { class: "pick-count", role: "status" });
    this.remove = act("Delete", () => this.ask());
    this.host = h("div", { class: "host" });
    this.bar = h("div", { class: "pick-bar", hidden: true, role: "group", "aria-label": "Selected results" },
      h("div", { class: "fix" }, this.count, h("span", { class: "sp" }), act("All shown", () => this.all()), this.remove, act("Done", () => this.turn(false))), this.host);
  }

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

  /** Take a click on a tile; false when it is for nobody here. */
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

  span(from, to) {
    const ids = this.order();
    const [first, last] = [ids.indexOf(from), ids.indexOf(to)].sort((a, b) => a - b);
    this.add(ids.slice(Math.max(0, first), last + 1));
  }

  all() {
    this.add(this.order());
    this.draw();
  }

  add(ids) {
    for (const id of ids) if (canDelete(this.job(id))) this.chosen.add(id);
  }

  ask() {
    const jobs = this.order().filter((id) => this.chosen.has(id)).map((id) => this.job(id));
    if (jobs.length) askToDelete(this.host, jobs, () => this.chosen.size || this.turn(false));
  }

  /** Show what is chosen, and forget what is no longer there. A question about other ones is taken back. */
  draw() {
    const here = this.order();
    for (const id of this.chosen) if (!here.includes(id) || !canDelete(this.job(id))) this.chosen.delete(id);
    for (const id of here) {
      const { element } = this.tile(id);
      if (this.on) element.setAttribute("aria-pressed", String(this.chosen.has(id)));
      else element.removeAttribute("aria-pressed");
      element.classList.toggle("fixed", this.on && !canDelete(this.job(id)));
    }
    const key = [...this.chosen].join(" ");
    // While it is being answered, what goes one by one is no new question.
    if (this.asked !== key && !this.host.querySelector("[aria-disabled=true]")) this.host.replaceChildren();
    this.asked = key;
    const { size } = this.chosen;
    say(this.count, size ? `${number(size)} selected` : this.on ? "Select what to delete" : "");
    say(this.remove, size ? `Delete ${number(size)}` : "Delete");
    this.remove.setAttribute("aria-disabled", String(!size));
  }
}
