// Small things beside Gradio's controls: the prompt's counter, ratio drawings, the dice, problems by field.

import { h, say } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { number } from "../core/numbers.js";
import { KINDS } from "./asked.js";
import * as form from "./form.js";
import { characters } from "../core/rules.js";
import { FORMS } from "./controls.js";
import { searchable } from "./lists.js";
import { offer } from "./recent.js";
import { sized } from "./sizing.js";

const PROMPT = "prompt";
const WRITTEN = "textarea, input:not([type=file])";

/**
 * The element that stands for a field in one form.
 * @param {Kind} kind
 * @param {string} field
 */
function anchor(kind, field) {
  const [head, place, part] = field.split(".");
  if (head === "shots" && place) return document.getElementById(`shot-${place}-${part ?? "prompt"}`);
  if (head === "shots") return document.getElementById("shots-total");
  if (head === "model" || head === "vendor" || head === PROMPT) return document.getElementById(`${kind}-${head}`);
  const takes = form.rules(kind)[head]?.rule;
  if (takes === "slot") return document.getElementById(`${kind}-${head}`);
  const control = FORMS[kind].find((one) => one.field === head && one.takes === takes);
  return control ? document.getElementById(control.id) : null;
}

/**
 * Bring a field into view and put the cursor there.
 * @param {Kind} kind
 * @param {string} field
 */
export function focus(kind, field) {
  const block = anchor(kind, field) ?? document.getElementById(`${kind}-prompt`);
  const inner = block?.querySelector(WRITTEN) ?? block?.querySelector("button");
  (inner ?? block)?.focus({ preventScroll: true });
  block?.scrollIntoView({ block: "nearest" });
}

/**
 * Show these problems beside their fields, and take away those that are gone.
 * @param {Kind} kind
 * @param {Problem[]} problems
 */
export function mark(kind, problems) {
  /** @type {Map<HTMLElement, { messages: Set<string>, soft: boolean }>} */
  const wanted = new Map();
  for (const problem of problems) {
    const field = problem.field === "model" ? null : anchor(kind, problem.field);
    // A tile is too narrow for a sentence: it stands below the tiles.
    const block = field?.closest(".tray-group") ?? field;
    if (!block) continue;
    const { messages, soft } = wanted.get(block) ?? { messages: new Set(), soft: true };
    wanted.set(block, { messages: messages.add(problem.message), soft: problem.soft && soft });
  }
  const scope = document.getElementById(`tab-${kind}`);
  for (const note of scope?.querySelectorAll(".trouble") ?? []) {
    const block = note.parentElement;
    if (block && !wanted.has(block)) unmark(block, note);
  }
  // All notes first: those above push the one that must be seen.
  const told = [...wanted].map(([block, { messages, soft }]) => noteIn(block, [...messages].join(" "), soft));
  told.filter(Boolean)[0]?.scrollIntoView({ block: "nearest" });
}

/**
 * @param {HTMLElement} block
 * @param {string} text
 * @param {boolean} soft
 */
function noteIn(block, text, soft) {
  const id = `${block.id}-trouble`;
  const note = block.querySelector(":scope > .trouble") ?? h("p", { class: "trouble", id });
  if (!note.parentElement) block.append(note);
  note.classList.toggle("soft", Boolean(soft));
  const news = note.textContent !== text;
  say(note, text);
  for (const inner of block.querySelectorAll(WRITTEN)) {
    inner.setAttribute("aria-describedby", id);
    inner.setAttribute("aria-invalid", String(!soft));
  }
  const field = document.activeElement;
  return news && field?.matches("input") && block.contains(field) ? note : null;
}

/**
 * @param {HTMLElement} block
 * @param {HTMLElement} note
 */
function unmark(block, note) {
  for (const inner of block.querySelectorAll("[aria-describedby]")) {
    inner.removeAttribute("aria-describedby");
    inner.removeAttribute("aria-invalid");
  }
  note.remove();
}

/**
 * `214 / 2,500`, amber from nine tenths, red beyond.
 * @param {HTMLElement} element
 * @param {TextRule} rule
 * @param {string} text
 */
export function count(element, rule, text) {
  const used = characters(text, rule);
  const near = rule.doubtful ?? rule.longest * 0.9;
  const most = rule.doubtful && used <= rule.doubtful ? rule.doubtful : rule.longest;
  const state = used > rule.longest ? "over" : used >= near && used ? "near" : "";
  if (element.dataset.state !== state) element.dataset.state = state;
  say(element, `${number(used)} / ${number(most)}`);
}

/** @param {Kind} kind */
function counter(kind) {
  const block = document.getElementById(`${kind}-prompt`);
  const rule = form.rules(kind).prompt;
  if (!block || !rule) return;
  const element = block.querySelector(":scope > .count") ?? h("span", { class: "count" });
  if (!element.parentElement) block.append(element);
  count(element, rule, form.current(kind).prompt);
}

/** @param {Kind} kind */
function dice(kind) {
  const control = FORMS[kind].find((one) => one.field === "seed");
  const block = control && document.getElementById(control.id);
  if (!block || block.querySelector(":scope > .dice")) return;
  block.append(
    h(
      "button",
      {
        type: "button",
        class: "dice",
        title: "New random seed",
        "aria-label": "New random seed",
        onclick: () => throwDice(kind),
      },
      icon("dice"),
    ),
  );
}

/** @param {Kind} kind */
function throwDice(kind) {
  const rule = form.rules(kind).seed;
  if (rule?.rule !== "span") return;
  const [chance] = crypto.getRandomValues(new Uint32Array(1));
  form.setOption(kind, "seed", rule.low + (chance % (rule.high - rule.low + 1)));
}

// Ratios are drawn as shapes of one area; the name stays for assistive technology and as a hint.
/** @param {Kind} kind */
function shapes(kind) {
  const block = document.getElementById(`${kind}-ratio`);
  for (const choice of block?.querySelectorAll("label[data-testid]") ?? []) {
    // The words, not the value: a change of words is observed.
    const [width, height] = (choice.querySelector("span")?.textContent ?? "").trim().split(/[:x]/).map(Number);
    const drawn = width > 0 && height > 0;
    // The same element may stand for another ratio once the list has changed.
    if (choice.title === (drawn ? `${width}:${height}` : "")) continue;
    choice.classList.toggle("shape", drawn);
    choice.title = drawn ? `${width}:${height}` : "";
    if (!drawn) continue;
    const wide = Math.min(20, Math.sqrt((130 * width) / height));
    choice.style.setProperty("--wide", `${wide.toFixed(1)}px`);
    choice.style.setProperty("--high", `${((wide * height) / width).toFixed(1)}px`);
  }
  const title = block?.querySelector(":scope > [data-testid=block-info]");
  const value = String(form.current(kind).options.ratio ?? "");
  if (title && title.dataset.value !== value) title.dataset.value = value;
}

// Gradio names every radio apart; one name for a group gives it the arrow keys and one tab stop.
/** @param {Kind} kind */
function segments(kind) {
  for (const group of document.querySelectorAll(`#tab-${kind} fieldset.option`)) {
    for (const input of fieldsIn(group, "input[type=radio]")) if (input.name !== group.id) input.name = group.id;
  }
}

/**
 * @param {HTMLElement} group
 * @param {string} selector
 */
const fieldsIn = (group, selector) => /** @type {HTMLInputElement[]} */ ([...group.querySelectorAll(selector)]);

const pen = document.createElement("canvas").getContext("2d");

// The width of each form's grid as the browser last laid it out: asking for it would make it lay out once more.
/** @type {Partial<Record<string, number>>} */
const room = {};
const grids = new ResizeObserver((seen) => {
  for (const { target, contentRect } of seen) {
    const kind = KINDS.find((one) => target.closest(`#tab-${one}`));
    if (!kind || !contentRect.width || room[kind] === contentRect.width) continue;
    room[kind] = contentRect.width;
    if (pen) pen.font = `14px ${getComputedStyle(document.body).fontFamily}`;
    wide(kind);
  }
});

// Segments that half a row cannot hold get the whole of it. Their words are measured, for a hidden group has no width.
/** @param {Kind} kind */
function wide(kind) {
  const half = (room[kind] ?? 0) / 2 - 9;
  if (half <= 0) return;
  for (const group of document.querySelectorAll(`#tab-${kind} fieldset.option`)) {
    const widths = [...group.querySelectorAll("label[data-testid]")].map((choice) =>
      choice.matches(".shape") ? 39 : 25 + (pen?.measureText(choice.textContent.trim()).width ?? 0),
    );
    const long = String(widths.reduce((sum, width) => sum + width, 0) > half);
    if (group.dataset.wide !== long) group.dataset.wide = long;
  }
}

/** @param {Kind} kind */
function writing(kind) {
  const area = document.querySelector(`#${kind}-prompt textarea`);
  if (area && area.dir !== "auto") area.dir = "auto";
}

/** @param {Kind} kind */
function decorate(kind) {
  if (!form.current(kind)) return;
  segments(kind);
  writing(kind);
  counter(kind);
  offer(kind);
  dice(kind);
  shapes(kind);
  wide(kind);
  sized(kind);
}

form.onChange(decorate);

/** Gradio draws its controls anew when it likes: what we add is put back. */
export function watch() {
  const seen = new WeakSet();
  let asked = false;
  let due = false; // before the next picture
  const look = () => {
    asked = due = false;
    for (const kind of KINDS) {
      const grid = document.querySelector(`#tab-${kind} .option-grid`);
      if (grid && !seen.has(grid)) {
        seen.add(grid);
        grids.observe(grid);
      }
      const column = document.querySelector(`#tab-${kind} .maker-scroll`);
      if (column && !seen.has(column)) {
        seen.add(column);
        // Gradio reuses a segment for another value: then only its words change.
        observer.observe(column, { childList: true, subtree: true, characterData: true });
      }
      if (column) decorate(kind);
    }
  };
  const observer = new MutationObserver(() => {
    if (asked) return;
    asked = true;
    queueMicrotask(look);
  });
  const soon = () => {
    if (!due) requestAnimationFrame(look);
    due = true;
  };
  look();
  searchable(look);
  for (const event of ["studio:tab", "studio:drawn"]) window.addEventListener(event, soon);
}
