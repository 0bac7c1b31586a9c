// The multishot editor: a time bar over one card a shot, every limit live, every step of it to be taken back.

import { arrange, h, say } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { makeCommands } from "./commands.js";
import { shifted, shot, within } from "./edits.js";
import { nameOf, without } from "./bound.js";
import { showChips, unused } from "./chips.js";
import { finals } from "./fit.js";
import { insertInto } from "./order.js";
import { slot } from "../core/rules.js";
import { makeFixing } from "./fixing.js";
import * as form from "./form.js";
import { topmost } from "../core/layers.js";
import { past } from "./past.js";
import { script } from "./plan.js";
import { fillSlots, openPlans, openSlots, planName } from "./plans.js";
import { goal, lasting, off, remark } from "./lengths.js";
import { repairs } from "./repairs.js";
import { full, makeCard, rest, seconds, showCard, toolButton } from "./shotcard.js";
import { keys, through } from "./shotkeys.js";
import { makeWay } from "./shotway.js";
import { makeBar } from "./timebar.js";

const KIND = "multishot";
/** @typedef {import("./shotcard.js").Card} Card */

/**
 * @typedef {object} View
 * @property {HTMLElement} element
 * @property {HTMLElement} sum
 * @property {HTMLElement} rest
 * @property {HTMLElement} even
 * @property {HTMLElement} more
 * @property {HTMLElement} name
 * @property {HTMLElement} slots
 * @property {HTMLElement} back
 * @property {HTMLElement} again
 * @property {ReturnType<typeof makeBar>} bar
 * @property {HTMLElement} note
 * @property {HTMLElement} unused
 * @property {HTMLElement} cards
 */

/** @type {Map<number, Card>} */
const cards = new Map(); // shot key -> card
/** @type {View | null} */
let view = null;
const fixing = makeFixing({
  use: (made) => {
    const before = plan();
    put(made);
    tell("The plan is fixed.", () => put(before));
  },
  back: (model) => form.choose(KIND, model),
});
/** @type {(() => void) | null} */
let undo = null;
let memory = past();
let here = 0; // the shot that had the focus last

/** @param {HTMLElement} element */
export function mount(element) {
  view = {
    element,
    sum: h("b"),
    rest: h("span"),
    even: button("Spread evenly", spread),
    more: button("Add shot", () => commands.add(list().length), "plus"),
    name: h("p", { class: "plan-name", dir: "auto", hidden: true }),
    slots: button("Fill in…", fill),
    back: toolButton("back", "Back one step", (target) => press(target, () => travel(-1))),
    again: toolButton("again", "Forward one step", (target) => press(target, () => travel(1))),
    bar: makeBar(barActs),
    note: h("p", { class: "shots-note", role: "status" }),
    unused: h("p", { class: "shots-unused" }),
    cards: h("div", { class: "cards" }),
  };
  const total = h(
    "div",
    { class: "tot", id: "shots-total" },
    view.sum,
    view.rest,
    h("div", { class: "steps" }, view.back, view.again),
    h("div", { class: "acts" }, [
      button("Edit as script", openScript),
      button("Open plans", openPlans),
      view.even,
      view.more,
      view.slots,
      fixing.opener,
    ]),
    view.name,
  );
  const time = h("div", { class: "time" }, view.bar.list, view.bar.ruler);
  element.classList.add("ms");
  element.replaceChildren(total, time, makeWay(), fixing.element, view.note, view.unused, view.cards);
  document.addEventListener("keydown", anywhere);
  render(KIND);
}

/**
 * @param {string} text
 * @param {() => void} act
 * @param {string} [picture]
 */
function button(text, act, picture) {
  return h(
    "button",
    { type: "button", class: "act", onclick: (event) => press(event.currentTarget, act) },
    picture && icon(picture),
    text,
  );
}

// A limit is said, not hidden: the button stays reachable and tells why it rests.
/**
 * @param {HTMLElement} target
 * @param {() => void} act
 */
function press(target, act) {
  if (target.getAttribute("aria-disabled") === "true") return tell(target.title);
  tell("");
  act();
}

/**
 * @param {string} text
 * @param {(() => void) | null} [back]
 */
function tell(text, back = null) {
  undo = back;
  view?.note.replaceChildren(text);
  if (back) view?.note.append(" ", h("button", { type: "button", class: "act", onclick: restore }, "Undo"));
}

function restore() {
  const back = undo;
  tell("");
  back?.();
}

/** The rule of the model that is chosen; nothing is drawn for a model without one. */
const rule = () => /** @type {ShotsRule} */ (form.rules(KIND).shots);
const list = () => form.current(KIND).shots;
/** @returns {Plan} */
const plan = () => {
  const { style, cast, shots } = form.current(KIND);
  return { style, cast, shots };
};
/**
 * @param {EditedShot[]} shots
 * @param {string} [field]
 */
const set = (shots, field = "shots") => form.write(KIND, { shots }, field);

/** @param {Plan} whole */
const put = (whole) => form.write(KIND, whole, "shots");

const commands = makeCommands({ list, set, rule, tell, focusOn, area: (key) => cards.get(key)?.area });

form.onChange(render);

/** @param {Kind} kind */
function render(kind) {
  if (kind !== KIND || !view || !form.current(KIND)) return;
  // A model that cuts by itself has no shots to write down.
  view.element.hidden = !rule();
  if (!rule()) return;
  const shots = list();
  memory.note(plan());
  renderTotal(view, shots, rule());
  view.bar.draw(shots, rule());
  let start = 0;
  const wanted = shots.map((shot, index) => {
    const card = cards.get(shot.key) ?? makeCard(shot.key, actsOf(shot.key));
    cards.set(shot.key, card);
    showCard(card, plan(), index, start, rule());
    showChips(card.chips, named(), shot.prompt, (number, isNamed) => bind(shot.key, number, isNamed));
    start += seconds(shot);
    return card.element;
  });
  for (const key of cards.keys()) if (!shots.some((shot) => shot.key === key)) cards.delete(key);
  arrange(view.cards, wanted);
  say(view.unused, unused(named(), [form.current(KIND).prompt, ...finals(plan()).map(({ prompt }) => prompt)]));
  fixing.show(plan(), rule(), form.row(KIND));
  highlight();
}

/**
 * @param {View} view
 * @param {EditedShot[]} shots
 * @param {ShotsRule} limits
 */
function renderTotal(view, shots, limits) {
  const total = lasting(shots);
  const wanted = goal(total, limits);
  say(view.sum, `${total} / ${wanted} s`);
  view.sum.classList.toggle("over", off(total, limits) !== null);
  say(view.rest, `${shots.length} ${shots.length === 1 ? "shot" : "shots"} · ${remark(total, limits)}`);
  rest(view.more, full(shots, limits), "Add a shot at the end");
  rest(view.even, shots.length ? "" : "There are no shots yet", `Divide ${wanted} s evenly between the shots`);
  const { before, after } = memory.steps();
  rest(view.back, before ? "" : NOTHING.back, "Take the last change back");
  const [name, slots] = [planName(), openSlots()];
  say(view.name, name && `Plan: ${name}`);
  view.name.hidden = !name;
  view.slots.hidden = !slots.length;
  view.slots.title = `Fill in ${slots.map((one) => `{${one}}`).join(", ")}`;
  rest(view.again, after ? "" : NOTHING.again, "Make the change again");
}

/** How shots name references here; null where they do not, or where there are none. */
function named() {
  const rules = form.rules(KIND);
  const tag = slot(rules, "references")?.tag;
  const count = (form.current(KIND).media.references ?? []).length;
  return tag && count ? { tag, count } : null;
}

/**
 * @param {number} key
 * @param {number} number of the reference
 * @param {boolean} isNamed in the text, so that it is to go
 */
function bind(key, number, isNamed) {
  const [how, one] = [named(), list()[place(key)]];
  const area = cards.get(key)?.area;
  if (!how || !area) return;
  if (!isNamed) return insertInto(area, nameOf(how, number));
  const prompt = without(one.prompt, how, number);
  set(list().map((each) => (each.key === key ? { ...each, prompt } : each)));
}

// Of all cards one is a stop of the tab key: the others are reached from it by arrows.
function highlight() {
  const card = document.activeElement?.closest?.(".shot-card");
  here = card ? Number(card.dataset.key) : here;
  const stop = cards.has(here) ? here : list()[0]?.key;
  for (const { key } of list()) {
    view?.bar.segment(key)?.classList.toggle("on", card?.dataset.key === String(key));
    const element = cards.get(key)?.element;
    if (element) element.tabIndex = key === stop ? 0 : -1;
  }
}

/** @param {number} key */
const place = (key) => list().findIndex((one) => one.key === key);

/**
 * Where the focus goes once a shot was changed: into its text, or to its card or segment where keys were pressed there.
 * @param {number | undefined} key
 * @param {Element | null} [from]
 */
function focusOn(key, from = document.activeElement) {
  if (key === undefined) return;
  const card = cards.get(key);
  const like = from?.matches(".segment") ? view?.bar.segment(key) : from?.matches(".shot-card") ? card?.element : null;
  (like ?? card?.area)?.focus();
}

/**
 * What the card of one shot asks of the editor.
 * @param {number} key
 * @returns {import("./shotcard.js").Acts}
 */
function actsOf(key) {
  const at = () => place(key);
  const change = (/** @type {Partial<Shot>} */ parts) =>
    set(
      list().map((one) => (one.key === key ? { ...one, ...parts } : one)),
      `shots.${at() + 1}.${Object.keys(parts)[0]}`,
    );
  return {
    change,
    press,
    highlight,
    step: (by) => change({ seconds: within(seconds(list()[at()]) + by, rule()) }),
    move: (by) => commands.move(at(), at() + by, key),
    drop: (other) => commands.move(place(other), at(), other),
    go: (by) => focusOn(list()[Math.min(Math.max(at() + by, 0), list().length - 1)].key),
    edit: () => cards.get(key)?.area.focus(),
    leave: () => cards.get(key)?.element.focus(),
    before: () => commands.add(at()),
    after: () => commands.add(at() + 1),
    duplicate: () => commands.duplicate(at()),
    split: () => commands.split(at()),
    merge: () => commands.merge(at()),
    remove: () => commands.remove(at()),
  };
}

/** @type {import("./timebar.js").Acts} */
const barActs = {
  open: (key) => cards.get(key)?.area.focus(),
  keys: (event, key) => keys(event, actsOf(key)),
  shift: (key, by) => set(shifted(list(), place(key), by, rule())),
  drag(key) {
    const before = list();
    memory.hold(true);
    return (by) => set(shifted(before, place(key), by, rule()));
  },
  drop: () => memory.hold(false),
};

const NOTHING = { back: "There is nothing to take back", again: "There is nothing to make again" };

/**
 * Ctrl+Z and its like, wherever nobody writes into a field that has a past of its own.
 * @param {KeyboardEvent} event
 */
function anywhere(event) {
  const way = through(event);
  const target = event.target instanceof Element ? event.target : null;
  if (!way || document.body.dataset.tab !== KIND || topmost() !== document.body || !view || view.element.hidden) return;
  if (
    target?.matches("textarea, input:not([type=number], [type=checkbox], [type=radio])") &&
    !view.element.contains(target)
  )
    return;
  event.preventDefault();
  travel(way);
}

/** @param {-1 | 1} way through the past of the plan */
function travel(way) {
  const from = document.activeElement;
  const key = Number(from?.closest(".shot-card, .segment")?.dataset.key);
  const index = place(key);
  const found = way < 0 ? memory.back() : memory.again();
  tell(found ? "" : `${way < 0 ? NOTHING.back : NOTHING.again}.`);
  if (!found) return;
  put(found);
  const focused = document.activeElement;
  if (index < 0 || (focused === from && focused?.isConnected)) return;
  focusOn(list()[place(key) < 0 ? Math.min(index, list().length - 1) : place(key)]?.key, from);
}

/** The past of a plan ends with whoever wrote it. */
export const forget = () => (memory = past());

function spread() {
  const before = list();
  const { plan: made, why } = repairs(plan(), rule()).find(({ name }) => name === "spread") ?? { plan: null, why: "" };
  if (!made) return tell(why);
  set(made.shots);
  // Only the seconds go back: what was written since stays.
  const lengths = new Map(before.map((shot) => [shot.key, shot.seconds]));
  tell("The time is spread evenly.", () => {
    set(list().map((shot) => (lengths.has(shot.key) ? { ...shot, seconds: lengths.get(shot.key) ?? null } : shot)));
    view?.even.focus();
  });
}

// Words for the braces, in all shots at once.
function fill() {
  const { prompt } = form.current(KIND);
  fillSlots((made) => {
    const before = plan();
    const shots = list().map((one, index) => ({ ...one, prompt: made.shots[index].prompt }));
    form.write(KIND, { prompt: made.prompt, style: made.style, cast: made.cast, shots }, "shots");
    tell("The braces are filled in.", () => form.write(KIND, { ...before, prompt }, "shots"));
  });
}

// The whole plan as text: to paste one, to write in one go, or to take it elsewhere.
function openScript() {
  script(plan(), rule(), ({ style, cast, shots }) => {
    const before = plan();
    put({ style, cast, shots: shots.map((one) => shot(one.prompt, one.seconds)) });
    tell(`Created ${shots.length} ${shots.length === 1 ? "shot" : "shots"} from the script.`, () => put(before));
  });
}
