// Stars and tags: what a person puts on a job to find it again.

import { api } from "../core/calls.js";
import { h } from "../core/dom.js";
import { isFocusFree } from "../core/focus.js";
import { icon } from "../core/icons.js";
import { composes } from "../core/shortcuts.js";
import { command } from "./actions.js";

const LONGEST = 32;
const KNOWN = 200;

/**
 * Give a job its star, or take it away.
 * @param {Job} job
 * @param {boolean} [starred]
 */
export const star = (job, starred = !job.starred) => command(job, "mark", { starred });

/**
 * Give all of these a star; where all have one, take it away.
 * @param {Job[]} jobs
 */
export async function starAll(jobs) {
  const starred = jobs.some((job) => !job.starred);
  for (const job of jobs) if (job.starred !== starred && !(await star(job, starred)).ok) return;
}

/**
 * The first tag, and how many more there are.
 * @param {{ tags?: string[] }} job
 */
export const briefly = ({ tags = [] }) =>
  tags.length ? tags[0] + (tags.length > 1 ? ` +${tags.length - 1}` : "") : "";

/**
 * The star of a bar, which follows the job that it is shown.
 * @param {() => void} press
 */
export function starButton(press) {
  const element = h("button", { type: "button", class: "view-go star-go", onclick: press }, icon("star"));
  /** @param {{ starred: boolean }} job */
  const show = ({ starred }) => {
    element.setAttribute("aria-pressed", String(Boolean(starred)));
    element.setAttribute("aria-label", "Star");
    element.title = starred ? "Unstar (F)" : "Star (F)";
  };
  return { element, show };
}

/** The tags of one job, each with a button that takes it away, and a field for the next one. */
export class TagEditor {
  /** What is drawn, as a key. */
  key = "";
  /** Whatever is changed waits for what was changed before it. */
  last = Promise.resolve();

  /** @param {Job} job */
  constructor(job) {
    this.job = job;
    this.list = h("span", { class: "tag-list" });
    this.known = h("datalist", { id: "known-tags" });
    this.field = h("input", {
      type: "text",
      class: "tag-field",
      list: "known-tags",
      maxlength: LONGEST,
      placeholder: "Add a tag",
      "aria-label": "Add a tag",
      autocomplete: "off",
      autocapitalize: "none",
      enterkeyhint: "done",
      dir: "auto",
      onfocus: () => this.learn(),
      oninput: (event) => this.typed(event),
      onkeydown: (event) => this.keys(event),
    });
    this.element = h(
      "div",
      { class: "tag-edit", role: "group", "aria-label": "Tags" },
      this.list,
      this.field,
      this.known,
    );
  }

  /** @param {Job} job */
  show(job) {
    this.job = job;
    const key = job.tags.join("\n");
    if (key === this.key) return;
    this.key = key;
    this.list.replaceChildren(
      ...job.tags.map((tag) =>
        h(
          "span",
          { class: "tag-chip" },
          h("span", { dir: "auto" }, tag),
          h(
            "button",
            { type: "button", "aria-label": `Remove tag ${tag}`, onclick: () => this.remove(tag) },
            icon("x"),
          ),
        ),
      ),
    );
  }

  // What is in use is offered, the most used first.
  async learn() {
    /** @type {Answer<import("../types").FirstJobsView>} */
    const answer = await api("GET", "jobs?limit=1");
    const used = Object.entries((answer.ok && answer.data.counts.tag) || {})
      .sort((a, b) => b[1] - a[1])
      .slice(0, KNOWN);
    this.known.replaceChildren(
      ...used.filter(([tag]) => !this.job.tags.includes(tag)).map(([tag]) => h("option", { value: tag })),
    );
  }

  /** @param {InputEvent} event */
  typed(event) {
    // A choice from the list comes as no typing.
    const chosen = !event.inputType || event.inputType === "insertReplacementText";
    if (this.field.value.includes(",") || (chosen && this.field.value)) this.add();
  }

  /** @param {KeyboardEvent} event */
  keys(event) {
    if (composes(event)) return;
    if (event.key === "Escape") {
      event.preventDefault(); // It leaves the field, not the dialog around it.
      event.stopPropagation();
      this.field.value = "";
      this.field.closest("dialog")?.focus();
    }
    if (event.key === "Enter") this.add();
    const last = this.job.tags.at(-1);
    if (event.key === "Backspace" && !this.field.value && last) this.remove(last);
  }

  async add() {
    const told = this.field.value
      .split(",")
      .map((tag) => tag.trim())
      .filter(Boolean);
    if (!told.length) return;
    const { value } = this.field;
    this.field.value = "";
    const answer = await this.put((tags) => [...tags, ...told]);
    if (!answer.ok && !this.field.value) this.field.value = value;
  }

  /** @param {string} tag */
  async remove(tag) {
    await this.put((tags) => tags.filter((one) => one !== tag));
    // Unless somebody went on meanwhile.
    if (isFocusFree() || this.element.contains(document.activeElement)) this.field.focus();
  }

  /**
   * @param {(tags: string[]) => string[]} change
   * @returns {Promise<Answer<Job>>}
   */
  put(change) {
    const call = async () => {
      const answer = await command(this.job, "mark", { tags: change(this.job.tags) });
      if (answer.ok) this.show(answer.data);
      return answer;
    };
    const answer = this.last.then(call);
    this.last = answer.then(() => {});
    return answer;
  }
}
