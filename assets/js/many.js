// @ts-nocheck
// The dialog in which many jobs are asked for at once: a list becomes rows, Python checks them, one press sends all.

import { api, fresh, reason } from "./calls.js";
import { h, say, toast } from "./dom.js";
import { icon } from "./icons.js";
import { number } from "./numbers.js";
import * as form from "./form.js";
import { Rows } from "./manyrows.js";
import { bill } from "./money.js";
import { isGiven } from "./rules.js";
import { modelLabel, putAll, spec, specs, vendors } from "./store.js";
import { uploading } from "./tray.js";

const DELAY = 200;
const MOST_TAKES = 20;
const view = {};
let kind = "image";
// What Python said last: `rows` as read, `asked` the requests that were checked, as text, `bill` what they cost.
let told = { rows: [], trouble: "", asked: "", bill: [] };
let busy = false;
let turn = 0;
let timer = 0;

/** The button beside Generate. */
export function mount(element) {
  const name = element.dataset.tab;
  element.replaceChildren(h("button", { type: "button", class: "act many-open", id: `${name}-many`, title: "Many prompts at once, a line each", onclick: () => open(name) }, "Many…"));
}

// The list of the open form; it is kept with the form's draft.
const list = () => (form.current(kind).many ??= { text: "", takes: 1, more: [], changes: {}, press: "", last: "" });

function change(parts) {
  Object.assign(list(), parts);
  form.keepDraft();
}

function open(name) {
  kind = name;
  build();
  told = { rows: [], trouble: "", asked: "", bill: [] };
  view.rows.clear();
  view.text.value = list().text;
  view.text.placeholder = example(spec(form.current(kind).model));
  view.takes.value = String(list().takes);
  say(view.note, "");
  drawModels();
  draw();
  view.dialog.showModal();
  view.text.focus();
  read();
}

// What it shows can be sent: the table's columns are options of this very model.
function example(row) {
  const columns = Object.entries(row.rules).filter(([, { rule }]) => rule === "choice" || rule === "span").slice(0, 2);
  const table = [["prompt", ...columns.map(([name]) => name)], ["A harbour in fog", ...columns.map(([, rule]) => rule.default ?? rule.options?.[0] ?? rule.low)]];
  return ["A lighthouse at dusk", "A {red|blue} fox in the snow", "", "or a table:", ...table.map((cells) => cells.join(","))].join("\n");
}

function build() {
  if (view.dialog) return;
  view.text = h("textarea", { rows: "6", dir: "auto", "aria-label": "Prompts, one a line", spellcheck: "true", oninput: typed });
  view.takes = h("input", { type: "number", class: "field", min: "1", max: String(MOST_TAKES), step: "1", "aria-label": "Takes of each, with different seeds", oninput: typed });
  view.models = h("div", { class: "many-models", role: "group", "aria-label": "Models" });
  view.rows = new Rows({ edit, drop });
  view.note = h("p", { class: "tool-note", role: "status" });
  view.bill = h("ul", { class: "many-bill" });
  view.go = h("button", { type: "button", class: "act go", onclick: send });
  view.bad = h("button", { type: "button", class: "act", onclick: dropBad });
  view.back = h("button", { type: "button", class: "act", onclick: bringBack });
  view.last = h("button", { type: "button", class: "act", onclick: () => ((view.text.value = list().last), typed()) }, "The last list again");
  view.dialog = h("dialog", { class: "tool-dialog many", "aria-label": "Many at once" },
    h("div", { class: "tool-head" }, h("h2", {}, "Many at once"), h("button", { type: "button", class: "act", onclick: () => view.dialog.close() }, "Close")),
    h("p", { class: "many-way" }, "One prompt a line. {red|blue} makes one job of each. Options and files are those of the form."),
    view.text,
    h("div", { class: "many-set" }, h("label", {}, h("span", {}, "Takes of each"), view.takes), view.models, view.last),
    view.note, view.rows.element,
    h("div", { class: "tool-foot many-foot" }, view.bill, h("div", { class: "fix" }, view.go, view.bad, view.back)));
  view.dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    event.preventDefault();
    send();
  });
  view.dialog.addEventListener("close", () => change({ changes: kept((_, key) => !told.rows.length || told.rows.some((row) => row.key === key)) }));
  document.body.append(h("div", { dataset: { part: "many-dialog", mounted: "yes" } }, view.dialog));
}

const kept = (wanted) => Object.fromEntries(Object.entries(list().changes).filter(([key, one]) => wanted(one, key)));

function typed() {
  const takes = Math.round(Number(view.takes.value));
  change({ text: view.text.value, takes: takes >= 1 && takes <= MOST_TAKES ? takes : 1 });
  told.asked = "";
  draw();
  clearTimeout(timer);
  timer = setTimeout(read, DELAY);
}

// Models that take a prompt and need no file that is not there.
const able = (row) => row.rules.prompt && Object.entries(row.rules).every(([field, rule]) => rule.rule !== "slot" || !rule.least || isGiven(form.current(kind).media[field]));
const models = () => [form.current(kind).model, ...list().more.filter((id) => spec(id)?.kind === kind && id !== form.current(kind).model)];

function drawModels() {
  const chosen = models();
  const chips = chosen.map((id, place) => h("span", { class: "many-model" }, modelLabel(id), place > 0 && h("button", { type: "button", class: "plain", "aria-label": `Without ${modelLabel(id)}`, onclick: () => more(list().more.filter((one) => one !== id)) }, icon("x"))));
  const left = vendors.map((vendor) => [vendor, specs(kind).filter((row) => row.vendor === vendor.name && able(row) && !chosen.includes(row.id))]).filter(([, rows]) => rows.length);
  const add = h("select", { class: "field", "aria-label": "On another model too", onchange: () => more([...list().more, add.value]) }, h("option", { value: "" }, "And on…"),
    left.map(([vendor, rows]) => h("optgroup", { label: vendor.label }, rows.map((row) => h("option", { value: row.id }, row.label)))));
  view.models.replaceChildren(h("span", { class: "many-on" }, "On"), ...chips, add);
}

function more(ids) {
  change({ more: ids });
  drawModels();
  view.models.querySelector("select").focus();
  told.asked = "";
  draw();
  read();
}

// A row is known by its words and its model: it keeps what was changed in it wherever its line moves to.
function named(rows) {
  const seen = new Map();
  return rows.map((row) => {
    const base = `${row.request.model} ${row.request.prompt}`;
    seen.set(base, (seen.get(base) ?? 0) + 1);
    return { ...row, key: `${seen.get(base)} ${base}`, problems: [], estimate: null };
  });
}

async function read() {
  const mine = ++turn;
  const { text, takes } = list();
  if (!text.trim()) {
    told = { rows: [], trouble: "", asked: "", bill: [] };
    return draw();
  }
  const answer = await api("POST", "batches/read", { text, takes, models: models(), request: form.request(kind) });
  if (mine !== turn) return;
  if (!answer.ok) {
    told = { ...told, trouble: reason(answer), asked: "" };
    return draw();
  }
  const before = new Map(told.rows.map((row) => [row.key, row]));
  const rows = named(answer.data.rows).map((row) => ({ ...row, problems: before.get(row.key)?.problems ?? [], estimate: before.get(row.key)?.estimate ?? null }));
  told = { rows, trouble: answer.data.problem, asked: "", bill: [] };
  draw();
  check();
}

const changed = (row) => list().changes[row.key] ?? {};
const shown = () => told.rows.filter((row) => !changed(row).dropped);
const asked = (row) => ({ ...row.request, prompt: changed(row).prompt ?? row.request.prompt });
// What could not be read is no longer so once somebody wrote it anew.
const misread = (row) => (row.problem && changed(row).prompt === undefined ? [{ field: "prompt", message: row.problem, soft: false }] : []);
const troubles = (row) => [...misread(row), ...row.problems];
const isBad = (row) => troubles(row).some((problem) => !problem.soft);

async function check() {
  const rows = shown();
  const requests = rows.map(asked);
  const text = JSON.stringify(requests);
  if (!rows.length) return draw();
  const mine = ++turn;
  const answer = await api("POST", "batches/check", { requests });
  if (mine !== turn) return;
  if (!answer.ok) told.trouble = reason(answer);
  else {
    answer.data.rows.forEach(({ problems, estimate }, place) => Object.assign(rows[place], { problems, estimate }));
    Object.assign(told, { asked: text, bill: answer.data.bill });
  }
  draw();
}

function edit(row, prompt) {
  const changes = { ...list().changes };
  if (prompt === row.request.prompt) delete changes[row.key];
  else changes[row.key] = { prompt };
  change({ changes });
  told.asked = "";
  draw();
  clearTimeout(timer);
  timer = setTimeout(check, DELAY);
}

function drop(...rows) {
  change({ changes: { ...list().changes, ...Object.fromEntries(rows.map((row) => [row.key, { ...changed(row), dropped: true }])) } });
  told.asked = "";
  draw();
  check();
}

// What was mended in them stays mended.
function bringBack() {
  change({ changes: Object.fromEntries(Object.entries(list().changes).filter(([, one]) => one.prompt !== undefined).map(([key, { prompt }]) => [key, { prompt }])) });
  told.asked = "";
  draw();
  check();
  view.go.focus();
}

function dropBad() {
  drop(...shown().filter(isBad));
  view.go.focus();
}

const isChecked = () => Boolean(told.asked) && told.asked === JSON.stringify(shown().map(asked));
const isReady = () => isChecked() && !busy && !told.trouble && shown().length > 0 && !shown().some(isBad);

function draw() {
  const rows = shown();
  const bad = rows.filter(isBad).length;
  const dropped = told.rows.length - rows.length;
  view.rows.draw(rows.map((row, place) => ({ row, place, prompt: asked(row).prompt, problems: troubles(row), several: models().length > 1 || row.request.model !== form.current(kind).model, form: form.request(kind).options })));
  const counted = `${number(rows.length)} ${rows.length === 1 ? "job" : "jobs"}`;
  say(view.note, told.trouble || (rows.length ? (bad ? `${counted} · ${number(bad)} to mend or drop` : isChecked() ? counted : `${counted} · checking…`) : dropped ? "Every row is dropped." : ""));
  view.note.classList.toggle("bad", Boolean(told.trouble));
  view.bill.replaceChildren(...(bad || !isChecked() ? [] : bill(told.bill)).map((line) => h("li", {}, line)));
  say(view.go, rows.length ? `Generate ${number(rows.length)}` : "Generate");
  view.go.setAttribute("aria-disabled", String(!isReady()));
  say(view.bad, bad === 1 ? "Drop the bad row" : `Drop the ${number(bad)} bad rows`);
  view.bad.hidden = !bad;
  say(view.back, `Bring ${number(dropped)} dropped back`);
  view.back.hidden = !dropped;
  view.last.hidden = Boolean(list().text.trim()) || !list().last;
}

async function send() {
  if (!isReady()) return;
  if (uploading(kind)) return say(view.note, "A file is still on the way. Press again in a moment.");
  busy = true;
  // One name until an answer has come: the same press is one batch, also over a lost answer and a reload.
  if (!list().press) change({ press: fresh() });
  draw();
  const answer = await api("POST", "batches", { client_request_id: list().press, requests: JSON.parse(told.asked), shown: told.bill });
  busy = false;
  if (answer.status === 422) change({ press: "" });
  if (!answer.ok) return refused(answer);
  change({ press: "", text: "", changes: {}, last: list().text });
  putAll(answer.data.jobs);
  view.dialog.close();
  toast(`${number(answer.data.jobs.length)} jobs added.`);
}

function refused(answer) {
  const rows = shown();
  const whole = answer.data.problems.filter(({ field, message }) => {
    const [, place, name] = /^rows\.(\d+)\.?(.*)$/.exec(field) ?? [];
    const row = rows[place - 1];
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
