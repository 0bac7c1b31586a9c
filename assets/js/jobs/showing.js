// What the stage shows of one job: how far it is, what went wrong, or its files with what can be done with them.

import { act } from "../core/buttons.js";
import { h, pieces, say } from "../core/dom.js";
import { evidence } from "../core/money.js";
import { ratio } from "../core/numbers.js";
import { player } from "../core/player.js";
import {
  filesKey,
  harm,
  hint,
  isBad,
  isOpen,
  meta,
  needsLook,
  questionable,
  showDeadline,
  tells,
  title,
  unshown,
  words,
} from "../core/words.js";
import { fileActions, sandboxCorner } from "./actions.js";
import { cancelButton, jobActions } from "./decide.js";
import { picture } from "./picture.js";

/**
 * @typedef {object} Live
 * @property {HTMLElement} state
 * @property {HTMLElement} more
 * @property {HTMLElement} fill
 * @property {HTMLElement} bar
 * @property {HTMLElement} hint
 * @property {HTMLElement} deadline
 */

/**
 * @typedef {object} Acts
 * @property {(job: Job, file?: number) => void} open the details of a job
 * @property {(job: Job, number: number, many: boolean) => void} pick one of its files
 */

/** Draws one job at a time; what goes on of it, a clip or a question, stays while the rest is drawn anew. */
export class Showing {
  part = pieces();
  /** Which of several files is shown. */
  picked = 0;
  /** What moves on a card without files. */
  /** @type {Live | null} */
  moving = null;

  /** @param {Acts} acts */
  constructor(acts) {
    this.acts = acts;
  }

  /**
   * @param {Job} job
   * @param {number} picked
   */
  parts(job, picked) {
    this.picked = picked;
    return job.artifacts.length ? this.result(job) : this.card(job);
  }

  /** @param {Job | undefined} job */
  tick(job) {
    const { moving } = this;
    if (!job || !moving || job.artifacts.length) return;
    const { state, more } = words(job);
    say(moving.state, state);
    say(moving.more, more);
    say(moving.hint, hint(job));
    moving.hint.hidden = !moving.hint.textContent;
    showDeadline(moving.deadline, job);
    const part = job.state === "saving" ? 1 : job.progress;
    moving.bar.classList.toggle("vague", part === null);
    moving.fill.style.transform = `scaleX(${part ?? 0.06})`;
  }

  // A job without files: on its way, or gone wrong.
  /** @param {Job} job */
  card(job) {
    const [state, more, fill] = [h("b"), h("span"), h("i")];
    const still = !isOpen(job) || job.state === "waiting" || Boolean(job.parked);
    const live = {
      ...{ state, more, fill },
      bar: h("div", { class: "prog", hidden: still }, fill),
      hint: h("p", { class: "hint" }),
      deadline: h("p", { class: "deadline" }),
    };
    this.moving = live;
    // What is being asked stays while the job moves on.
    const host = this.part("host", `${job.id} ${questionable(job)}`, () => h("div", { class: "host" }));
    const wrong = job.parked || (job.error && !isOpen(job));
    return [
      h(
        "div",
        {
          class: `way${job.sandbox ? " sandboxed" : ""}${isBad(job) || needsLook(job) ? " bad" : ""}`,
          style: shape(job),
        },
        h(
          "div",
          { class: "way-in" },
          h("p", { class: "way-state" }, live.state, live.more),
          live.bar,
          live.hint,
          live.deadline,
          wrong &&
            h(
              "div",
              { class: "note" },
              tells(job).map((line) => h("p", {}, line)),
              evidence(job),
            ),
          h("p", { class: "way-prompt", dir: "auto" }, title(job)),
          h(
            "div",
            { class: "fix" },
            cancelButton(job, host),
            ...jobActions(job, host, { details: () => this.acts.open(job) }),
          ),
          host,
        ),
      ),
    ];
  }

  /** @param {Job} job */
  result(job) {
    this.moving = null;
    const file = job.artifacts[Math.min(this.picked, job.artifacts.length - 1)];
    return [
      this.hero(job, file),
      h(
        "div",
        { class: "cap" },
        h(
          "div",
          {},
          h("p", { class: "cap-prompt", dir: "auto" }, title(job)),
          h("p", { class: "meta" }, meta(job, file)),
          unshown(file) && h("p", { class: "deadline" }, unshown(file)),
          file.harm && h("p", { class: "deadline urgent" }, `${harm(file)}: see Details for what to do.`),
        ),
        h(
          "div",
          { class: "acts" },
          ...fileActions(job, file),
          act("Details", () => this.acts.open(job, this.picked)),
        ),
      ),
      needsLook(job) && (job.error || job.parked) && this.rest(job),
    ].filter(Boolean);
  }

  // A clip goes on while what stands around it is drawn anew.
  /**
   * @param {Job} job
   * @param {Artifact} file
   */
  hero(job, file) {
    const plays = file.kind === "video" && !unshown(file);
    const key = plays ? `${job.id} ${file.id} ${file.harm}` : `${job.id} ${this.picked} ${filesKey(job)}`;
    return this.part("hero", key, () =>
      h(
        "div",
        {
          class: `hero${job.sandbox ? " sandboxed" : ""}`,
          style: { "--shape": ratio(file) },
        },
        plays ? player(job, file) : this.pictures(job),
        job.sandbox && sandboxCorner(),
      ),
    );
  }

  // Some files are here and others are not: what is the matter, and how to get the rest.
  /** @param {Job} job */
  rest(job) {
    const host = this.part("host", `${job.id} ${questionable(job)}`, () => h("div", { class: "host" }));
    const deadline = h("p", { class: "deadline" });
    showDeadline(deadline, job);
    return h(
      "div",
      { class: "rest" },
      h(
        "div",
        { class: "note" },
        tells(job).map((line) => h("p", {}, line)),
        evidence(job),
      ),
      deadline,
      h("div", { class: "fix" }, ...jobActions(job, host)),
      host,
    );
  }

  /** @param {Job} job */
  pictures(job) {
    const many = job.artifacts.length > 1;
    const one = (/** @type {Artifact} */ file, /** @type {number} */ number) =>
      h(
        "button",
        {
          type: "button",
          class: `shot${many && number === this.picked ? " on" : ""}`,
          "aria-pressed": many ? String(number === this.picked) : null,
          "aria-label": many ? `Image ${number + 1} of ${job.artifacts.length}` : "Open image",
          onclick: () => this.acts.pick(job, number, many),
        },
        picture(file, "poster", { width: file.width, height: file.height, alt: title(job) }),
        many && h("span", { class: "n" }, String(number + 1)),
      );
    return h("div", { class: `pictures n${Math.min(job.artifacts.length, 4)}` }, job.artifacts.map(one));
  }
}

// The shape that the result will have, so that nothing jumps when it comes.
/** @param {Job} job */
function shape(job) {
  const [wide, high] = String(job.options?.ratio ?? "16:9")
    .split(":")
    .map(Number);
  return { "--shape": wide && high ? wide / high : 16 / 9 };
}
