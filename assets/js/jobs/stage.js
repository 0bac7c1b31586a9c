// The middle of a generating tab: the newest or chosen result, large, and the latest ones below it.

import { api } from "../core/calls.js";
import { arrange, h, kindOf } from "../core/dom.js";
import { refocused } from "../core/focus.js";
import { now } from "../core/time.js";
import * as form from "../form/form.js";
import { jobs, newestFirst, specs, subscribe } from "../core/store.js";
import { session } from "../core/person.js";
import { everySecond } from "../core/ticks.js";
import { filesKey, isBad, isOpen, needsLook } from "../core/words.js";
import { isWatched } from "../core/player.js";
import { neighbours } from "./neighbours.js";
import { Showing } from "./showing.js";
import { Strip } from "./strip.js";
import { teach } from "./teach.js";
import { openViewer } from "./viewer.js";

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
  everySecond(() => stage.showing.tick(stage.job));
  window.addEventListener("studio:made", (event) => stage.made(event.detail));
  stage.draw();
  stage.fetchPast();
  window.addEventListener("studio:online", () => stage.missed && stage.fetchPast());
  window.addEventListener("studio:forgotten", () => stage.forget());
  stage.model(form.current(kind)?.model); // It may have been chosen before this tab was opened for the first time.
}

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
  /** @type {Job | undefined} */
  job;
  main = h("div", { class: "stage-main" });
  strip = new Strip((id) => this.choose(id));
  showing = new Showing({
    open: (job, file) => this.open(job, file),
    pick: (job, number, many) => this.pick(job, number, many),
  });

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
        arrange(this.main, job ? this.showing.parts(job, this.picked) : teach(this.kind, this.modelId)),
      );
    }
    this.showing.tick(job);
    this.strip.draw(all.filter((each) => each.artifacts.length).slice(0, STRIP), job);
  }

  pause() {
    this.main.querySelectorAll("video").forEach((video) => video.pause());
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
