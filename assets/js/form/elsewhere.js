// The same model through another vendor: what it would cost there, what differs, and one press to go there.

import { h, kindOf } from "../core/dom.js";
import { refocused } from "../core/focus.js";
import { amount, number, withUnit } from "../core/numbers.js";
import * as form from "./form.js";
import { estimate } from "../core/prices.js";
import { fits, inOrder, isGiven, isOption, rulesFor, slot } from "../core/rules.js";
import { lasting } from "./lengths.js";
import { connection, label, specs } from "../core/store.js";

const SINGLE = ["start_frame", "end_frame", "driving_video"];

/**
 * Rows of other vendors that sell the same model.
 * @param {Spec} row
 */
export const doors = (row) =>
  specs(row.kind).filter((one) => row.family && one.family === row.family && one.vendor !== row.vendor);

/**
 * What a form holds that a row would take: field -> value.
 * @param {Kind} kind
 * @param {Spec} row
 * @returns {Given}
 */
function carried(kind, row) {
  const state = form.current(kind);
  /** @type {Given} */
  const given = { prompt: state.prompt };
  if (row.rules.shots) given.shots = state.shots.map(({ prompt, seconds }) => ({ prompt, seconds }));
  for (const [field, rule] of Object.entries(row.rules)) {
    if (rule.rule !== "slot") continue;
    const ids = [...(state.media[field] ?? []), ...(state.parked[field] ?? [])]
      .slice(0, rule.most)
      .map((one) => one.id);
    given[field] = SINGLE.includes(field) ? (ids[0] ?? null) : ids;
  }
  for (const [field, rule] of Object.entries(rulesFor(row, given))) {
    const held = [state.wish[field], state.options[field]].find((value) => isGiven(value) && fits(rule, value));
    if (isOption(rule) && held !== undefined) given[field] = held;
  }
  return given;
}

/** @param {Choice | Span} rule */
const lengths = (rule) =>
  rule.rule === "span" ? `${rule.low}–${rule.high} s` : `${inOrder(rule.options).join(", ")} s`;
/** @param {Choice | Span} rule */
const counted = (rule) => (rule.rule === "span" ? rule.high : Math.max(...rule.options.map(Number)));

// How a limit reads at the other vendor. Other fields are named only where one of the two lacks them.
/** @type {((rules: Rules) => string | undefined)[]} */
const LIMITS = [
  ({ references }) => references && `up to ${references.doubtful ?? references.most} references`,
  ({ duration }) => duration && lengths(duration),
  ({ resolution }) =>
    resolution &&
    inOrder(resolution.options)
      .map((option) => withUnit(option, ""))
      .join(", "),
  ({ count }) => count && `up to ${counted(count)} at a time`,
  ({ ratio }) => ratio && `${ratio.options.length} ratios`,
  ({ prompt }) => prompt && `${number(prompt.doubtful ?? prompt.longest)} characters`,
];

/**
 * What differs at `there` from `here`, in a few words each.
 * @param {Kind} kind
 * @param {Spec} here
 * @param {Spec} there
 */
export function differences(kind, here, there) {
  const [ours, theirs] = [here, there].map((row) => rulesFor(row, carried(kind, row)));
  const limits = LIMITS.map((say) => [say(ours), say(theirs)]);
  const names = (/** @type {Rules} */ rules, /** @type {Rules} */ others) =>
    Object.keys(rules)
      .filter((field) => !others[field])
      .map((field) => (slot(rules, field)?.label || label(field)).toLowerCase());
  const [more, less] = [names(theirs, ours), names(ours, theirs)];
  return [
    ...limits.map(([own, other]) => own && other !== own && other),
    more.length && `with ${more.join(", ")}`,
    less.length && `without ${less.join(", ")}`,
  ].filter(Boolean);
}

/**
 * What the form as it stands would cost with a row.
 * @param {Kind} kind
 * @param {Spec} row
 */
export const costs = (kind, row) =>
  estimate(row, carried(kind, row), row.rules.driving_video ? handedIn(form.current(kind)) : null);

/**
 * For how much that is: "8 s", "4 pictures", or nothing where it is one.
 * @param {Kind} kind
 * @param {Spec} row
 */
export function lengthOf(kind, row) {
  const given = carried(kind, row);
  const rules = rulesFor(row, given);
  const asked = (/** @type {string} */ field) => {
    const rule = rules[field];
    return rule && isOption(rule) ? (given[field] ?? rule.default) : null;
  };
  const shots = row.rules.shots ? form.current(kind).shots : [];
  const seconds = shots.length ? lasting(shots) : asked("duration");
  const count = Number(asked("count") ?? 1);
  return seconds ? `${seconds} s` : count > 1 ? `${count} images` : "";
}

/** @param {FormState} state */
const handedIn = ({ media, parked }) => (media.driving_video ?? parked.driving_video ?? [])[0]?.seconds;

/**
 * @param {Kind} kind
 * @param {Spec} here
 * @param {Spec} there
 */
function line(kind, here, there) {
  const cost = costs(kind, there);
  const known = cost || costs(kind, here);
  const seller = connection(there.vendor);
  const price = cost ? `${cost.at_least ? "at least " : ""}${amount(cost)}` : known ? "price unknown" : "";
  const key = seller?.sandbox && !connection(here.vendor)?.sandbox ? "sandbox" : "";
  return {
    id: there.id,
    name: seller?.label ?? there.vendor,
    all: [price, key, ...differences(kind, here, there)].filter(Boolean),
  };
}

/** @typedef {{ element: HTMLElement, opener: HTMLElement, drawn: string }} Panel */

/** @type {Partial<Record<Kind, Panel>>} */
const panels = {};

/**
 * The comparison itself, which the line in the picker unfolds: one list a form, kept true to it.
 * @param {Kind} kind
 */
export function alsoAt(kind) {
  return (panels[kind] ??= made(kind));
}

/**
 * @param {Kind} kind
 * @returns {Panel}
 */
function made(kind) {
  const id = `${kind}-elsewhere`;
  const element = h("ul", { class: "doors-list", id, "aria-label": "The same model on other services", hidden: true });
  /** @type {Panel} */
  const panel = {
    element,
    drawn: "",
    opener: h("button", {
      type: "button",
      class: "plain doors-open",
      "aria-expanded": "false",
      "aria-controls": id,
      hidden: true,
      onclick: () => turn(panel),
    }),
  };
  return panel;
}

/** @param {Panel} panel */
function turn({ opener, element }) {
  element.hidden = !element.hidden;
  opener.setAttribute("aria-expanded", String(!element.hidden));
}

/**
 * The quiet line beside the vendor in the picker.
 * @param {HTMLElement} element
 */
export function mount(element) {
  const kind = kindOf(element);
  element.replaceChildren(alsoAt(kind).opener);
  render(kind);
}

/** @param {Kind} kind */
function render(kind) {
  if (!form.current(kind)) return;
  const panel = alsoAt(kind);
  const { opener, element } = panel;
  const here = form.row(kind);
  const lines = doors(here).map((there) => line(kind, here, there));
  const drawn = JSON.stringify([here.id, lines]);
  if (drawn === panel.drawn) return;
  panel.drawn = drawn;
  const names = lines.map(({ name }) => name).join(", ");
  Object.assign(opener, { hidden: !lines.length, title: `Compare with ${names}`, textContent: `also on ${names}` });
  if (!lines.length && !element.hidden) turn(panel);
  refocused(
    element,
    () => element.replaceChildren(...lines.map(({ id, name, all }) => door(kind, id, name, all))),
    () => opener,
  );
}

/**
 * @param {Kind} kind
 * @param {string} id
 * @param {string} name
 * @param {string[]} all
 */
const door = (kind, id, name, all) =>
  h(
    "li",
    {},
    h(
      "button",
      {
        type: "button",
        class: "plain door",
        dataset: { model: id },
        title: `Switch to ${name} and keep the settings that fit`,
        onclick: () => form.move(kind, id),
      },
      name,
    ),
    h("span", { class: "door-differs" }, all.join(" · ") || "same limits"),
  );

form.onChange(render);
