// The filters beside the library: what may be chosen, how many jobs each choice has, and which jobs fit.

import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { number } from "../core/numbers.js";
import { hasWords } from "../core/sought.js";
import { modelLabel, OPEN, vendorLabel } from "../core/store.js";

/**
 * @typedef {"text" | "kind" | "state" | "vendor" | "model" | "starred" | "tag" | "batch"} Field
 * @typedef {[value: string, text: string, count: number | null]} Choice
 * @typedef {Record<string, Record<string, number>>} Counts how many jobs have each value, by field
 */

const FEW = 6;
/** @type {[value: string, text: string][]} */
const KINDS = [
  ["", "Everything"],
  ["image", "Images"],
  ["video", "Videos"],
  ["multishot", "Multishot"],
];
/** @type {[value: string, text: string][]} */
const GROUPS = [
  ["", "Any"],
  ["done", "Done"],
  ["rejected,failed,expired", "Failed"],
  ["cancelled", "Cancelled"],
  ["unsure", "Needs attention"],
  ["submitting,queued,running,saving", "Running"],
  ["waiting", "Waiting"],
  ["discarded", "Discarded"],
];

/** What is asked for, and the column in which it is chosen. */
export class Filters {
  /** @type {Record<Field, string>} */
  values = { text: "", kind: "", state: "", vendor: "", model: "", starred: "", tag: "", batch: "" };
  /** @type {Counts} */
  counts = {};
  /** Groups that are shown whole. */
  /** @type {Set<Field>} */
  whole = new Set();

  /** @param {() => void} changed is called after every choice */
  constructor(changed) {
    this.changed = changed;
    this.element = h("div", { class: "fil-in" });
  }

  /**
   * @param {Field} field
   * @param {string} value
   */
  choose(field, value) {
    this.values[field] = value;
    this.changed();
  }

  /** Ask for everything; nobody is told. */
  empty() {
    this.values = { text: "", kind: "", state: "", vendor: "", model: "", starred: "", tag: "", batch: "" };
  }

  /** Whether anything is asked for. */
  get any() {
    return Object.values(this.values).some(Boolean);
  }

  /**
   * What is asked for, as a query of the studio takes it.
   * @param {Record<string, string | number | null>} [more]
   */
  given(more = {}) {
    const all = Object.entries({ ...this.values, ...more });
    return Object.fromEntries(all.filter(([, value]) => value !== "" && value !== null));
  }

  /** @param {Record<string, string | number | null>} more */
  query(more) {
    const given = Object.entries(this.given(more)).map(([name, value]) => [name, String(value)]);
    return new URLSearchParams(given).toString();
  }

  /**
   * Whether a job is of what is asked for, its words left aside.
   * @param {Job} job
   */
  matches(job) {
    const { kind, state, vendor, model, starred, tag, batch } = this.values;
    return (
      (!kind || job.kind === kind) &&
      inGroup(state, job.state) &&
      (!vendor || job.vendor === vendor) &&
      (!model || job.model === model) &&
      (!starred || job.starred) &&
      (!tag || job.tags.some((one) => one.toLowerCase() === tag.toLowerCase())) &&
      (!batch || job.batch?.id === batch)
    );
  }

  /**
   * Whether a job has the words that are asked for, as far as the page can tell by itself.
   * @param {Job} job
   */
  says(job) {
    const said = [job.prompt, ...job.shots.map((shot) => shot.prompt), ...job.tags].join("\n");
    return hasWords(said, this.values.text);
  }

  draw() {
    const { kind, state, vendor, model, starred, tag } = this.counts;
    const { batch, state: chosen } = this.values;
    /** @type {Choice[]} */
    const states = GROUPS.map(([value, text]) => [value, text, sum(state, (name) => inGroup(value, name))]);
    /** @type {Choice[]} */
    const kinds = KINDS.map(([value, text]) => [value, text, value ? (kind?.[value] ?? 0) : sum(kind, () => true)]);
    /** @type {Choice[]} */
    const vendors = Object.entries(withChosen(vendor, this.values.vendor)).map(([id, n]) => [id, vendorLabel(id), n]);
    const models = modelChoices(withChosen(model, this.values.model));
    const focused = this.element.contains(document.activeElement) ? document.activeElement : null;
    const star = this.row("starred", ["true", "Starred", starred?.true ?? 0], icon("star"));
    this.element.replaceChildren(
      batch ? this.group("Batch", "batch", [[batch, "This batch only", null]]) : "",
      this.group("Type", "kind", kinds),
      this.group("Starred and tagged", "tag", tagChoices(tag, this.values.tag), FEW, star),
      this.group(
        "State",
        "state",
        states.filter(([value, , count]) => !value || value === "done" || count || value === chosen),
      ),
      vendors.length > 1 || this.values.vendor ? this.group("Service", "vendor", [["", "Any", null], ...vendors]) : "",
      models.length ? this.group("Model", "model", models, FEW) : "",
    );
    if (focused instanceof HTMLElement) this.refocus(focused.dataset);
  }

  /**
   * The row that was pressed keeps the focus, whatever its count is now.
   * @param {DOMStringMap} row
   */
  refocus({ filter, value }) {
    const rows = [...this.element.querySelectorAll("[data-filter]")];
    rows.find((one) => one.dataset.filter === filter && one.dataset.value === value)?.focus({ preventScroll: true });
  }

  /**
   * @param {Field} field
   * @param {Choice} choice
   * @param {Node} [sign]
   */
  row(field, [value, text, count], sign) {
    const on = value === this.values[field];
    return h(
      "button",
      {
        type: "button",
        class: on ? "on" : "",
        "aria-pressed": String(on),
        dataset: { filter: field, value },
        onclick: () => this.choose(field, on ? "" : value),
      },
      sign,
      h("span", { dir: "auto", title: text }, text),
      count !== null && h("b", {}, number(count)),
    );
  }

  /**
   * Of many rows the first few are shown, and the chosen one.
   * @param {string} name
   * @param {Field} field
   * @param {Choice[]} rows
   * @param {number} [few]
   * @param {Node} [first]
   */
  group(name, field, rows, few = rows.length, first) {
    const isShown = (/** @type {string} */ value, /** @type {number} */ place) =>
      place < few || value === this.values[field];
    const some = this.whole.has(field) ? rows : rows.filter(([value], place) => isShown(value, place));
    const unfold = () => {
      this.whole.add(field);
      this.draw();
    };
    return h(
      "div",
      { class: "fil-group", role: "group", "aria-label": name },
      h("h3", {}, name),
      first,
      some.map((row) => this.row(field, row)),
      some.length < rows.length && h("button", { type: "button", onclick: unfold }, "Show more"),
    );
  }
}

/**
 * @param {string} group
 * @param {string} state
 */
const inGroup = (group, state) => !group || (group === "open" ? OPEN.has(state) : group.split(",").includes(state));

/**
 * @param {Record<string, number> | undefined} counts
 * @param {(name: string) => boolean} wanted
 */
const sum = (counts, wanted) =>
  Object.entries(counts ?? {}).reduce((all, [name, count]) => all + (wanted(name) ? count : 0), 0);

/**
 * What is chosen stays among the choices, though nothing has it under the other filters.
 * @param {Record<string, number>} [counts]
 * @param {string} [chosen]
 * @returns {Record<string, number>}
 */
const withChosen = (counts = {}, chosen = "") => (chosen && !counts[chosen] ? { ...counts, [chosen]: 0 } : counts);

/**
 * @param {Record<string, number>} [counts]
 * @returns {Choice[]}
 */
function modelChoices(counts = {}) {
  const all = Object.keys(counts);
  const most = Object.entries(counts).sort((a, b) => b[1] - a[1]);
  return most.map(([id, count]) => [id, modelWords(id, all), count]);
}

/**
 * A name alone, and where others here share it, what tells them apart: the kind, the vendor, or both.
 * @param {string} id
 * @param {string[]} all
 */
function modelWords(id, all) {
  const [vendor, kind] = id.split(/[:/]/);
  const alike = all.filter((one) => one !== id && modelLabel(one) === modelLabel(id));
  const namesakes = alike.map((one) => one.split(/[:/]/)[0]);
  return [
    modelLabel(id),
    namesakes.includes(vendor) && kind,
    namesakes.some((one) => one !== vendor) && vendorLabel(vendor),
  ]
    .filter(Boolean)
    .join(", ");
}

/**
 * @param {Record<string, number>} [counts]
 * @param {string} [chosen] stays among them though no job has it any more
 * @returns {Choice[]}
 */
function tagChoices(counts = {}, chosen = "") {
  const all = Object.entries(withChosen(counts, chosen));
  const most = all.sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  return most.map(([name, count]) => [name, name, count]);
}
