// The multishot editor: a time bar over one card a shot, every limit live.

import { arrange, h, say } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { shot } from "./asked.js";
import * as form from "./form.js";
import { script } from "./plan.js";
import { full, makeCard, rest, seconds, showCard } from "./shotcard.js";
import { jobs, newestFirst, subscribe } from "../core/store.js";
import { everySecond } from "../core/ticks.js";
import { isOpen, words } from "../core/words.js";

const KIND = "multishot";
/** @typedef {import("./shotcard.js").Card} Card */
/** @typedef {ReturnType<typeof makeWay>} Way */

/**
 * @typedef {object} View
 * @property {HTMLElement} sum
 * @property {HTMLElement} rest
 * @property {HTMLElement} even
 * @property {HTMLElement} more
 * @property {HTMLElement} bar
 * @property {HTMLElement} ruler
 * @property {HTMLElement} note
 * @property {HTMLElement} cards
 * @property {Way} way
 * @property {string} drawn
 */

/** @type {Map<number, Card>} */
const cards = new Map(); // shot key -> card
/** @type {View | null} */
let view = null;
/** @type {(() => void) | null} */
let undo = null;

/** @param {HTMLElement} element */
export function mount(element) {
  const way = makeWay();
  view = {
    sum: h("b"),
    rest: h("span"),
    even: button("Spread evenly", spread),
    more: button("Add shot", () => add(form.current(KIND).shots.length), "plus"),
    bar: h("div", { class: "seglist", role: "list", "aria-label": "Timeline of shots" }),
    ruler: h("div", { class: "rul", "aria-hidden": "true" }),
    note: h("p", { class: "shots-note", role: "status" }),
    cards: h("div", { class: "cards" }),
    way,
    drawn: "",
  };
  const total = h(
    "div",
    { class: "tot", id: "shots-total" },
    view.sum,
    view.rest,
    h("div", { class: "acts" }, button("Script", openScript), view.even, view.more),
  );
  element.classList.add("ms");
  element.replaceChildren(total, h("div", { class: "time" }, view.bar, view.ruler), way.element, view.note, view.cards);
  render(KIND);
  const follow = () => progress(way);
  subscribe(follow);
  everySecond(follow);
  follow();
}

function makeWay() {
  const [state, more, fill] = [h("b"), h("span"), h("i")];
  const bar = h("div", { class: "prog" }, fill);
  const show = button("Show", () => showJob(way.followed));
  const element = h("div", { class: "shots-way", hidden: true }, state, more, show, bar);
  const way = { element, state, more, fill, bar, followed: "" };
  return way;
}

// The result appears below the cards: how its job fares is said here, where it was started.
/** @param {Way} way */
function progress(way) {
  const job = newestFirst([...jobs.values()].filter((one) => one.kind === KIND))[0];
  if (job && isOpen(job)) way.followed = job.id;
  way.element.hidden = !job || job.id !== way.followed;
  if (!job || way.element.hidden) return;
  const { state, more } = words(job);
  say(way.state, state);
  say(way.more, more);
  way.bar.hidden = !isOpen(job) || job.state === "waiting";
  way.fill.style.transform = `scaleX(${job.state === "saving" ? 1 : (job.progress ?? 0.06)})`;
}

/** @param {string} id */
function showJob(id) {
  const stage = document.querySelector(`[data-part=stage][data-tab=${KIND}]`);
  window.dispatchEvent(new CustomEvent("studio:show", { detail: { kind: KIND, id } }));
  const place = stage?.checkVisibility() ? stage : document.querySelector(`#jobs [data-job="${id}"]`);
  place?.scrollIntoView({ block: stage === place ? "start" : "center" });
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
/** @param {Shot[]} shots */
const sum = (shots) => shots.reduce((total, shot) => total + seconds(shot), 0);
/**
 * @param {EditedShot[]} shots
 * @param {string} [field]
 */
const set = (shots, field = "shots") => form.write(KIND, { shots }, field);

form.onChange(render);

/** @param {Kind} kind */
function render(kind) {
  if (kind !== KIND || !view || !form.current(KIND) || !rule()) return;
  const shots = list();
  renderTotal(view, shots, rule());
  renderBar(view, shots, rule());
  let start = 0;
  const wanted = shots.map((shot, index) => {
    const card = cards.get(shot.key) ?? makeCard(shot.key, actsOf(shot.key));
    cards.set(shot.key, card);
    showCard(card, shot, index, start, shots, rule());
    start += seconds(shot);
    return card.element;
  });
  for (const key of cards.keys()) if (!shots.some((shot) => shot.key === key)) cards.delete(key);
  arrange(view.cards, wanted);
}

/**
 * @param {View} view
 * @param {EditedShot[]} shots
 * @param {ShotsRule} limits
 */
function renderTotal(view, shots, limits) {
  const total = sum(shots);
  const left = limits.total - total;
  say(view.sum, `${total} / ${limits.total} s`);
  view.sum.classList.toggle("over", left < 0);
  say(
    view.rest,
    `${shots.length} ${shots.length === 1 ? "shot" : "shots"} · ` +
      `${left < 0 ? `${-left} s too long` : left ? `${left} s left` : "full"}`,
  );
  rest(view.more, full(shots, limits), "Add a shot at the end");
  rest(view.even, shots.length ? "" : "There are no shots yet", `Divide ${limits.total} s evenly between the shots`);
}

/**
 * @param {View} view
 * @param {EditedShot[]} shots
 * @param {ShotsRule} limits
 */
function renderBar(view, shots, limits) {
  const total = sum(shots);
  // What is far too long is drawn as too long, not to scale.
  const widest = 2 * limits.total;
  const scale = Math.min(Math.max(total, limits.total), widest);
  const segments = shots.map((shot, index) => {
    const segment = h(
      "button",
      { type: "button", class: "segment", onclick: () => cards.get(shot.key)?.area.focus() },
      h("b", {}, String(index + 1)),
      ` ${seconds(shot)} s`,
    );
    segment.style.width = `${(100 * Math.min(seconds(shot), widest)) / scale}%`;
    segment.setAttribute("aria-label", `Shot ${index + 1}, ${seconds(shot)} s`);
    segment.dataset.key = String(shot.key);
    return h("div", { role: "listitem", style: { display: "contents" } }, segment);
  });
  const text = JSON.stringify([shots.map((shot) => [shot.key, shot.seconds]), scale]);
  if (view.drawn === text) return;
  view.drawn = text;
  view.bar.replaceChildren(...segments);
  view.bar.classList.toggle("over", total > limits.total);
  view.bar.style.setProperty("--limit", `${(100 * limits.total) / scale}%`);
  const step = [3, 5, 10, 30, 60].find((each) => scale / each <= 8) ?? Math.ceil(scale / 8);
  const marks = Array.from({ length: Math.floor(scale / step) + 1 }, (_, index) => index * step);
  view.ruler.replaceChildren(
    ...marks.map((mark) => {
      const sign = h("span", {}, mark === marks.at(-1) ? `${mark} s` : String(mark));
      sign.style.left = `${(100 * mark) / scale}%`;
      return sign;
    }),
  );
  highlight();
}

function highlight() {
  const on = document.activeElement?.closest?.(".shot-card")?.dataset.key;
  for (const element of view?.bar.querySelectorAll(".segment") ?? [])
    element.classList.toggle("on", element.dataset.key === on);
}

/**
 * What the card of one shot asks of the editor.
 * @param {number} key
 * @returns {import("./shotcard.js").Acts}
 */
function actsOf(key) {
  const at = () => list().findIndex((shot) => shot.key === key);
  const change = (/** @type {Partial<Shot>} */ parts) =>
    set(
      list().map((shot) => (shot.key === key ? { ...shot, ...parts } : shot)),
      `shots.${at() + 1}.${Object.keys(parts)[0]}`,
    );
  return {
    change,
    press,
    highlight,
    step: (by) => change({ seconds: clamp(seconds(list()[at()]) + by) }),
    move: (by) => move(at(), at() + by, key),
    duplicate: () => duplicate(at()),
    remove: () => remove(at()),
  };
}

/** @param {number} value */
const clamp = (value) => Math.min(rule().seconds.high, Math.max(rule().seconds.low, value));

/**
 * @param {number} index
 * @param {string} [prompt]
 * @param {number | null} [length]
 */
function add(index, prompt = "", length = null) {
  const free = rule().total - sum(list());
  const wanted = length ?? Math.min(rule().seconds.default ?? rule().seconds.low, free);
  const made = shot(prompt, clamp(wanted));
  set(list().toSpliced(index, 0, made));
  cards.get(made.key)?.area.focus();
}

/** @param {number} index */
const duplicate = (index) => add(index + 1, list()[index].prompt, seconds(list()[index]));

/** @param {number} index */
function remove(index) {
  const gone = list()[index];
  set(list().toSpliced(index, 1));
  tell(`Shot ${index + 1} removed.`, () => {
    set(list().toSpliced(Math.min(index, list().length), 0, gone));
    cards.get(gone.key)?.area.focus();
  });
  const next = list()[Math.min(index, list().length - 1)];
  if (next) cards.get(next.key)?.area.focus();
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} key
 */
function move(from, to, key) {
  const shots = [...list()];
  const [moved] = shots.splice(from, 1);
  shots.splice(to, 0, moved);
  const focused = document.activeElement;
  set(shots);
  // Moving a card in the document takes the focus from its button.
  (focused instanceof HTMLElement && focused.isConnected ? focused : cards.get(key)?.area)?.focus();
  tell(`Shot ${from + 1} is now shot ${to + 1}.`);
}

function spread() {
  const before = list();
  const each = Math.floor(rule().total / before.length);
  const more = rule().total % before.length;
  set(before.map((shot, index) => ({ ...shot, seconds: clamp(each + (index < more ? 1 : 0)) })));
  // Only the seconds go back: what was written since stays.
  const lengths = new Map(before.map((shot) => [shot.key, shot.seconds]));
  tell("The time is spread evenly.", () => {
    set(list().map((shot) => (lengths.has(shot.key) ? { ...shot, seconds: lengths.get(shot.key) ?? null } : shot)));
    view?.even.focus();
  });
}

// The whole plan as text: to paste one, to write in one go, or to take it elsewhere.
function openScript() {
  script(list(), rule(), (shots) => {
    const before = list();
    set(shots.map((one) => shot(one.prompt, one.seconds)));
    tell(`Created ${shots.length} ${shots.length === 1 ? "shot" : "shots"} from the script.`, () => set(before));
  });
}
