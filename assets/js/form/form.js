// Holds what is being asked for, a state per kind, and keeps controls, tray and editor true to it.

import {
  copy,
  drafted,
  fresh,
  given,
  handed,
  holds,
  KINDS,
  recall,
  requested,
  shareSlots,
  SINGLE,
  SLOTS,
  written,
} from "./asked.js";
import { chooseAnew } from "./claims.js";
import * as controls from "./controls.js";
import { chosen, difference } from "./differences.js";
import { shot } from "./edits.js";
import { begin, keep, restore } from "../core/draft.js";
import { suited } from "./frames.js";
import { isObject } from "../core/storage.js";
import { fits, isGiven, isOption, meant, rulesFor, slot } from "../core/rules.js";
import { begun } from "./scenes.js";
import { ALL, twin } from "./offers.js";
import { indefinite, label, spec, specs } from "../core/store.js";
import { openTab } from "../core/tabs.js";

/** @type {Record<string, FormState>} */
const states = {};
/** @type {Set<(kind: Kind) => void>} */
const listeners = new Set();
/** @type {Set<(kind: Kind) => void>} */
const lookers = new Set();

/**
 * Be told (kind) after every change.
 * @param {(kind: Kind) => void} listener
 */
export const onChange = (listener) => listeners.add(listener);
/**
 * What is looked for among the models has changed, and nothing that would be sent.
 * @param {Kind} kind
 */
export const looked = (kind) => lookers.forEach((looker) => looker(kind));
/**
 * Be told (kind) of that.
 * @param {(kind: Kind) => void} looker
 */
export const onLook = (looker) => lookers.add(looker);
/**
 * The state of one form; read it, change it through the functions below.
 * @param {Kind} kind
 */
export const current = (kind) => states[kind];
/**
 * The row of the chosen model.
 * @param {Kind} kind
 * @returns {Spec}
 */
export const row = (kind) => /** @type {Spec} */ (spec(states[kind].model));
/**
 * The rules in force in one form.
 * @param {Kind} kind
 */
export const rules = (kind) => states[kind].rules;

/** Read drafts, then show all three forms. */
export function start() {
  const draft = restore();
  for (const kind of KINDS) {
    if (!specs(kind).length) continue;
    states[kind] = fresh(kind);
    recall(states[kind], isObject(draft.forms) ? draft.forms[kind] : null);
    settle(kind);
  }
  begin(saved());
  return typeof draft.tab === "string" ? draft.tab : undefined;
}

const saved = () => ({
  tab: document.body.dataset.tab,
  forms: Object.fromEntries(Object.values(states).map((state) => [state.kind, drafted(state)])),
});

/** Empty the forms, as nothing in them is anybody's any more; the draft stays with who wrote it. */
export function empty() {
  for (const state of Object.values(states)) {
    Object.assign(state, fresh(state.kind), { many: undefined });
    settle(state.kind);
  }
}

/** Write the draft soon; also called when the tab changes. */
export const keepDraft = () => keep(saved);

/**
 * The request as it would be sent: only what the row has.
 * @param {Kind} kind
 */
export const request = (kind) => requested(states[kind]);

/**
 * How it was written down, to be sent along.
 * @param {Kind} kind
 */
export const writing = (kind) => written(states[kind]);

/**
 * Bring options, controls and everything that listens in line with the state.
 * @param {Kind} kind
 */
export function settle(kind) {
  const state = states[kind];
  const before = state.rules;
  if (state.offeredBy !== ALL) state.offeredBy = state.vendor;
  state.rules = rulesFor(row(kind), given(state));
  /** @type {Options} */
  const options = {};
  for (const [field, rule] of Object.entries(state.rules)) {
    if (!isOption(rule)) continue;
    const stands = JSON.stringify(before[field]) === JSON.stringify(rule);
    options[field] = stands ? state.options[field] : fitted(rule, state.wish[field]);
  }
  state.options = options;
  if (state.rules.ratio) options.ratio = suited(state);
  controls.show(kind, state, state.rules);
  for (const listener of listeners) listener(kind);
  if (state.told !== state.model) tellModel(state);
  keepDraft();
}

/** @param {FormState} state */
function tellModel(state) {
  state.told = state.model;
  window.dispatchEvent(new CustomEvent("studio:model", { detail: { kind: state.kind, model: state.model } }));
}

// What a person once chose comes back as soon as a model takes it again.
/**
 * @param {OptionRule} rule
 * @param {Value | undefined} wish
 */
const fitted = (rule, wish) => (isGiven(wish) && fits(rule, wish) ? meant(rule, wish) : (rule.default ?? undefined));

/**
 * A control has a new value.
 * @param {Kind} kind
 * @param {string} key
 * @param {Value | undefined} value
 */
export function heard(kind, key, value) {
  const state = states[kind];
  if (!state || !controls.news(kind, key, value)) return;
  if (key === "vendor") return chooseVendor(kind, String(value));
  if (key === "prompt") return write(kind, { prompt: String(value ?? "") }, "prompt");
  const control = controls.FORMS[kind].find((one) => one.id === key);
  if (!control || state.rules[control.field]?.rule !== control.takes) return;
  setOption(kind, control.field, controls.fromControl(control, value));
}

/**
 * A person sets one option.
 * @param {Kind} kind
 * @param {string} field
 * @param {Value | undefined} value
 */
export function setOption(kind, field, value) {
  const state = states[kind];
  state.options[field] = value;
  if (value === undefined) delete state.wish[field];
  else state.wish[field] = value;
  write(kind, {}, field);
}

/**
 * Change parts of the state in a person's name.
 * @param {Kind} kind
 * @param {Partial<FormState>} parts
 * @param {string} [field]
 */
export function write(kind, parts, field) {
  Object.assign(states[kind], parts);
  if (field) states[kind].touched[field] = true;
  narrowed(kind, () => settle(kind));
}

// A picture that is added may narrow other fields: say what that took away.
/**
 * @param {Kind} kind
 * @param {() => void} act
 */
function narrowed(kind, act) {
  const before = chosen(states[kind]);
  act();
  const notice = difference(states[kind], before);
  if (notice) announce(kind, notice);
}

/**
 * @param {Kind} kind
 * @param {string} notice
 * @param {Partial<FormState> | null} [undo]
 */
function announce(kind, notice, undo = null) {
  Object.assign(states[kind], { notice, undo });
  for (const listener of listeners) listener(kind);
}

/**
 * Take the notice line away.
 * @param {Kind} kind
 */
export const dismiss = (kind) => announce(kind, "");

/**
 * @param {Kind} kind
 * @param {string} vendor
 */
function chooseVendor(kind, vendor) {
  states[kind].offeredBy = vendor;
  if (vendor === ALL || vendor === states[kind].vendor) return settle(kind);
  const there = twin(kind, row(kind), vendor);
  if (there) choose(kind, there.id);
}

/**
 * Ask of the models offered that they can do something, or no longer.
 * @param {Kind} kind
 * @param {string} ability
 */
export function ask(kind, ability) {
  const state = states[kind];
  const asked = state.able.includes(ability);
  state.able = asked ? state.able.filter((one) => one !== ability) : [...state.able, ability];
  settle(kind);
}

/**
 * Choose a model: what still fits stays, the rest is left out, and the notice says so.
 * @param {Kind} kind
 * @param {string} model
 * @param {string} [because]
 */
export function choose(kind, model, because = "") {
  const state = states[kind];
  const wanted = spec(model);
  if (!wanted || wanted.kind !== kind || model === state.model) return settle(kind);
  const before = chosen(state);
  Object.assign(state, { model, vendor: wanted.vendor, touched: {}, pressed: false, notice: "", undo: null });
  const lost = shareSlots(state, wanted);
  settle(kind);
  announce(kind, [because, difference(state, before, lost)].filter(Boolean).join(" "));
}

/**
 * Go to the same model elsewhere: what stands in the form goes along as if it had been chosen.
 * @param {Kind} kind
 * @param {string} model
 */
export function move(kind, model) {
  const state = states[kind];
  const wanted = spec(model);
  const there = wanted ? rulesFor(wanted, given(state)) : {};
  for (const [field, value] of Object.entries(state.options)) {
    const rule = there[field];
    if (rule && isOption(rule) && isGiven(value) && fits(rule, value)) state.wish[field] ??= value;
  }
  choose(kind, model);
}

/**
 * Put files into a slot; the list replaces what was there.
 * @param {Kind} kind
 * @param {string} field
 * @param {Handed[]} list
 */
export function setMedia(kind, field, list) {
  const state = states[kind];
  const chosenAnew = SINGLE.includes(field) && list.length > 0;
  const ids = new Set(list.map((one) => one.id));
  // References are gathered; where one file lies, the last one chosen counts.
  if (SINGLE.includes(field)) chooseAnew(kind, field);
  const before = copy(state);
  const replaced = chosenAnew && (state.media[field] ?? []).some((one) => !ids.has(one.id));
  if (replaced) state.notice = "";
  state.parked[field] = chosenAnew ? [] : (state.parked[field] ?? []).filter((one) => !ids.has(one.id));
  write(kind, { media: { ...state.media, [field]: list } }, field);
  const name = (slot(rules(kind), field)?.label || label(field)).toLowerCase();
  if (replaced) announce(kind, join(`This replaced the previous ${name}.`, state.notice), before);
}

const join = (/** @type {string[]} */ ...notices) => [...new Set(notices)].filter(Boolean).join(" ");

/**
 * Use a stored artifact: switches to the tab, and to a model that has this slot if need be.
 * @param {Kind} kind
 * @param {string} field
 * @param {Handed} artifact
 */
export function attach(kind, field, artifact) {
  put(kind, field, artifact);
  controls.afterwards(kind, () => openTab(kind));
}

/**
 * The same without going there.
 * @param {Kind} kind
 * @param {string} field
 * @param {Handed} artifact
 */
export function put(kind, field, artifact) {
  const before = copy(states[kind]);
  states[kind].notice = "";
  if (!row(kind).rules[field]) {
    const able =
      specs(kind).find((one) => one.vendor === states[kind].vendor && one.rules[field]) ??
      specs(kind).find((one) => one.rules[field]);
    if (!able) return announce(kind, `No model here supports ${indefinite(label(field).toLowerCase())}.`);
    choose(
      kind,
      able.id,
      `${row(kind).label} doesn't support ${indefinite(label(field).toLowerCase())}, so this is ${able.label}.`,
    );
  }
  const most = slot(row(kind).rules, field)?.most ?? 0;
  const held = (states[kind].media[field] ?? []).filter((one) => one.id !== artifact.id);
  const because = states[kind].notice;
  setMedia(kind, field, SINGLE.includes(field) ? [artifact] : [...held, artifact].slice(-most));
  const full = held.length >= most && !SINGLE.includes(field);
  const told = full ? `${row(kind).label} takes up to ${most} references, so the first one was replaced.` : "";
  const { notice } = states[kind];
  if (because || told) announce(kind, join(because, told, notice), before);
}

/**
 * Keep a file aside for a model that has room for it.
 * @param {Kind} kind
 * @param {string} field
 * @param {Handed} artifact
 */
export function park(kind, field, artifact) {
  const { parked } = states[kind];
  parked[field] = [...(parked[field] ?? []).filter((one) => one.id !== artifact.id), artifact];
  settle(kind);
}

/**
 * The form as it stood when it was sent: its text need not be offered back.
 * @param {Kind} kind
 * @param {string} text
 */
export const sent = (kind, text) => (states[kind].sent = text);

/**
 * Give back the form that a filling replaced; what it replaces now is offered in turn.
 * @param {Kind} kind
 */
export function undo(kind) {
  const state = states[kind];
  if (!state.undo) return;
  const now = copy(state);
  Object.assign(state, state.undo, { rules: {} });
  chooseAnew(kind, ...SLOTS);
  settle(kind);
  announce(kind, "The previous form is back.", now);
}

/**
 * Restore an earlier job. `media`: field -> artifact, its id, or a list of them. What is not named stays.
 * @param {Kind} kind
 * @param {Filling} filling
 */
export function fill(kind, { model, prompt, options, shots, media, because = "", ...plan }) {
  const state = states[kind];
  const before = copy(state);
  const asked = JSON.stringify(request(kind));
  const unsaved = holds(state) && asked !== state.sent;
  const wanted = spec(model ?? "");
  if (wanted?.kind === kind) Object.assign(state, { model, vendor: wanted.vendor });
  Object.assign(state, { rules: {}, notice: "", undo: null, pressed: false, touched: {} });
  if (prompt !== undefined) state.prompt = prompt;
  if (options) state.wish = { ...options };
  if (media) Object.assign(state, { media: handed(media), parked: {} });
  if (media) chooseAnew(kind, ...SLOTS);
  // Without lines of its own, what was sent holds them already.
  if (shots?.length) Object.assign(state, { style: "", cast: "", opened: null, slots: [], ...plan });
  if (shots?.length) state.shots = shots.map((one) => shot(one.prompt ?? "", one.seconds ?? null));
  else if (prompt !== undefined && isGiven(prompt)) state.shots = begun(row(kind), state.shots, prompt);
  shareSlots(state, row(kind));
  settle(kind);
  const replaced = unsaved && asked !== JSON.stringify(request(kind)) ? "This replaced your previous form." : "";
  if (because || replaced) announce(kind, join(because, replaced), before);
  controls.afterwards(kind, () => openTab(kind));
}
