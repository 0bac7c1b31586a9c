// The latest results below the stage, a small picture each.

import { arrange, h } from "../core/dom.js";
import { filesKey, mark, title } from "../core/words.js";
import { picture } from "./picture.js";

/** A kept button for each job that is shown. */
export class Strip {
  /** @type {Map<string, HTMLElement>} */
  thumbs = new Map();
  element = h("div", { class: "strip", role: "group", "aria-label": "Latest results" });

  /** @param {(id: string) => void} choose */
  constructor(choose) {
    this.choose = choose;
  }

  /**
   * @param {Job[]} latest
   * @param {Job | undefined} shown
   */
  draw(latest, shown) {
    const ids = new Set(latest.map((job) => job.id));
    for (const id of this.thumbs.keys()) if (!ids.has(id)) this.thumbs.delete(id);
    const nodes = latest.map((job) => {
      const node =
        this.thumbs.get(job.id) ??
        h("button", { type: "button", class: "small", title: title(job), onclick: () => this.choose(job.id) });
      this.thumbs.set(job.id, node);
      // Files come one by one while a job is saved.
      const files = filesKey(job);
      if (node.dataset.files !== files)
        node.replaceChildren(
          picture(job.artifacts[0], "thumb", { alt: title(job), loading: "lazy" }),
          mark(job) && h("span", { class: "tag" }, mark(job)),
        );
      node.dataset.files = files;
      node.classList.toggle("on", job.id === shown?.id);
      node.setAttribute("aria-current", String(job.id === shown?.id));
      return node;
    });
    this.element.hidden = latest.length < 2;
    arrange(this.element, nodes);
  }
}
