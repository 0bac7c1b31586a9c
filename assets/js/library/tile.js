// One job in the library's rows, in its own shape; four pictures share a tile.

import { h, say } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { briefly } from "../jobs/marks.js";
import { marks } from "./listing.js";
import { picture } from "../jobs/picture.js";
import { price } from "../core/money.js";
import { ratio } from "../core/numbers.js";
import { filesKey, harm, isBad, isOpen, modelName, needsLook, tag, title, words } from "../core/words.js";

const USUAL = 4 / 3;
const [TALLEST, WIDEST] = [0.4, 3];
const NEAR = 6; // So far beside a star it is still meant, in pixels.

/** One job in the grid. */
export class Tile {
  /** What is drawn, as a key. */
  key = "";

  /**
   * @param {Job} job
   * @param {(id: string, event: MouseEvent) => void} open
   */
  constructor(job, open) {
    this.inside = h("span", { class: "tile-in" });
    this.mark = h("span", { class: "tag" });
    this.star = h("span", { class: "tile-star" }, icon("star"));
    this.tags = h("span", { class: "tile-tags", dir: "auto" });
    this.prompt = h("span", { class: "tile-prompt", dir: "auto", "aria-hidden": "true" });
    this.model = h("span", { class: "tile-model" });
    this.element = h(
      "button",
      {
        type: "button",
        class: "tile",
        tabindex: "-1",
        dataset: { tile: job.id },
        onclick: (event) => open(job.id, event),
      },
      h(
        "span",
        { class: "tile-pic" },
        this.inside,
        h("span", { class: "tile-marks", "aria-hidden": "true" }, this.star, this.tags),
        this.mark,
      ),
      h("span", { class: "tile-say" }, this.prompt, this.model),
    );
    this.show(job);
  }

  /** @param {Job} job */
  show(job) {
    const { state, more } = words(job);
    const files = job.artifacts;
    const key = `${job.state} ${filesKey(job)} ${marks(job)} ${files.length ? "" : state + more} ${price(job)}`;
    if (key === this.key) return;
    this.key = key;
    const { element } = this;
    element.dataset.state = job.state;
    element.className = look(job);
    element.style.setProperty("--shape", String(shape(job)));
    say(this.prompt, title(job));
    // What stands in place of a picture has said it already.
    this.prompt.hidden = !files.length && !isOpen(job);
    say(this.model, [modelName(job), job.sandbox ? "" : price(job)].filter(Boolean).join(" · "));
    say(this.tags, briefly(job));
    element.title = title(job);
    say(this.mark, files.length ? tag(job) : "");
    this.mark.hidden = !this.mark.textContent;
    this.mark.classList.toggle("harm", files.some(harm));
    this.inside.className = `tile-in n${files.length >= 4 ? 4 : Math.min(files.length, 1)}`;
    this.inside.replaceChildren(...(files.length >= 4 ? files.slice(0, 4) : files.slice(0, 1)).map(thumb));
    const said = [title(job), state, job.starred && "starred", ...job.tags].filter(Boolean).join(", ");
    if (files.length) this.inside.append(h("span", { class: "unseen" }, said));
    else this.inside.append(...worded(job, state, more));
  }

  /**
   * Whether a press meant the star. It lies in the button of its tile; a key presses the tile, not the star, and so
   * does a finger where none is shown.
   * @param {MouseEvent} event
   */
  isOnStar(event) {
    const box = this.star.getBoundingClientRect();
    const [left, right] = [box.left - event.clientX, event.clientX - box.right];
    const [above, below] = [box.top - event.clientY, event.clientY - box.bottom];
    return event.detail > 0 && box.width > 0 && Math.max(left, right, above, below) <= NEAR;
  }
}

/** @param {Job} job */
const look = (job) =>
  [
    "tile",
    job.sandbox && "sandboxed",
    (isBad(job) || needsLook(job)) && "fail",
    !job.artifacts.length && "worded",
    !isAlike(job) && "odd",
    job.starred && "starred",
    job.tags.length && "tagged",
  ]
    .filter(Boolean)
    .join(" ");

/**
 * Width by height of a tile. Pictures keep theirs, as far as a row can hold it; words need room.
 * @param {Job} job
 */
function shape(job) {
  const [first] = job.artifacts;
  if (first) return Math.min(WIDEST, Math.max(TALLEST, ratio(first, USUAL)));
  const [wide, high] = String(job.options?.ratio ?? "")
    .split(":")
    .map(Number);
  return isOpen(job) && wide && high ? Math.min(WIDEST, Math.max(USUAL, wide / high)) : USUAL;
}

// Where not every picture has the tile's shape, each is shown whole within it.
/** @param {Job} job */
const isAlike = (job) =>
  job.artifacts.slice(0, 4).every((file) => Math.abs(ratio(file, USUAL) / shape(job) - 1) < 0.02);

/** @param {Artifact} file */
const thumb = (file) => picture(file, "thumb", { alt: "", loading: "lazy" });

/**
 * What stands in place of a picture.
 * @param {Job} job
 * @param {string} state
 * @param {string} more
 */
const worded = (job, state, more) => [
  h("b", {}, state),
  h("span", { dir: "auto" }, isOpen(job) ? more : title(job)),
  isOpen(job) ? h("span", { class: "unseen" }, title(job)) : "",
];
