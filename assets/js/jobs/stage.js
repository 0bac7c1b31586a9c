// The middle of a generating tab: the newest or chosen result, large, and the latest ones below it.

import { api } from "../core/calls.js";
import { arrange, h, kindOf, pieces, say } from "../core/dom.js";
import { refocused } from "../core/focus.js";
import { now } from "../core/time.js";
import { act } from "../core/buttons.js";
import { fileActions, sandboxCorner } from "./actions.js";
import * as form from "../form/form.js";
import { cancelButton, jobActions } from "./decide.js";
import { jobs, newestFirst, specs, subscribe } from "../core/store.js";
import { evidence } from "../core/money.js";
import { ratio } from "../core/numbers.js";
import { session } from "../core/person.js";
import { everySecond } from "../core/ticks.js";
import {
  filesKey,
  harm,
  hint,
  isOpen,
  isBad,
  mark,
  meta,
  needsLook,
  questionable,
  showDeadline,
  tells,
  title,
  unshown,
  words,
} from "../core/words.js";
import { neighbours } from "./neighbours.js";
import { openViewer } from "./viewer.js";
import { picture } from "./picture.js";
import { Strip } from "./strip.js";
import { teach } from "./teach.js";
import { isWatched, player } from "../core/player.js";

const STRIP = 6;
/** @param {HTMLElement} element */
export function mount(element) {
  const kind = kindOf(element);
  const stage = new Stage(element, kind);
  subscribe((changes) => stage.changed(changes));
  subscribe(() => stage.draw(), "connections");
  window.addEventListener("studio:show", (event) => event.detail.kind === kind && stage.choose(event.detail.id));
  window.addEventListener("studio:model", (event) => event.detail.kind === kind && stage.model(event.detail.model));
  window.addEventListener("studio:tab", (event) => event.detail !== kind && stage.pause());
  everySecond(() => stage.tick());
  window.addEventListener("studio:made", (event) => stage.made(event.detail));
  stage.draw();
  stage.fetchPast();
  window.addEventListener("studio:online", () => stage.missed && stage.fetchPast());
  window.addEventListener("studio:forgotten", () => stage.forget());
  stage.model(form.current(kind)?.model); // It may have been chosen before this tab was opened for the first time.
}

/**
 * @typedef {object} Live
 * @property {HTMLElement} state
 * @property {HTMLElement} more
 * @property {HTMLElement} fill
 * @property {HTMLElement} bar
 * @property {HTMLElement} hint
 * @property {HTMLElement} deadline
 */

class Stage {
  /** Id of the job that was chosen, if one was. */
  /** @type {string | null} */
  chosen = null;
  /** Ids of what was made in this window and has not come yet. */
  /** @type {Set<string>} */
  mine = new Set();
  /** Which of several files is shown. */
  picked = 0;
  /** What is drawn, as a key. */
  drawn = "";
  /** @type {Map<string, Job>} */
  past = new Map();
  /** Whether asking for those failed. */
  missed = false;
  part = pieces();
  /** @type {Job | undefined} */
  job;
  /** What moves on a card without files. */
  /** @type {Live | null} */
  moving = null;
  main = h("div", { class: "stage-main" });
  strip = new Strip((id) => this.choose(id));

  /**
   * @param {HTMLElement} element
   * @param {Kind} kind
   */
  constructor(element, kind) {
    this.kind = kind;
    this.modelId = specs(kind)[0]?.id ?? "";
    element.classList.add("stage");
    element.replaceChildren(this.main, this.strip.element);
  }

  all() {
    const mine = new Map(this.past);
    for (const job of jobs.values()) if (job.kind === this.kind) mine.set(job.id, job);
    return newestFirst([...mine.values()].filter((job) => job.state !== "discarded"));
  }

  forget() {
    this.past.clear();
    this.choose(null);
    this.draw();
    if (!session.over) this.fetchPast();
  }

  // The feed brings the newest jobs of all kinds; the strip wants the newest of this one.
  async fetchPast() {
    /** @type {Answer<import("../types").FirstJobsView>} */
    const answer = await api("GET", `jobs?kind=${this.kind}&state=done&limit=${STRIP}`);
    this.missed = !answer.ok;
    if (session.over) return;
    for (const job of answer.ok ? answer.data.jobs : []) this.past.set(job.id, job);
    this.draw();
  }

  /** @param {string | null} id */
  choose(id) {
    if (id && id === this.chosen) return;
    this.chosen = id;
    this.picked = 0;
    this.job = undefined;
    this.draw();
  }

  // What was just started here takes the stage, and what was chosen before steps back. The feed may be quicker than
  // the answer to the press.
  /** @param {string[]} ids */
  made(ids) {
    for (const id of ids) this.mine.add(id);
    this.begin([...jobs.values()].filter((job) => this.mine.has(job.id)));
  }

  /** @param {Job[]} come */
  begin(come) {
    for (const job of come) this.mine.delete(job.id);
    if (!come.some((job) => job.kind === this.kind)) return false;
    this.choose(null);
    return true;
  }

  /** @param {string | undefined} id */
  model(id) {
    if (!id || id === this.modelId) return;
    this.modelId = id;
    this.draw();
  }

  /** @param {Change[]} changes */
  changed(changes) {
    const mine = changes.filter(({ job }) => !job || job.kind === this.kind);
    for (const { job, before } of mine) if (!job && before) this.past.delete(before.id);
    const come = changes.flatMap(({ job }) => (job && this.mine.has(job.id) ? [job] : []));
    if (!this.begin(come) && mine.length) this.draw();
  }

  /**
   * @param {Job[]} all
   * @returns {Job | undefined}
   */
  shown(all) {
    const chosen = all.find((job) => job.id === this.chosen);
    if (chosen) return chosen;
    // A clip that is watched stays, whatever begins elsewhere.
    const watched = isWatched(this.main.querySelector("video")) && all.find((job) => job.id === this.job?.id);
    if (watched) return watched;
    const newest = all.find((job) => isOpen(job) || job.artifacts.length || isBad(job) || needsLook(job));
    const open = all.find((job) => isOpen(job) && job.state !== "waiting") ?? all.find(isOpen);
    if (open) return open;
    // What went wrong is told until something newer is there, but an old failure does not hide results.
    return newest?.artifacts.length || this.isFresh(newest) ? newest : all.find((job) => job.artifacts.length);
  }

  /** @param {Job | undefined} job */
  isFresh(job) {
    return Boolean(job && job.finished && now() - job.finished < 600) || Boolean(job && needsLook(job));
  }

  draw() {
    const all = this.all();
    const job = this.shown(all);
    this.job = job;
    const key = job
      ? [
          job.id,
          job.state,
          this.picked,
          filesKey(job),
          job.error?.message,
          job.task,
          job.evidence?.now_at,
          job.parked && job.detail,
        ].join(" ")
      : `empty ${session.over || this.modelId}`;
    if (key !== this.drawn) {
      this.drawn = key;
      refocused(this.main, () =>
        arrange(
          this.main,
          !job ? teach(this.kind, this.modelId) : job.artifacts.length ? this.result(job) : this.card(job),
        ),
      );
    }
    this.tick();
    this.strip.draw(all.filter((each) => each.artifacts.length).slice(0, STRIP), job);
  }

  tick() {
    const { job, moving } = this;
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

  pause() {
    this.main.querySelectorAll("video").forEach((video) => video.pause());
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
            ...jobActions(job, host, { details: () => this.open(job) }),
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
          act("Details", () => this.open(job, this.picked)),
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
          onclick: () => this.pick(job, number, many),
        },
        picture(file, "poster", { width: file.width, height: file.height, alt: title(job) }),
        many && h("span", { class: "n" }, String(number + 1)),
      );
    return h("div", { class: `pictures n${Math.min(job.artifacts.length, 4)}` }, job.artifacts.map(one));
  }

  /** @param {Job} job */
  open(job, file = 0) {
    openViewer(job.id, { file, ...neighbours(this.kind) });
  }

  // The first press picks one of several, the next one opens it.
  /**
   * @param {Job} job
   * @param {number} number
   * @param {boolean} many
   */
  pick(job, number, many) {
    if (!many || number === this.picked) return this.open(job, number);
    this.picked = number;
    this.chosen = job.id;
    this.draw();
    this.main.querySelectorAll(".shot")[number]?.focus();
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
