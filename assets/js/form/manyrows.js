// The rows of a list before they are sent: each prompt can be mended in place or dropped.

import { arrange, h, say } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { about } from "../core/prices.js";
import { connection, label, modelLabel, spec, vendorLabel } from "../core/store.js";
import { optionWords } from "../core/words.js";

/**
 * @typedef {object} Line what stands for a row
 * @property {Row} row
 * @property {HTMLElement} element
 * @property {HTMLElement} number
 * @property {HTMLTextAreaElement} text
 * @property {HTMLElement} gone
 * @property {HTMLElement} what
 * @property {HTMLElement} price
 * @property {HTMLElement} why
 * @property {string} key
 *
 * @typedef {object} Told what is shown of a row
 * @property {Row} row
 * @property {number} place
 * @property {string} prompt
 * @property {Problem[]} problems
 * @property {boolean} several
 * @property {Record<string, unknown>} form the form's own options
 */

/** One node per row, kept while the row is there; `edit(row, prompt)` and `drop(row)` tell what a person does. */
export class Rows {
  /** @type {Map<string, Line>} */
  nodes = new Map();

  /** @param {{ edit: (row: Row, prompt: string) => void, drop: (row: Row) => void }} acts */
  constructor({ edit, drop }) {
    this.edit = edit;
    this.drop = drop;
    this.element = h("ol", { class: "many-rows", "aria-label": "Jobs in this batch" });
  }

  clear() {
    this.nodes.clear();
    this.element.replaceChildren();
  }

  /**
   * Show these.
   * @param {Told[]} list
   */
  draw(list) {
    const keys = new Set(list.map(({ row }) => row.key));
    const held = this.element.contains(document.activeElement) ? document.activeElement?.closest(".many-row") : null;
    const at = held ? [...this.element.children].indexOf(held) : -1;
    for (const key of this.nodes.keys()) if (!keys.has(key)) this.nodes.delete(key);
    arrange(
      this.element,
      list.map((one) => this.show(one)),
    );
    // Who dropped a row stands at the next one.
    if (held && !held.isConnected)
      (
        this.element.children[Math.min(at, list.length - 1)]?.querySelector(".gone") ??
        document.querySelector("dialog.many[open] textarea")
      )?.focus();
  }

  /** @param {Told} told */
  show({ row, place, prompt, problems, several, form }) {
    const node = this.nodes.get(row.key) ?? this.make(row);
    node.row = row;
    say(node.number, String(place + 1));
    node.text.setAttribute("aria-label", `Prompt of row ${place + 1}`);
    node.gone.setAttribute("aria-label", `Remove row ${place + 1}`);
    if (node.text !== document.activeElement && node.text.value !== prompt) node.text.value = prompt;
    say(node.what, what(row, several, form));
    say(node.price, price(row));
    const hard = problems.some((problem) => !problem.soft);
    node.element.classList.toggle("bad", hard);
    if (hard) node.text.setAttribute("aria-invalid", "true");
    else node.text.removeAttribute("aria-invalid");
    /** @type {[string, boolean][]} */
    const told = problems.map(({ message, soft }) => [message, soft]);
    if (row.note) told.push([row.note, true]);
    const key = JSON.stringify(told);
    if (node.key !== key)
      node.why.replaceChildren(...told.map(([message, soft]) => h("p", { class: soft ? "soft" : "hard" }, message)));
    node.key = key;
    return node.element;
  }

  /**
   * @param {Row} row
   * @returns {Line}
   */
  make(row) {
    /** @type {HTMLTextAreaElement} */
    const text = h("textarea", { rows: "1", dir: "auto", oninput: () => this.edit(node.row, text.value) });
    const gone = h(
      "button",
      { type: "button", class: "plain gone", title: "Remove this row", onclick: () => this.drop(node.row) },
      icon("x"),
    );
    const count = h("span", { class: "many-number", "aria-hidden": "true" });
    const what = h("span", { class: "many-what" });
    const price = h("span", { class: "many-price" });
    const why = h("div", { class: "many-why" });
    const line = h("p", { class: "many-line" }, what, price);
    const element = h("li", { class: "many-row" }, count, text, gone, line, why);
    /** @type {Line} */
    const node = { row, element, number: count, text, gone, what, price, why, key: "" };
    this.nodes.set(row.key, node);
    return node;
  }
}

// What is not as in the form: the model, and the options that the row has of its own.
/**
 * @param {Row} row
 * @param {boolean} several
 * @param {Record<string, unknown>} form
 */
function what({ request }, several, form) {
  const own = Object.entries(request.options)
    .filter(([name, value]) => value !== null && form[name] !== value)
    .map(([name, value]) => `${label(name).toLowerCase()} ${optionWords(request, name, value)}`);
  const vendor = vendorLabel(request.model.split(":")[0]);
  const model = spec(request.model) ? `${modelLabel(request.model)} on ${vendor}` : request.model;
  return [several && model, ...own].filter(Boolean).join(" · ");
}

/** @param {Row} row */
function price({ request, estimate }) {
  if (!spec(request.model)) return "";
  if (connection(request.model.split(":")[0])?.sandbox) return "sandbox";
  return about(estimate) || "price unknown";
}
