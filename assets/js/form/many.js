// The dialog in which many jobs are asked for at once: a list becomes rows, Python checks them, one press sends all.

import { api, fresh, reason } from "../core/calls.js";
import { hang } from "../core/dialog.js";
import { h, kindOf, say, toast } from "../core/dom.js";
import * as form from "./form.js";
import { icon } from "../core/icons.js";
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
 * What Python said last.
 * @typedef {object} Told
 * @property {Row[]} rows as read
 * @property {string} trouble
 * @property {string} asked the requests that were checked, as text
 * @property {BillLine[]} bill what they cost
 */

/** @type {Told} */
let told = { rows: [], trouble: "", asked: "", bill: [] };
let busy = false;
let turn = 0;
let timer = 0;

/**
 * The button beside Generate.
 * @param {HTMLElement} element
 */
export function mount(element) {
  const name = kindOf(element);
  const title = "Many prompts at once, a line each";
  const props = { type: "button", class: "act many-open", id: `${name}-many`, title, onclick: () => open(name) };
  element.replaceChildren(h("button", props, "Many…"));
}

/** @param {Kind} name */
function open(name) {
  kind = name;
  view ??= build();
  told = { rows: [], trouble: "", asked: "", bill: [] };
  view.rows.clear();
  view.text.value = list(kind).text;
  view.text.placeholder = example(form.row(kind));
  view.takes.value = String(list(kind).takes);
  say(view.note, "");
  drawModels();
  draw();
  view.dialog.showModal();
  view.text.focus();
  read();
}

function made() {
  const button = (/** @type {() => unknown} */ onclick, text = "") =>
    h("button", { type: "button", class: "act", onclick }, text);
  return {
    text: h("textarea", {
      rows: "6",
      dir: "auto",
      "aria-label": "Prompts, one a line",
      spellcheck: "true",
      oninput: typed,
    }),
    takes: h("input", {
      type: "number",
      class: "field",
      min: "1",
      max: String(MOST_TAKES),
      step: "1",
      "aria-label": "Takes of each, with different seeds",
      oninput: typed,
    }),
    models: h("div", { class: "many-models", role: "group", "aria-label": "Models" }),
    rows: new Rows({ edit, drop: (row) => drop([row]) }),
    note: h("p", { class: "tool-note", role: "status" }),
    bill: h("ul", { class: "many-bill" }),
    go: h("button", { type: "button", class: "act go", onclick: send }),
    bad: button(dropBad),
    back: button(bringBack),
    last: button(bringLast, "The last list again"),
    dialog: h("dialog", { class: "tool-dialog many", "aria-label": "Many at once" }),
  };
}

/** @returns {View} */
function build() {
  const view = made();
  const { dialog } = view;
  const close = h("button", { type: "button", class: "act", onclick: () => dialog.close() }, "Close");
  const way = "One prompt a line. {red|blue} makes one job of each. Options and files are those of the form.";
  const takes = h("label", {}, h("span", {}, "Takes of each"), view.takes);
  dialog.append(
    h("div", { class: "tool-head" }, h("h2", {}, "Many at once"), close),
    h("p", { class: "many-way" }, way),
    view.text,
    h("div", { class: "many-set" }, takes, view.models, view.last),
    view.note,
    view.rows.element,
    h("div", { class: "tool-foot many-foot" }, view.bill, h("div", { class: "fix" }, view.go, view.bad, view.back)),
  );
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    event.preventDefault();
    send();
  });
  dialog.addEventListener("close", () => prune(kind, told.rows));
  hang("many-dialog", dialog);
  return view;
}

function typed() {
  const takes = Math.round(Number(view.takes.value));
  change(kind, { text: view.text.value, takes: takes >= 1 && takes <= MOST_TAKES ? takes : 1 });
  later(read);
}

/**
 * What was checked no longer holds: show that, and look again in a moment.
 * @param {() => void} look
 */
function later(look) {
  told.asked = "";
  draw();
  clearTimeout(timer);
  timer = setTimeout(look, DELAY);
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
  const choose = h("option", { value: "" }, "And on…");
  const props = { class: "field", "aria-label": "On another model too" };
  const add = h("select", props, choose, left.filter(Boolean));
  add.addEventListener("change", () => more([...list(kind).more, add.value]));
  view.models.replaceChildren(h("span", { class: "many-on" }, "On"), ...chips, add);
}

/** @param {Spec} row */
const option = (row) => h("option", { value: row.id }, row.label);

/** @param {string} id */
function without(id) {
  const onclick = () => more(list(kind).more.filter((one) => one !== id));
  const props = { type: "button", class: "plain", "aria-label": `Without ${modelLabel(id)}`, onclick };
  return h("button", props, icon("x"));
}

/** @param {string[]} ids */
function more(ids) {
  change(kind, { more: ids });
  drawModels();
  view.models.querySelector("select")?.focus();
  told.asked = "";
  draw();
  read();
}

async function read() {
  const mine = ++turn;
  const { text, takes } = list(kind);
  if (!text.trim()) {
    told = { rows: [], trouble: "", asked: "", bill: [] };
    return draw();
  }
  const body = { text, takes, models: models(kind), request: form.request(kind) };
  /** @type {Answer<{ rows: Row[], problem: string }>} */
  const answer = await api("POST", "batches/read", body);
  if (mine !== turn) return;
  if (!answer.ok) {
    told = { ...told, trouble: reason(answer), asked: "" };
    return draw();
  }
  const before = new Map(told.rows.map((row) => [row.key, row]));
  const rows = named(answer.data.rows).map((row) => {
    const { problems = [], estimate = null } = before.get(row.key) ?? {};
    return { ...row, problems, estimate };
  });
  told = { rows, trouble: answer.data.problem, asked: "", bill: [] };
  draw();
  check();
}

const shown = () => told.rows.filter((row) => !changed(kind, row).dropped);
const isBad = (/** @type {Row} */ row) => troubles(kind, row).some((problem) => !problem.soft);
const requests = () => shown().map((row) => asked(kind, row));

async function check() {
  const rows = shown();
  const checked = requests();
  const text = JSON.stringify(checked);
  if (!rows.length) return draw();
  const mine = ++turn;
  /** @type {Answer<{ rows: Pick<Row, "problems" | "estimate">[], bill: BillLine[] }>} */
  const answer = await api("POST", "batches/check", { requests: checked });
  if (mine !== turn) return;
  if (!answer.ok) told.trouble = reason(answer);
  else {
    answer.data.rows.forEach(({ problems, estimate }, place) => Object.assign(rows[place], { problems, estimate }));
    Object.assign(told, { asked: text, bill: answer.data.bill });
  }
  draw();
}

/**
 * @param {Row} row
 * @param {string} prompt
 */
function edit(row, prompt) {
  mend(kind, row, prompt);
  later(check);
}

/** @param {Row[]} rows */
function drop(rows) {
  leaveOut(kind, rows);
  told.asked = "";
  draw();
  check();
}

function bringBack() {
  takeBack(kind);
  told.asked = "";
  draw();
  check();
  view.go.focus();
}

function dropBad() {
  drop(shown().filter(isBad));
  view.go.focus();
}

const isChecked = () => Boolean(told.asked) && told.asked === JSON.stringify(requests());
const isReady = () => isChecked() && !busy && !told.trouble && shown().length > 0 && !shown().some(isBad);

function draw() {
  const rows = shown();
  const bad = rows.filter(isBad).length;
  const dropped = told.rows.length - rows.length;
  view.rows.draw(rows.map(line));
  say(view.note, told.trouble || standing(rows.length, bad, dropped));
  view.note.classList.toggle("bad", Boolean(told.trouble));
  const lines = bad || !isChecked() ? [] : bill(told.bill);
  view.bill.replaceChildren(...lines.map((text) => h("li", {}, text)));
  say(view.go, rows.length ? `Generate ${number(rows.length)}` : "Generate");
  view.go.setAttribute("aria-disabled", String(!isReady()));
  say(view.bad, bad === 1 ? "Drop the bad row" : `Drop the ${number(bad)} bad rows`);
  view.bad.hidden = !bad;
  say(view.back, `Bring ${number(dropped)} dropped back`);
  view.back.hidden = !dropped;
  view.last.hidden = Boolean(list(kind).text.trim()) || !list(kind).last;
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
  if (!count) return dropped ? "Every row is dropped." : "";
  const counted = `${number(count)} ${count === 1 ? "job" : "jobs"}`;
  if (bad) return `${counted} · ${number(bad)} to mend or drop`;
  return isChecked() ? counted : `${counted} · checking…`;
}

async function send() {
  if (!isReady()) return;
  if (uploading(kind)) return say(view.note, "A file is still on the way. Press again in a moment.");
  busy = true;
  // One name until an answer has come: the same press is one batch, also over a lost answer and a reload.
  if (!list(kind).press) change(kind, { press: fresh() });
  draw();
  const body = { client_request_id: list(kind).press, requests: JSON.parse(told.asked), shown: told.bill };
  /** @type {Answer<{ jobs: Job[] }>} */
  const answer = await api("POST", "batches", body);
  busy = false;
  if (answer.status === 422) change(kind, { press: "" });
  if (!answer.ok) return refused(answer);
  change(kind, { press: "", text: "", changes: {}, last: list(kind).text });
  putAll(answer.data.jobs);
  view.dialog.close();
  toast(`${number(answer.data.jobs.length)} jobs added.`);
}

/** @param {Refused} answer */
function refused(answer) {
  const rows = shown();
  const whole = answer.data.problems.filter(({ field, message }) => {
    const [, place, name = ""] = /^rows\.(\d+)\.?(.*)$/.exec(field) ?? [];
    const row = rows[Number(place) - 1];
    if (row) row.problems = [...row.problems, { field: name, message, soft: false }];
    return !row;
  });
  // What was shown no longer holds: it is looked at anew before the next press.
  if (answer.status === 422) told.asked = "";
  draw();
  say(view.note, whole.map((problem) => problem.message).join(" ") || "Nothing was sent: look at the rows.");
  view.note.classList.add("bad");
  if (answer.status === 422 && whole.length === answer.data.problems.length) againSoon();
}

// A refusal that names no row: the price or the press. Check again, and leave what was said standing.
async function againSoon() {
  const said = view.note.textContent;
  await check();
  say(view.note, said);
  view.note.classList.add("bad");
}
