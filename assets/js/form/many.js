// The dialog in which many jobs are asked for at once: a list becomes rows, Python checks them, one press sends all.

import { api, fresh, reason } from "../core/calls.js";
import { hang } from "../core/dialog.js";
import { h, kindOf, say, toast } from "../core/dom.js";
import * as form from "./form.js";
import { icon } from "../core/icons.js";
import { desk, isBad, isChecked, isReady, nothing, requests, shown, written } from "./manydesk.js";
import {
  able,
  asked,
  change,
  changed,
  example,
  leaveOut,
  list,
  mend,
  models,
  named,
  prune,
  takeBack,
  troubles,
} from "./manylist.js";
import { Rows } from "./manyrows.js";
import { bill } from "../core/money.js";
import { number } from "../core/numbers.js";
import { composes } from "../core/shortcuts.js";
import { modelLabel, putAll, spec, specs, vendors } from "../core/store.js";
import { uploading } from "./trays.js";

/** @typedef {ReturnType<typeof made>} View */

const DELAY = 200;
const MOST_TAKES = 20;
/** @type {View} */
let view;
/** @type {Kind} */
let kind = "image";

/**
 * The button beside Generate.
 * @param {HTMLElement} element
 */
export function mount(element) {
  const name = kindOf(element);
  const title = "Generate from a list of prompts, one per line";
  const props = { type: "button", class: "act many-open", id: `${name}-many`, title, onclick: () => open(name) };
  element.replaceChildren(h("button", props, "Batch…"));
}

/** @param {Kind} name */
function open(name) {
  kind = name;
  view ??= build();
  Object.assign(desk(kind), { told: nothing(), wrong: "" });
  view.rows.clear();
  view.text.value = list(kind).text;
  view.text.placeholder = example(form.row(kind));
  view.takes.value = String(list(kind).takes);
  say(view.note, "");
  drawModels();
  view.dialog.showModal();
  draw(kind);
  view.text.focus();
  read(kind);
}

/**
 * Whether this form's list is the one that is open.
 * @param {Kind} name
 */
const isOpen = (name) => name === kind && Boolean(view?.dialog.open);

// A file that arrives belongs to the rows that are not sent yet.
form.onChange((name) => isOpen(name) && later(name, read));

function made() {
  const button = (/** @type {() => unknown} */ onclick, text = "") =>
    h("button", { type: "button", class: "act", onclick }, text);
  return {
    text: h("textarea", {
      rows: "6",
      dir: "auto",
      "aria-label": "Prompts, one per line",
      spellcheck: "true",
      oninput: typed,
    }),
    takes: h("input", {
      type: "number",
      class: "field",
      min: "1",
      max: String(MOST_TAKES),
      step: "1",
      "aria-label": "Variations per prompt, each with its own seed",
      oninput: typed,
    }),
    models: h("div", { class: "many-models", role: "group", "aria-label": "Models" }),
    rows: new Rows({ edit, drop: (row) => drop([row]) }),
    note: h("p", { class: "tool-note", role: "status" }),
    bill: h("ul", { class: "many-bill" }),
    go: h("button", { type: "button", class: "act go", onclick: send }),
    bad: button(dropBad),
    back: button(bringBack),
    last: button(bringLast, "Load last list"),
    dialog: h("dialog", { class: "tool-dialog many" }),
  };
}

/** @returns {View} */
function build() {
  const view = made();
  const { dialog } = view;
  const close = h("button", { type: "button", class: "act", onclick: () => dialog.close() }, "Close");
  const way = "One prompt per line. {red|blue} makes a job for each. Settings and files come from the form.";
  const takes = h("label", {}, h("span", {}, "Variations per prompt"), view.takes);
  dialog.append(
    h("div", { class: "tool-head" }, h("h2", {}, "Batch"), close),
    h("p", { class: "many-way" }, way),
    view.text,
    h("div", { class: "many-set" }, takes, view.models, view.last),
    view.note,
    view.rows.element,
    h("div", { class: "tool-foot many-foot" }, view.bill, h("div", { class: "fix" }, view.go, view.bad, view.back)),
  );
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat || composes(event)) return;
    event.preventDefault();
    send();
  });
  dialog.addEventListener("close", () => prune(kind, desk(kind).told.rows));
  hang("many-dialog", dialog);
  return view;
}

function typed() {
  const takes = Number(view.takes.value);
  const good = Number.isInteger(takes) && takes >= 1 && takes <= MOST_TAKES;
  desk(kind).wrong = good ? "" : `Variations per prompt must be a whole number from 1 to ${MOST_TAKES}.`;
  change(kind, good ? { text: view.text.value, takes } : { text: view.text.value });
  later(kind, read);
}

/**
 * What was checked no longer holds: show that, and look again in a moment.
 * @param {Kind} name
 * @param {(name: Kind) => void} look
 */
function later(name, look) {
  const here = desk(name);
  here.told.asked = "";
  draw(name);
  clearTimeout(here.timer);
  here.timer = setTimeout(() => look(name), DELAY);
}

function bringLast() {
  view.text.value = list(kind).last;
  typed();
}

function drawModels() {
  const chosen = models(kind);
  const chips = chosen.map((id, place) => h("span", { class: "many-model" }, modelLabel(id), place > 0 && without(id)));
  const left = vendors.map((vendor) => {
    const rows = specs(kind).filter((row) => row.vendor === vendor.name && able(kind, row) && !chosen.includes(row.id));
    return rows.length && h("optgroup", { label: vendor.label }, rows.map(option));
  });
  const choose = h("option", { value: "" }, "Also run on…");
  const props = { class: "field", "aria-label": "Also run on another model" };
  const add = h("select", props, choose, left.filter(Boolean));
  add.addEventListener("change", () => more([...list(kind).more, add.value]));
  view.models.replaceChildren(h("span", { class: "many-on" }, "Run on"), ...chips, add);
}

/** @param {Spec} row */
const option = (row) => h("option", { value: row.id }, row.label);

/** @param {string} id */
function without(id) {
  const onclick = () => more(list(kind).more.filter((one) => one !== id));
  const props = { type: "button", class: "plain", "aria-label": `Remove ${modelLabel(id)}`, onclick };
  return h("button", props, icon("x"));
}

/** @param {string[]} ids */
function more(ids) {
  change(kind, { more: ids });
  drawModels();
  view.models.querySelector("select")?.focus();
  desk(kind).told.asked = "";
  draw(kind);
  read(kind);
}

/** @param {Kind} name */
async function read(name) {
  const here = desk(name);
  const mine = ++here.turn;
  const { text, takes } = list(name);
  if (!text.trim()) {
    here.told = nothing();
    return draw(name);
  }
  const body = { text, takes, models: models(name), request: form.request(name) };
  /** @type {Answer<import("../types").ListView>} */
  const answer = await api("POST", "batches/read", body);
  if (mine !== here.turn) return;
  if (!answer.ok) {
    here.told = { ...here.told, trouble: reason(answer), asked: "" };
    return draw(name);
  }
  const before = new Map(here.told.rows.map((row) => [row.key, row]));
  const rows = named(answer.data.rows).map((row) => {
    const { problems = [], estimate = null } = before.get(row.key) ?? {};
    return { ...row, problems, estimate };
  });
  here.told = { rows, trouble: answer.data.problem, asked: "", bill: [] };
  draw(name);
  check(name);
}

/** @param {Kind} name */
async function check(name) {
  const here = desk(name);
  const rows = shown(name);
  const checked = requests(name);
  const text = JSON.stringify(checked);
  if (!rows.length) return draw(name);
  const mine = ++here.turn;
  /** @type {Answer<import("../types").ListCheckView>} */
  const answer = await api("POST", "batches/check", { requests: checked });
  if (mine !== here.turn) return;
  if (!answer.ok) here.told.trouble = reason(answer);
  else {
    answer.data.rows.forEach(({ problems, estimate }, place) => Object.assign(rows[place], { problems, estimate }));
    Object.assign(here.told, { asked: text, bill: answer.data.bill });
  }
  draw(name);
}

/**
 * @param {Row} row
 * @param {string} prompt
 */
function edit(row, prompt) {
  mend(kind, row, prompt);
  later(kind, check);
}

// Checked anew at once: nothing was typed that could go on.
function again() {
  desk(kind).told.asked = "";
  draw(kind);
  check(kind);
}

/** @param {Row[]} rows */
function drop(rows) {
  leaveOut(kind, rows);
  again();
}

function bringBack() {
  takeBack(kind);
  again();
  view.go.focus();
}

function dropBad() {
  drop(shown(kind).filter((row) => isBad(kind, row)));
  view.go.focus();
}

/** @param {Kind} name */
function draw(name) {
  if (!isOpen(name)) return;
  const { told, wrong } = desk(name);
  const rows = shown(name);
  const bad = rows.filter((row) => isBad(name, row)).length;
  const dropped = told.rows.length - rows.length;
  view.rows.draw(rows.map(line));
  view.takes.setAttribute("aria-invalid", String(Boolean(wrong)));
  say(view.note, wrong || told.trouble || standing(rows.length, bad, dropped));
  view.note.classList.toggle("bad", Boolean(wrong || told.trouble));
  const lines = bad || !isChecked(name) ? [] : bill(told.bill);
  view.bill.replaceChildren(...lines.map((text) => h("li", {}, text)));
  say(view.go, rows.length ? `Generate ${number(rows.length)}` : "Generate");
  view.go.setAttribute("aria-disabled", String(!isReady(name)));
  say(view.bad, bad === 1 ? "Remove the invalid row" : `Remove the ${number(bad)} invalid rows`);
  view.bad.hidden = !bad;
  say(view.back, `Restore ${number(dropped)} ${dropped === 1 ? "row" : "rows"}`);
  view.back.hidden = !dropped;
  view.last.hidden = Boolean(list(name).text.trim()) || !list(name).last;
}

/**
 * @param {Row} row
 * @param {number} place
 */
const line = (row, place) => ({
  row,
  place,
  prompt: asked(kind, row).prompt ?? "",
  problems: troubles(kind, row),
  several: models(kind).length > 1 || row.request.model !== form.current(kind).model,
  form: form.request(kind).options,
});

/**
 * @param {number} count
 * @param {number} bad
 * @param {number} dropped
 */
function standing(count, bad, dropped) {
  if (!count) return dropped ? "All rows are removed." : "";
  const counted = `${number(count)} ${count === 1 ? "job" : "jobs"}`;
  if (bad) return `${counted} · ${number(bad)} ${bad === 1 ? "row needs" : "rows need"} fixing`;
  return isChecked(kind) ? counted : `${counted} · checking…`;
}

async function send() {
  const name = kind;
  const here = desk(name);
  if (!isReady(name)) return;
  const waits = uploading(
    name,
    requests(name).map((request) => request.model),
  );
  if (waits) return say(view.note, waits);
  here.busy = true;
  // One name until an answer has come: the same press is one batch, also over a lost answer and a reload.
  if (!list(name).press) change(name, { press: fresh() });
  draw(name);
  const [rows, sent, last] = [shown(name), written(name), list(name).text];
  const body = {
    client_request_id: list(name).press,
    requests: JSON.parse(here.told.asked),
    shown: here.told.bill,
  };
  /** @type {Answer<import("../types").BatchSentView>} */
  const answer = await api("POST", "batches", body);
  here.busy = false;
  if (answer.status === 422) change(name, { press: "" });
  if (!answer.ok) return refused(name, rows, answer);
  putAll(answer.data.jobs);
  change(name, { press: "", last });
  // What was written since the press stays.
  const done = sent === written(name);
  if (done) change(name, { text: "", changes: {} });
  if (isOpen(name) && done) view.dialog.close();
  draw(name);
  toast(`${number(answer.data.jobs.length)} ${answer.data.jobs.length === 1 ? "job" : "jobs"} added.`);
}

/**
 * @param {Kind} name
 * @param {Row[]} rows as they were sent
 * @param {Refused} answer
 */
function refused(name, rows, answer) {
  const whole = answer.data.problems.filter(({ field, message }) => {
    const [, place, part = ""] = /^rows\.(\d+)\.?(.*)$/.exec(field) ?? [];
    const row = rows[Number(place) - 1];
    if (row) row.problems = [...row.problems, { field: part, message, soft: false }];
    return !row;
  });
  // What was shown no longer holds: it is looked at anew before the next press.
  if (answer.status === 422) desk(name).told.asked = "";
  const text = whole.map((problem) => problem.message).join(" ") || "Nothing was sent. Check the rows.";
  if (!isOpen(name)) return toast(text);
  draw(name);
  complain(text);
  if (answer.status === 422 && whole.length === answer.data.problems.length) againSoon(name, text);
}

/** @param {string} text */
function complain(text) {
  say(view.note, text);
  view.note.classList.add("bad");
}

// A refusal that names no row: the price or the press. Check again, and leave what was said standing.
/**
 * @param {Kind} name
 * @param {string} text
 */
async function againSoon(name, text) {
  await check(name);
  if (isOpen(name)) complain(text);
}
