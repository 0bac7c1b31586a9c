// @ts-nocheck
// Holds what is being asked for, a state per kind, and keeps controls, tray and editor true to it.

import { openTab } from "./actions.js";
import * as controls from "./controls.js";
import { keep, restore } from "./draft.js";
import { fits, isGiven, isOption, rulesFor } from "./rules.js";
import { ALL, home, twin } from "./shelf.js";
import { label, spec, specs } from "./store.js";

export const KINDS = ["image", "video", "multishot"];
const SINGLE = ["start_frame", "end_frame", "driving_video"];
const SLOTS = ["start_frame", "end_frame", "references", "driving_video"];

const states = {};
const listeners = new Set();

/** Be told (kind) after every change. */
export const onChange = (listener) => listeners.add(listener);
/** The state of one form; read it, change it through the functions below. */
export const current = (kind) => states[kind];
/** The row of the chosen model. */
export const row = (kind) => spec(states[kind].model);
/** The rules in force in one form. */
export const rules = (kind) => states[kind].rules;

function fresh(kind) {
  const first = home(kind);
  const seconds = first?.rules.shots?.seconds.default ?? 5;
  const shots = Array.from({ length: first?.rules.shots?.least ?? 0 }, () => shot("", seconds));
  return { kind, vendor: first?.vendor ?? "", shelf: first?.vendor ?? "", able: [], model: first?.id ?? "", prompt: "", options: {}, wish: {}, media: {}, parked: {}, shots, notice: "", undo: null, pressed: false, touched: {}, rules: {} };
}

let shotsMade = 0;
/** A shot as the editor keeps it; `key` outlives its place. */
export const shot = (prompt, seconds) => ({ key: ++shotsMade, prompt, seconds });

/** Read drafts, then show all three forms. */
export function start() {
  const draft = restore();
  for (const kind of KINDS) {
    if (!specs(kind).length) continue;
    states[kind] = fresh(kind);
    take(states[kind], draft.forms?.[kind]);
    settle(kind);
  }
  return draft.tab;
}

function take(state, held) {
  if (!held || typeof held !== "object") return;
  const model = spec(held.model);
  if (model?.kind === state.kind) Object.assign(state, { model: model.id, vendor: model.vendor });
  if (held.shelf === ALL) state.shelf = ALL;
  if (typeof held.prompt === "string") state.prompt = held.prompt;
  if (held.wish && typeof held.wish === "object") state.wish = { ...held.wish };
  for (const field of SLOTS) {
    const list = held.media?.[field];
    if (Array.isArray(list)) state.media[field] = list.filter((artifact) => typeof artifact?.id === "string");
    const aside = held.parked?.[field];
    if (Array.isArray(aside)) state.parked[field] = aside.filter((artifact) => typeof artifact?.id === "string");
  }
  if (held.many && typeof held.many.text === "string") state.many = { takes: 1, press: "", last: "", ...held.many, more: [held.many.more ?? []].flat(), changes: { ...held.many.changes } };
  const kept = Array.isArray(held.shots) ? held.shots.filter((one) => typeof one?.prompt === "string") : [];
  if (kept.length) state.shots = kept.map((one) => shot(one.prompt, one.seconds ?? null));
}

const saved = () => ({
  tab: document.body.dataset.tab,
  forms: Object.fromEntries(Object.values(states).map((state) => [state.kind, {
    model: state.model, shelf: state.shelf, prompt: state.prompt, wish: state.wish, media: state.media, parked: state.parked, many: state.many,
    shots: state.shots.map(({ prompt, seconds }) => ({ prompt, seconds })),
  }])),
});

/** Write the draft soon; also called when the tab changes. */
export const keepDraft = () => keep(saved);

/** Everything given, keyed by catalogue field. */
function given(state) {
  const fields = { prompt: state.prompt, ...state.options };
  for (const field of SLOTS) {
    const ids = (state.media[field] ?? []).map((artifact) => artifact.id);
    fields[field] = SINGLE.includes(field) ? ids[0] ?? null : ids;
  }
  return fields;
}

/** The request as it would be sent: only what the row has. */
export function request(kind) {
  const state = states[kind];
  const body = { kind, model: state.model, options: {} };
  if (state.rules.prompt) body.prompt = state.prompt;
  for (const [field, rule] of Object.entries(state.rules)) {
    const value = given(state)[field];
    if (isOption(rule) && isGiven(value)) body.options[field] = value;
    if (rule.rule === "slot" && isGiven(value)) body[field] = value;
    if (rule.rule === "shots") body.shots = state.shots.map(({ prompt, seconds }) => ({ prompt, seconds }));
  }
  return body;
}

/** Bring options, controls and everything that listens in line with the state. */
export function settle(kind) {
  const state = states[kind];
  const before = state.rules;
  if (state.shelf !== ALL) state.shelf = state.vendor;
  state.rules = rulesFor(row(kind), given(state));
  const options = {};
  for (const [field, rule] of Object.entries(state.rules)) {
    if (!isOption(rule)) continue;
    const stands = JSON.stringify(before[field]) === JSON.stringify(rule);
    options[field] = stands ? state.options[field] : fitted(rule, state.wish[field]);
  }
  state.options = options;
  controls.show(kind, state, state.rules);
  for (const listener of listeners) listener(kind);
  if (state.told !== state.model) tellModel(state);
  keepDraft();
}

function tellModel(state) {
  state.told = state.model;
  window.dispatchEvent(new CustomEvent("studio:model", { detail: { kind: state.kind, model: state.model } }));
}

// What a person once chose comes back as soon as a model takes it again.
const fitted = (rule, wish) => (isGiven(wish) && fits(rule, wish) ? wish : rule.default ?? undefined);

/** A control has a new value. */
export function heard(kind, key, value) {
  const state = states[kind];
  if (!state || !controls.news(kind, key, value)) return;
  if (key === "vendor") return chooseVendor(kind, value);
  if (key === "model") return choose(kind, value);
  if (key === "prompt") return write(kind, { prompt: value ?? "" }, "prompt");
  const control = controls.FORMS[kind].find((one) => one.id === key);
  if (!control || state.rules[control.field]?.rule !== control.takes) return;
  setOption(kind, control.field, controls.fromControl(control, value));
}

/** A person sets one option. */
export function setOption(kind, field, value) {
  const state = states[kind];
  state.options[field] = value;
  if (value === undefined) delete state.wish[field];
  else state.wish[field] = value;
  write(kind, {}, field);
}

/** Change parts of the state in a person's name. */
export function write(kind, parts, field) {
  Object.assign(states[kind], parts);
  if (field) states[kind].touched[field] = true;
  narrowed(kind, () => settle(kind));
}

// A picture that is added may narrow other fields: say what that took away.
function narrowed(kind, act) {
  const before = chosen(states[kind]);
  act();
  const notice = difference(kind, before);
  if (notice) announce(kind, notice);
}

function announce(kind, notice, undo = null) {
  Object.assign(states[kind], { notice, undo });
  for (const listener of listeners) listener(kind);
}

/** Take the notice line away. */
export const dismiss = (kind) => announce(kind, "");

function chooseVendor(kind, shelf) {
  states[kind].shelf = shelf;
  if (shelf === ALL || shelf === states[kind].vendor) return settle(kind);
  const there = twin(kind, row(kind), shelf);
  if (there) choose(kind, there.id);
}

/** Ask of the models offered that they can do something, or no longer. */
export function ask(kind, ability) {
  const state = states[kind];
  const asked = state.able.includes(ability);
  state.able = asked ? state.able.filter((one) => one !== ability) : [...state.able, ability];
  settle(kind);
}

/** Choose a model: what still fits stays, the rest is left out, and the notice says so. */
export function choose(kind, model, because = "") {
  const state = states[kind];
  const wanted = spec(model);
  if (!wanted || wanted.kind !== kind || model === state.model) return settle(kind);
  const before = chosen(state);
  Object.assign(state, { model, vendor: wanted.vendor, touched: {}, pressed: false, notice: "", undo: null });
  const lost = shareSlots(state, wanted);
  settle(kind);
  announce(kind, [because, difference(kind, before, lost)].filter(Boolean).join(" "));
}

/** Go to the same model elsewhere: what stands in the form goes along as if it had been chosen. */
export function move(kind, model) {
  const state = states[kind];
  const there = rulesFor(spec(model), given(state));
  for (const [field, value] of Object.entries(state.options)) {
    const rule = there[field];
    if (rule && isOption(rule) && isGiven(value) && fits(rule, value)) state.wish[field] ??= value;
  }
  choose(kind, model);
}

// Files beyond a model's slots wait aside and come back with a model that has room for them.
function shareSlots(state, wanted) {
  const lost = [];
  for (const field of SLOTS) {
    const all = [...(state.media[field] ?? []), ...(state.parked[field] ?? [])];
    const most = wanted.rules[field]?.most ?? 0;
    const had = (state.media[field] ?? []).length;
    state.media[field] = all.slice(0, most);
    state.parked[field] = all.slice(most);
    if (had > most) lost.push(field === "references" ? `${had - most} of ${had} references` : label(field).toLowerCase());
  }
  return lost;
}

// What a person chose, as far as it is in force: field -> value.
function chosen(state) {
  const options = Object.entries(state.options).filter(([field, value]) => isGiven(value) && state.wish[field] === value);
  return { rules: state.rules, options, prompt: state.rules.prompt ? state.prompt : "" };
}

function difference(kind, before, lost = []) {
  const state = states[kind];
  const gone = [...lost];
  const changed = [];
  if (isGiven(before.prompt) && !state.rules.prompt) gone.unshift("the prompt");
  for (const [field, value] of before.options) {
    const rule = state.rules[field];
    const name = label(field).toLowerCase();
    if (!rule) gone.push(`${name} ${words(before.rules[field], value)}`);
    else if (state.options[field] !== value) changed.push(`${name} ${words(before.rules[field], value)} to ${words(rule, state.options[field])}`);
  }
  const parts = [];
  if (gone.length) parts.push(`Left out for ${row(kind).label}: ${gone.join(", ")}.`);
  if (changed.length) parts.push(`Changed: ${changed.join(", ")}.`);
  return parts.join(" ");
}

function words(rule, value) {
  if (value === undefined) return "unset";
  if (rule.rule === "flag") return value ? "on" : "off";
  return `${value} ${rule.unit ?? ""}`.trim();
}

/** Put files into a slot; the list replaces what was there. */
export function setMedia(kind, field, list) {
  const state = states[kind];
  const chosenAnew = SINGLE.includes(field) && list.length > 0;
  const ids = new Set(list.map((one) => one.id));
  state.parked[field] = chosenAnew ? [] : (state.parked[field] ?? []).filter((one) => !ids.has(one.id));
  write(kind, { media: { ...state.media, [field]: list } }, field);
}

/** Use a stored artifact: switches to the tab, and to a model that has this slot if need be. */
export function attach(kind, field, artifact) {
  give(kind, field, artifact);
  controls.afterwards(kind, () => openTab(kind));
}

function give(kind, field, artifact) {
  if (!row(kind).rules[field]) {
    const able = specs(kind).find((one) => one.vendor === states[kind].vendor && one.rules[field]) ?? specs(kind).find((one) => one.rules[field]);
    if (!able) return announce(kind, `No model here takes a ${label(field).toLowerCase()}.`);
    choose(kind, able.id, `${row(kind).label} takes no ${label(field).toLowerCase()}; ${able.label} does.`);
  }
  const most = row(kind).rules[field].most;
  const held = (states[kind].media[field] ?? []).filter((one) => one.id !== artifact.id);
  setMedia(kind, field, SINGLE.includes(field) ? [artifact] : [...held, artifact].slice(-most));
  if (held.length >= most && !SINGLE.includes(field)) announce(kind, `${row(kind).label} takes ${most} references: the first was replaced.`);
}

/** Keep a file aside for a model that has room for it. */
export function park(kind, field, artifact) {
  const { parked } = states[kind];
  parked[field] = [...(parked[field] ?? []).filter((one) => one.id !== artifact.id), artifact];
  settle(kind);
}

/** The form as it stood when it was sent: its text need not be offered back. */
export const sent = (kind, text) => (states[kind].sent = text);

const KEPT = ["vendor", "model", "prompt", "options", "wish", "media", "parked", "shots", "touched", "pressed"];
const copy = (state) => Object.fromEntries(KEPT.map((name) => [name, typeof state[name] === "object" && !Array.isArray(state[name]) ? { ...state[name] } : state[name]]));

/** Give back the form that a filling replaced; what it replaces now is offered in turn. */
export function undo(kind) {
  const state = states[kind];
  if (!state.undo) return;
  const now = copy(state);
  Object.assign(state, state.undo, { rules: {} });
  settle(kind);
  announce(kind, "The form is as it was before.", now);
}

const holds = (state) => isGiven(state.prompt) || state.shots.some((one) => isGiven(one.prompt)) || SLOTS.some((field) => isGiven(state.media[field]));

/** Restore an earlier job. `media`: field -> artifact, its id, or a list of them. What is not named stays. */
export function fill(kind, { model, prompt, options, shots, media } = {}) {
  const state = states[kind];
  const before = copy(state);
  const asked = JSON.stringify(request(kind));
  const unsaved = holds(state) && asked !== state.sent;
  const wanted = spec(model);
  if (wanted?.kind === kind) Object.assign(state, { model, vendor: wanted.vendor });
  Object.assign(state, { rules: {}, notice: "", undo: null, pressed: false, touched: {} });
  if (prompt !== undefined) state.prompt = prompt;
  if (options) state.wish = { ...options };
  if (media) Object.assign(state, { media: held(media), parked: {} });
  if (shots?.length) state.shots = shots.map((one) => shot(one.prompt ?? "", one.seconds ?? null));
  else if (isGiven(prompt)) state.shots = begun(row(kind), state.shots, prompt);
  shareSlots(state, row(kind));
  settle(kind);
  if (unsaved && asked !== JSON.stringify(request(kind))) announce(kind, "This replaced what was in the form.", before);
  controls.afterwards(kind, () => openTab(kind));
}

const VIEWS = [
  (scene) => `Wide: ${scene}, the camera moves in slowly`,
  () => "Close: one detail of it, shallow focus, almost still",
  () => "Medium: something moves, the camera follows it",
  () => "Low: the same moment from below, against the light",
  () => "Wide again: the camera draws back and comes to rest",
];

// One line is no plan yet: where no shot says anything, each gets its own view of the scene.
function begun(row, shots, prompt) {
  const rule = row.rules.shots;
  if (!rule || shots.some((one) => isGiven(one.prompt))) return shots;
  const scene = prompt.split(/[,.;:\n]/)[0].trim().replace(/^(An?|The) /, (article) => article.toLowerCase());
  return shots.map((one, index) => ({ ...one, prompt: [...VIEWS[index % VIEWS.length](scene)].slice(0, rule.prompt.longest).join("") }));
}

function held(media) {
  const list = (field) => [media[field] ?? []].flat().map((one) => (typeof one === "string" ? { id: one, kind: field === "driving_video" ? "video" : "image", url: `media/${one}` } : one));
  return Object.fromEntries(SLOTS.map((field) => [field, list(field)]));
}

export { openTab };
