// @ts-nocheck
// The rows of a list before they are sent: each prompt can be mended in place or dropped.

import { arrange, h, say } from "./dom.js";
import { icon } from "./icons.js";
import { about } from "./prices.js";
import { connection, label, modelLabel, spec, vendorLabel } from "./store.js";
import { optionWords } from "./words.js";

/** One node per row, kept while the row is there; `edit(row, prompt)` and `drop(row)` tell what a person does. */
export class Rows {
  constructor({ edit, drop }) {
    Object.assign(this, { edit, drop, nodes: new Map() });
    this.element = h("ol", { class: "many-rows", "aria-label": "Jobs to be made" });
  }

  clear() {
    this.nodes.clear();
    this.element.replaceChildren();
  }

  /** Show these: {row, place, prompt, problems, several, form: the form's own options}. */
  draw(list) {
    const keys = new Set(list.map(({ row }) => row.key));
    const held = this.element.contains(document.activeElement) ? document.activeElement.closest(".many-row") : null;
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

  show({ row, place, prompt, problems, several, form }) {
    const node = this.nodes.get(row.key) ?? this.make(row);
    node.row = row;
    say(node.number, String(place + 1));
    node.text.setAttribute("aria-label", `Prompt of row ${place + 1}`);
    node.gone.setAttribute("aria-label", `Drop row ${place + 1}`);
    if (node.text !== document.activeElement && node.text.value !== prompt) node.text.value = prompt;
    say(node.what, what(row, several, form));
    say(node.price, price(row));
    const hard = problems.some((problem) => !problem.soft);
    node.element.classList.toggle("bad", hard);
    if (hard) node.text.setAttribute("aria-invalid", "true");
    else node.text.removeAttribute("aria-invalid");
    const told = [...problems.map(({ message, soft }) => [message, soft]), ...(row.note ? [[row.note, true]] : [])];
    const key = JSON.stringify(told);
    if (node.key !== key)
      node.why.replaceChildren(...told.map(([message, soft]) => h("p", { class: soft ? "soft" : "hard" }, message)));
    node.key = key;
    return node.element;
  }

  make(row) {
    const node = {
      row,
      number: h("span", { class: "many-number", "aria-hidden": "true" }),
      what: h("span", { class: "many-what" }),
      price: h("span", { class: "many-price" }),
      why: h("div", { class: "many-why" }),
    };
    node.text = h("textarea", { rows: "1", dir: "auto", oninput: () => this.edit(node.row, node.text.value) });
    node.gone = h(
      "button",
      { type: "button", class: "plain gone", title: "Drop this row", onclick: () => this.drop(node.row) },
      icon("x"),
    );
    node.element = h(
      "li",
      { class: "many-row" },
      node.number,
      node.text,
      node.gone,
      h("p", { class: "many-line" }, node.what, node.price),
      node.why,
    );
    this.nodes.set(row.key, node);
    return node;
  }
}

// What is not as in the form: the model, and the options that the row has of its own.
function what({ request }, several, form) {
  const own = Object.entries(request.options)
    .filter(([name, value]) => value !== null && form[name] !== value)
    .map(([name, value]) => `${label(name).toLowerCase()} ${optionWords(request, name, value)}`);
  const vendor = vendorLabel(request.model.split(":")[0]);
  const model = spec(request.model) ? `${modelLabel(request.model)} at ${vendor}` : request.model;
  return [several && model, ...own].filter(Boolean).join(" · ");
}

function price({ request, estimate }) {
  if (!spec(request.model)) return "";
  if (connection(request.model.split(":")[0])?.sandbox) return "sandbox";
  return about(estimate) || "price unknown";
}
