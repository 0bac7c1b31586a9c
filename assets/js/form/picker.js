// The model picker: one field that shows the chosen model and searches all of them, and the list that opens under it.
// One model at several doors is one group; each door is a choice with its price.

import { h, kindOf, say, targetOf } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { openTab } from "../core/tabs.js";
import { KINDS } from "./asked.js";
import * as form from "./form.js";
import { ALL, entries, offered, wordsOf } from "./offers.js";
import { models, search } from "./search.js";
import { doorId, group, keyedFirst } from "./modellist.js";
import { spec, subscribe, vendorLabel } from "../core/store.js";

/**
 * @typedef {import("./search.js").Model} Model
 *
 * @typedef {object} Picker
 * @property {Kind} kind
 * @property {HTMLElement} card what grows into the panel
 * @property {HTMLInputElement} input
 * @property {HTMLElement} list
 * @property {HTMLElement} tally how many are offered
 * @property {HTMLElement} foot
 * @property {boolean} open
 * @property {string} text what was typed since it was opened
 * @property {string} active id of the row that Enter chooses
 * @property {string[]} rows ids as they stand in the list
 * @property {(model: string) => void} choose
 * @property {(model: string) => void} hover a pointer came to it
 */

/** @type {Partial<Record<Kind, Picker>>} */
const pickers = {};
const PAGE = 8;
/** @type {Record<string, number>} */
const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE };
/** @type {Record<Kind, string>} */
const TABS = { image: "Image", video: "Video", multishot: "Multishot" };

/** @param {HTMLElement} element */
export function mount(element) {
  const kind = kindOf(element);
  const picker = made(kind, element);
  pickers[kind] = picker;
  const close = h(
    "button",
    {
      type: "button",
      class: "plain pick-close",
      title: "Close (Esc)",
      "aria-label": "Close the list of models",
      tabindex: "-1",
      onclick: () => shut(picker),
    },
    icon("x"),
  );
  element.replaceChildren(
    h("label", { class: "pick-label", for: picker.input.id }, "Model"),
    h("div", { class: "pick-box" }, icon("search"), picker.input, picker.tally, icon("chevron"), close),
    picker.list,
    picker.foot,
  );
  render(kind);
}

/**
 * @param {Kind} kind
 * @param {HTMLElement} element
 * @returns {Picker}
 */
function made(kind, element) {
  const list = h("div", {
    class: "pick-list",
    id: `${kind}-models`,
    role: "listbox",
    "aria-label": "Models",
    hidden: true,
  });
  /** @type {HTMLInputElement} */
  const input = h("input", {
    type: "text",
    id: `${kind}-model-search`,
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": "Model",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
    onclick: () => show(picker),
    oninput: () => typed(picker),
    onkeydown: (event) => keys(event, picker),
  });
  const card = element.closest(".picker") ?? element;
  const tally = h("span", { class: "pick-tally", role: "status" });
  const foot = h("div", { class: "pick-foot", hidden: true });
  /** @type {Picker} */
  const picker = {
    ...{ kind, card, input, list, tally, foot, open: false, text: "", active: "", rows: [] },
    choose: (model) => choose(picker, model),
    hover: (model) => picker.active === model || mark(picker, model, false),
  };
  // What is pressed in the panel leaves the focus where one types.
  card.addEventListener("mousedown", (event) => picker.open && targetOf(event) !== input && event.preventDefault());
  card.addEventListener("focusout", (event) => {
    if (!(event.relatedTarget instanceof Node && card.contains(event.relatedTarget))) shut(picker);
  });
  return picker;
}

/** @param {Kind} kind */
function render(kind) {
  const picker = pickers[kind];
  if (!picker || !form.current(kind)) return;
  if (picker.open) return draw(picker);
  const words = wordsOf(form.row(kind), form.current(kind).offeredBy);
  if (picker.input.value !== words) picker.input.value = words;
  picker.input.title = words;
}

form.onChange(render);
subscribe(() => KINDS.forEach(render), "connections");

/**
 * Open the list, with what is chosen selected, so that typing replaces it.
 * @param {Picker} picker
 * @param {string} [text] what is looked for
 */
function show(picker, text = "") {
  if (picker.open) return;
  Object.assign(picker, { open: true, text, active: form.current(picker.kind).model });
  grow(picker);
  picker.input.setAttribute("aria-expanded", "true");
  picker.list.hidden = picker.foot.hidden = false;
  if (text) picker.input.value = text;
  else picker.input.select();
  draw(picker);
}

/** @param {Picker} picker */
function shut(picker) {
  if (!picker.open) return;
  Object.assign(picker, { open: false, text: "", rows: [] });
  picker.input.setAttribute("aria-expanded", "false");
  picker.input.removeAttribute("aria-activedescendant");
  picker.list.hidden = picker.foot.hidden = true;
  picker.list.replaceChildren();
  say(picker.tally, "");
  picker.card.classList.remove("open");
  picker.card.parentElement?.style.removeProperty("--picked");
  render(picker.kind);
  form.looked(picker.kind);
}

const LEAST = 360;
// The card becomes the panel where it stands, wider than the form; the place that it leaves is kept.
/** @param {Picker} picker */
function grow({ card }) {
  const { left, top, height } = card.getBoundingClientRect();
  card.parentElement?.style.setProperty("--picked", `${height}px`);
  card.style.setProperty("--left", `${left}px`);
  card.style.setProperty("--top", `${Math.max(8, Math.min(top, innerHeight - LEAST))}px`);
  card.classList.add("open");
}

/** @param {Picker} picker */
function typed(picker) {
  const text = picker.input.value;
  if (!picker.open) show(picker, text);
  picker.text = text;
  picker.active = "";
  draw(picker);
  picker.list.scrollTop = 0;
  form.looked(picker.kind);
}

/**
 * What was typed in an open list; it looks at all vendors.
 * @param {Kind} kind
 */
export const soughtIn = (kind) => pickers[kind]?.text.trim() ?? "";

/**
 * @param {Kind} kind
 * @param {string} text
 * @returns {Model[]}
 */
const found = (kind, text) => search(entries(kind, form.current(kind).able), text);

/** @param {Picker} picker */
function draw(picker) {
  const { kind, list } = picker;
  const text = picker.text.trim();
  const state = form.current(kind);
  const offeredBy = text ? ALL : state.offeredBy;
  const groups = (text ? found(kind, text) : models(offered(kind, state))).map(keyedFirst);
  picker.rows = groups.flatMap(({ rows }) => rows.map((row) => row.id));
  const held = list.scrollTop;
  list.replaceChildren(...groups.map((model) => group(picker, model, offeredBy)));
  if (!groups.length) list.append(h("p", { class: "pick-none" }, nothing(picker)));
  say(
    picker.tally,
    `${count(groups.length, picker.rows.length)} · ${offeredBy === ALL ? "all services" : vendorLabel(offeredBy)}`,
  );
  drawFoot(picker, text);
  list.scrollTop = held;
  mark(picker, picker.rows.includes(picker.active) ? picker.active : (picker.rows[0] ?? ""));
}

/**
 * @param {number} models
 * @param {number} offers
 */
const count = (models, offers) =>
  `${models} ${models === 1 ? "model" : "models"}${offers > models ? `, ${offers} offers` : ""}`;

/** @param {Picker} picker */
function nothing({ kind, text }) {
  const able = form.current(kind).able;
  return `No model matches “${text.trim()}”${able.length ? ` with the filters ${able.join(", ")}` : ""}.`;
}

/**
 * @param {Picker} picker
 * @param {string} model
 * @param {boolean} [follow] whether it is brought into view
 */
function mark(picker, model, follow = true) {
  picker.active = model;
  for (const element of picker.list.querySelectorAll(".pick-door")) {
    const on = element.dataset.model === model;
    element.classList.toggle("active", on);
    if (on && follow) element.scrollIntoView({ block: "nearest" });
  }
  if (model) picker.input.setAttribute("aria-activedescendant", doorId(picker, model));
  else picker.input.removeAttribute("aria-activedescendant");
}

/**
 * What other tabs make that this search means.
 * @param {Picker} picker
 * @param {string} text
 */
function drawFoot(picker, text) {
  const others = KINDS.filter((kind) => text && kind !== picker.kind && form.current(kind))
    .map((kind) => /** @type {[Kind, number]} */ ([kind, search(entries(kind, []), text).length]))
    .filter(([, models]) => models > 0);
  picker.foot.replaceChildren(
    ...others.map(([kind, models]) =>
      h(
        "button",
        { type: "button", class: "plain pick-there", tabindex: "-1", onclick: () => goThere(kind, text) },
        `${models} on the ${TABS[kind]} tab`,
      ),
    ),
    h(
      "span",
      { class: "pick-keys", "aria-hidden": "true" },
      keyHint("↑ ↓", "move"),
      keyHint("Enter", "choose"),
      keyHint("Esc", "close"),
    ),
  );
}

/**
 * @param {string} keys
 * @param {string} does
 */
const keyHint = (keys, does) => h("span", {}, ...keys.split(" ").map((key) => h("kbd", {}, key)), ` ${does}`);

/**
 * @param {Kind} kind
 * @param {string} text
 */
function goThere(kind, text) {
  openTab(kind);
  const soon = (tries = 60) => {
    const picker = pickers[kind];
    if (document.body.dataset.tab !== kind || !picker) return tries && requestAnimationFrame(() => soon(tries - 1));
    picker.input.focus();
    show(picker, text);
  };
  soon();
}

/**
 * @param {Picker} picker
 * @param {string} model
 */
function choose(picker, model) {
  const { kind } = picker;
  const here = form.row(kind);
  const there = spec(model);
  picker.input.focus({ preventScroll: true });
  shut(picker);
  if (!there) return;
  // What stands in the form goes along to another door of the same model.
  if (there.family && there.family === here.family) form.move(kind, model);
  else form.choose(kind, model);
}

/**
 * @param {KeyboardEvent} event
 * @param {Picker} picker
 */
function keys(event, picker) {
  const { key } = event;
  if (event.isComposing) return;
  if (key === "Tab") return shut(picker);
  const by = STEPS[key];
  if (by) {
    event.preventDefault();
    if (!picker.open) return show(picker);
    return walk(picker, by);
  }
  if (key === "Enter" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    if (!picker.open) return show(picker);
    if (picker.active) choose(picker, picker.active);
  }
  // What is typed replaces the chosen words.
  if (!picker.open && key.length === 1 && !event.ctrlKey && !event.metaKey) picker.input.select();
  if (key !== "Escape" || !picker.open) return;
  event.preventDefault();
  event.stopPropagation();
  shut(picker);
  // A press on selected words would only let go of them.
  picker.input.setSelectionRange(picker.input.value.length, picker.input.value.length);
}

/**
 * By one it goes round, by more it stops at the ends.
 * @param {Picker} picker
 * @param {number} by
 */
function walk(picker, by) {
  const { rows, active } = picker;
  if (!rows.length) return;
  const next = rows.indexOf(active) + by;
  const round = (next + rows.length) % rows.length;
  mark(picker, rows[Math.abs(by) === 1 ? round : Math.max(0, Math.min(rows.length - 1, next))]);
}

const shutAll = () => KINDS.forEach((kind) => pickers[kind] && shut(pickers[kind]));
window.addEventListener("studio:tab", shutAll);
window.addEventListener("resize", shutAll);
// Wherever else something is pressed, and when a press of the keys sends the form.
window.addEventListener("pointerdown", (event) => !targetOf(event).closest?.(".picker.open") && shutAll(), true);
window.addEventListener(
  "keydown",
  (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && shutAll(),
  true,
);
