// Fills Gradio's own controls: what each should show, and only the differences through the bridge.

import { withUnit } from "../core/numbers.js";
import { inOrder, isOption } from "../core/rules.js";
import { sellers } from "./offers.js";
import { label } from "../core/store.js";

/** @type {Partial<Catalogue>} */
const { forms } = JSON.parse(document.getElementById("studio-catalogue")?.textContent || "{}");
/**
 * kind -> option controls: {field, takes, shape, id}.
 */
export const FORMS = /** @type {Record<Kind, Control[]>} */ (forms ?? {});

/** @typedef {Record<string, unknown>} Update what one of Gradio's controls is to show */

/**
 * @template V
 * @param {Partial<Record<Kind, V>>} held
 */
const kinds = (held) => /** @type {Kind[]} */ (Object.keys(held));

const SAME = { __type__: "update" };
/** @type {Map<string, Update>} */
const shown = new Map(); // control id -> what it was drawn with, or what we last told it
/** @type {Partial<Record<Kind, Record<string, Update>>>} */
const waiting = {}; // kind -> updates that the bridge has not taken yet
/** @type {Partial<Record<Kind, Set<string>>>} */
const unbuilt = {}; // kind -> controls that no model needed yet, so that Gradio has not built them
/** @type {Partial<Record<Kind, () => void>>} */
const next = {}; // kind -> what is done once it has
/** @type {((kind: Kind) => void) | null} */
let send = null;

/**
 * The bridge says how to call its events.
 * @param {string[]} events
 * @param {(event: string) => void} trigger
 */
export function bridge(events, trigger) {
  send = (kind) => events.includes(`push_${kind}`) && trigger(`push_${kind}`);
  for (const kind of kinds(waiting)) send(kind);
}

// Gradio asks for the updates of one form, in the order of its outputs.
window.studioPushed = (kind, keys) => {
  const updates = waiting[kind] ?? {};
  delete waiting[kind];
  setTimeout(() => {
    next[kind]?.();
    delete next[kind];
  });
  return keys.map((key) => updates[key] ?? SAME);
};

/**
 * Do this once the form's controls have been told everything: those that are being drawn meanwhile would miss it.
 * @param {Kind} kind
 * @param {() => void} act
 */
export function afterwards(kind, act) {
  if (waiting[kind]) next[kind] = act;
  else act();
}

/**
 * @param {Kind} kind
 * @param {string} key
 */
const slot = (kind, key) => `${kind}/${key}`;

// What Gradio draws at first stands in its configuration: nothing of it needs to be said again.
// A control that no first model has is not even built: once its turn comes, or while nobody does anything.
/** @type {Partial<Record<Kind, string>>} */
const prompts = {}; // what each form's prompt is called at first

function seed() {
  const drawn = new Map((window.gradio_config?.components ?? []).map(({ props }) => [props.elem_id, props]));
  for (const kind of kinds(FORMS)) {
    const form = FORMS[kind];
    prompts[kind] = String(drawn.get(`${kind}-prompt`)?.label);
    const ids = [...["vendor", "prompt"].map((key) => [key, `${kind}-${key}`]), ...form.map(({ id }) => [id, id])];
    for (const [key, id] of ids) {
      const { visible, value = null, choices, minimum, maximum, label } = drawn.get(id) ?? {};
      if (!visible) (unbuilt[kind] ??= new Set()).add(key);
      shown.set(slot(kind, key), { visible: visible || "hidden", value, choices, minimum, maximum, label });
    }
    // Of nothing Gradio makes 0 when it draws a number.
    for (const { id, shape } of form)
      if (shape === "number") shown.set(slot(kind, id), { ...shown.get(slot(kind, id)), value: 0 });
  }
}

seed();

// One control at a time, some while after its tab was opened: then no choice of a model waits for it.
const QUIET = 400;
/** @type {(act: () => void) => unknown} */
const whenIdle = window.requestIdleCallback ?? ((act) => setTimeout(act, 100));

/** @param {Kind} kind */
function buildRest(kind) {
  const [key] = unbuilt[kind] ?? [];
  if (!key || document.body.dataset.tab !== kind) return;
  if (!send) return soon(kind);
  tell(kind, key, { visible: "hidden" });
  send(kind);
  whenIdle(() => buildRest(kind));
}

/** @param {Kind} kind */
const soon = (kind) => void setTimeout(() => whenIdle(() => buildRest(kind)), QUIET);

window.addEventListener("studio:tab", ({ detail }) => {
  const kind = kinds(unbuilt).find((one) => one === detail);
  if (kind) soon(kind);
});

/**
 * Note what a control says; false when it only repeats what it was told.
 * @param {Kind} kind
 * @param {string} key
 * @param {Value | undefined} value
 */
export function news(kind, key, value) {
  const known = shown.get(slot(kind, key)) ?? {};
  if (JSON.stringify(known.value ?? null) === JSON.stringify(value ?? null)) return false;
  shown.set(slot(kind, key), { ...known, value });
  return true;
}

/**
 * Show this state in the form's controls.
 * @param {Kind} kind
 * @param {FormState} state
 * @param {Rules} rules
 */
export function show(kind, state, rules) {
  for (const [key, wanted] of wishes(kind, state, rules)) {
    const known = shown.get(slot(kind, key)) ?? {};
    /** @type {Update} */
    const update = {};
    for (const [name, value] of Object.entries(wanted)) {
      if (JSON.stringify(known[name]) !== JSON.stringify(value)) update[name] = value;
    }
    if (!Object.keys(update).length) continue;
    // Choices and value travel together: a list that loses its value would choose for itself.
    if ("choices" in update && "value" in wanted) update.value = wanted.value;
    shown.set(slot(kind, key), { ...known, ...wanted });
    tell(kind, key, update);
  }
  if (waiting[kind] && send) send(kind);
}

/**
 * @param {Kind} kind
 * @param {string} key
 * @param {Update} update
 */
function tell(kind, key, update) {
  unbuilt[kind]?.delete(key);
  waiting[kind] = { ...waiting[kind], [key]: { ...waiting[kind]?.[key], ...SAME, ...update } };
}

/**
 * What the prompt is called: where a model cuts by itself, it is the whole of what is asked.
 * @param {Kind} kind
 * @param {Rules} rules
 * @returns {Update}
 */
const named = (kind, rules) => (kind === "multishot" && !rules.shots ? { label: "Prompt" } : { label: prompts[kind] });

/**
 * @param {Kind} kind
 * @param {FormState} state
 * @param {Rules} rules
 * @returns {Generator<[key: string, wanted: Update]>}
 */
function* wishes(kind, state, rules) {
  yield ["vendor", { choices: sellers(kind), value: state.offeredBy }];
  yield [
    "prompt",
    rules.prompt ? { visible: true, value: state.prompt, ...named(kind, rules) } : { visible: "hidden" },
  ];
  for (const control of FORMS[kind] ?? []) {
    const rule = rules[control.field];
    yield [
      control.id,
      rule?.rule === control.takes && isOption(rule)
        ? control_of(control, rule, state.options[control.field])
        : { visible: "hidden" },
    ];
  }
}

/**
 * @param {Control} control
 * @param {OptionRule} rule
 * @param {Value | undefined} value
 * @returns {Update}
 */
function control_of(control, rule, value) {
  /** @type {Update} */
  const wanted = { visible: true, value: toControl(control, value) };
  if (control.shape === "segments" || control.shape === "list") {
    if (rule.rule !== "flag") wanted.choices = choices(control, rule);
  } else if (rule.rule === "span") {
    [wanted.minimum, wanted.maximum] = rule.beyond ?? [rule.low, rule.high];
    wanted.label = rule.unit ? `${label(control.field)} (${rule.unit})` : label(control.field);
  }
  return wanted;
}

/**
 * @param {Control} control
 * @param {Choice | Span} rule
 */
function choices(control, rule) {
  const options =
    rule.rule === "choice"
      ? rule.options
      : Array.from({ length: rule.high - rule.low + 1 }, (_, step) => rule.low + step);
  const unset = rule.default === null ? [[control.field === "style" ? "none" : "auto", ""]] : [];
  return [...unset, ...inOrder(options).map((option) => [withUnit(option, rule.unit), option])];
}

/**
 * @param {Control} control
 * @param {Value | undefined} value
 */
function toControl(control, value) {
  if (control.takes === "flag") return control.shape === "segments" ? (value ? "on" : "off") : value === true;
  if (control.shape === "segments" || control.shape === "list") return value ?? "";
  return value ?? null;
}

/**
 * What a control's value means for its field; undefined is "not given".
 * @param {Control} control
 * @param {Value | undefined} value
 * @returns {Value | undefined}
 */
export function fromControl(control, value) {
  if (control.takes === "flag") return value === true || value === "on";
  if (value === "" || value === null || value === undefined || Number.isNaN(value)) return undefined;
  return value;
}
