// @ts-nocheck
// The multishot editor: a time bar over one card a shot, every limit live.

import { arrange, h, say } from "./dom.js";
import { icon } from "./icons.js";
import { shot } from "./asked.js";
import * as form from "./form.js";
import { count } from "./notes.js";
import { script } from "./plan.js";
import { wholeSeconds } from "./rules.js";
import { jobs, newestFirst, subscribe } from "./store.js";
import { everySecond, isOpen, words } from "./words.js";

const KIND = "multishot";
const cards = new Map(); // shot key -> card
let view = null;
let undo = null;

export function mount(element) {
  view = { element };
  view.sum = h("b");
  view.rest = h("span");
  view.even = button("Spread evenly", spread);
  view.script = button("Script", openScript);
  view.more = button("Add shot", () => add(form.current(KIND).shots.length), "plus");
  view.bar = h("div", { class: "seglist", role: "list", "aria-label": "Shots in time" });
  view.ruler = h("div", { class: "rul", "aria-hidden": "true" });
  view.note = h("p", { class: "shots-note", role: "status" });
  view.way = { state: h("b"), more: h("span"), fill: h("i") };
  view.way.bar = h("div", { class: "prog" }, view.way.fill);
  view.way.element = h(
    "div",
    { class: "shots-way", hidden: true },
    view.way.state,
    view.way.more,
    button("Show", showJob),
    view.way.bar,
  );
  view.cards = h("div", { class: "cards" });
  const total = h(
    "div",
    { class: "tot", id: "shots-total" },
    view.sum,
    view.rest,
    h("div", { class: "acts" }, view.script, view.even, view.more),
  );
  element.classList.add("ms");
  element.replaceChildren(
    total,
    h("div", { class: "time" }, view.bar, view.ruler),
    view.way.element,
    view.note,
    view.cards,
  );
  render(KIND);
  subscribe(progress);
  everySecond(progress);
  progress();
}

// The result appears below the cards: how its job fares is said here, where it was started.
function progress() {
  const job = newestFirst([...jobs.values()].filter((one) => one.kind === KIND))[0];
  const way = view.way;
  if (job && isOpen(job)) way.followed = job.id;
  way.element.hidden = !job || job.id !== way.followed;
  if (way.element.hidden) return;
  const { state, more } = words(job);
  say(way.state, state);
  say(way.more, more);
  way.bar.hidden = !isOpen(job) || job.state === "waiting";
  way.fill.style.transform = `scaleX(${job.state === "saving" ? 1 : (job.progress ?? 0.06)})`;
}

function showJob() {
  const stage = document.querySelector(`[data-part=stage][data-tab=${KIND}]`);
  window.dispatchEvent(new CustomEvent("studio:show", { detail: { kind: KIND, id: view.way.followed } }));
  const place = stage?.checkVisibility() ? stage : document.querySelector(`#jobs [data-job="${view.way.followed}"]`);
  place?.scrollIntoView({ block: stage === place ? "start" : "center" });
}

function button(text, act, picture) {
  return h(
    "button",
    { type: "button", class: "act", onclick: (event) => press(event.currentTarget, act) },
    picture && icon(picture),
    text,
  );
}

// A limit is said, not hidden: the button stays reachable and tells why it rests.
function press(target, act) {
  if (target.getAttribute("aria-disabled") === "true") return tell(target.title);
  tell("");
  act();
}

function rest(target, reason, hint) {
  target.setAttribute("aria-disabled", String(Boolean(reason)));
  target.title = reason || hint;
}

function tell(text, back = null) {
  undo = back;
  view.note.replaceChildren(text);
  if (back) view.note.append(" ", h("button", { type: "button", class: "act", onclick: restore }, "Undo"));
}

function restore() {
  const back = undo;
  tell("");
  back?.();
}

const rule = () => form.rules(KIND).shots;
const list = () => form.current(KIND).shots;
const seconds = (shot) => wholeSeconds(shot.seconds);
const sum = (shots) => shots.reduce((total, shot) => total + seconds(shot), 0);
const set = (shots, field = "shots") => form.write(KIND, { shots }, field);

form.onChange(render);

function render(kind) {
  if (kind !== KIND || !view || !form.current(KIND) || !rule()) return;
  const shots = list();
  renderTotal(shots, rule());
  renderBar(shots, rule());
  let start = 0;
  const wanted = shots.map((shot, index) => {
    const card = cards.get(shot.key) ?? makeCard(shot.key);
    cards.set(shot.key, card);
    update(card, shot, index, start, shots, rule());
    start += seconds(shot);
    return card.element;
  });
  for (const key of cards.keys()) if (!shots.some((shot) => shot.key === key)) cards.delete(key);
  arrange(view.cards, wanted);
}

function renderTotal(shots, limits) {
  const total = sum(shots);
  const left = limits.total - total;
  say(view.sum, `${total} / ${limits.total} s`);
  view.sum.classList.toggle("over", left < 0);
  say(
    view.rest,
    `${shots.length} ${shots.length === 1 ? "shot" : "shots"} · ${left < 0 ? `${-left} s too long` : left ? `${left} s free` : "full"}`,
  );
  rest(view.more, full(shots, limits), "Add a shot at the end");
  rest(view.even, shots.length ? "" : "There is no shot yet", `Share ${limits.total} s among the shots`);
}

const full = (shots, limits) => (shots.length >= limits.most ? `This model makes at most ${limits.most} shots` : "");

function renderBar(shots, limits) {
  const total = sum(shots);
  // What is far too long is drawn as too long, not to scale.
  const widest = 2 * limits.total;
  const scale = Math.min(Math.max(total, limits.total), widest);
  const segments = shots.map((shot, index) => {
    const segment = h(
      "button",
      { type: "button", class: "segment", onclick: () => cards.get(shot.key)?.area.focus() },
      h("b", {}, String(index + 1)),
      `${seconds(shot)} s`,
    );
    segment.style.width = `${(100 * Math.min(seconds(shot), widest)) / scale}%`;
    segment.setAttribute("aria-label", `Shot ${index + 1}, ${seconds(shot)} s`);
    segment.dataset.key = shot.key;
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
  for (const element of view.bar.querySelectorAll(".segment"))
    element.classList.toggle("on", element.dataset.key === on);
}

function makeCard(key) {
  const card = {
    area: h("textarea", { rows: "4", dir: "auto", placeholder: "What this shot shows, and how the camera moves" }),
    input: h("input", { type: "number", step: "1", inputmode: "numeric" }),
  };
  const at = () => list().findIndex((shot) => shot.key === key);
  const change = (parts) =>
    set(
      list().map((shot) => (shot.key === key ? { ...shot, ...parts } : shot)),
      `shots.${at() + 1}.${Object.keys(parts)[0]}`,
    );
  const step = (by) => change({ seconds: clamp(seconds(list()[at()]) + by) });
  const tool = (name, words, act) =>
    h(
      "button",
      {
        type: "button",
        class: "tool",
        "aria-label": words,
        onclick: (event) => press(event.currentTarget, () => act(at())),
      },
      icon(name),
    );
  card.badge = h("b", {});
  card.span = h("em", {});
  card.less = tool("minus", "One second less", () => step(-1));
  card.longer = tool("plus", "One second more", () => step(1));
  card.up = tool("up", "Move earlier", (index) => move(index, index - 1, key));
  card.down = tool("down", "Move later", (index) => move(index, index + 1, key));
  card.twin = tool("copy", "Duplicate", (index) => duplicate(index));
  card.gone = tool("x", "Remove", (index) => remove(index));
  card.count = h("span", { class: "cnt" });
  card.prompt = h("div", { class: "tx" }, card.area);
  card.time = h(
    "div",
    { class: "step" },
    card.less,
    card.input,
    h("span", { class: "unit", "aria-hidden": "true" }, "s"),
    card.longer,
  );
  card.element = h(
    "section",
    { class: "shot-card", dataset: { key }, onfocusin: highlight, onfocusout: () => queueMicrotask(highlight) },
    h("header", {}, card.badge, card.span, h("div", { class: "tools" }, card.up, card.down, card.twin, card.gone)),
    card.prompt,
    h("footer", {}, card.time, card.count),
  );
  card.area.addEventListener("input", () => change({ prompt: card.area.value }));
  card.input.addEventListener("input", () =>
    change({ seconds: card.input.value === "" ? null : Number(card.input.value) }),
  );
  return card;
}

const clamp = (value) => Math.min(rule().seconds.high, Math.max(rule().seconds.low, value));

function update(card, shot, index, start, shots, limits) {
  const number = index + 1;
  card.element.id = `shot-${number}`;
  card.element.setAttribute("aria-label", `Shot ${number}`);
  card.prompt.id = `shot-${number}-prompt`;
  card.time.id = `shot-${number}-seconds`;
  card.area.setAttribute("aria-label", `Shot ${number} prompt`);
  card.input.setAttribute("aria-label", `Shot ${number} seconds`);
  card.input.min = limits.seconds.low;
  card.input.max = limits.seconds.high;
  if (card.area.value !== shot.prompt) card.area.value = shot.prompt;
  if (card.input.value !== String(shot.seconds ?? "")) card.input.value = shot.seconds ?? "";
  say(card.badge, String(number));
  say(card.span, `${start}–${start + seconds(shot)} s`);
  count(card.count, limits.prompt, shot.prompt);
  limitsOf(card, shot, index, shots, limits);
}

function limitsOf(card, shot, index, shots, limits) {
  const { low, high } = limits.seconds;
  rest(card.less, seconds(shot) <= low ? `A shot lasts at least ${low} s` : "", "One second less");
  rest(card.longer, seconds(shot) >= high ? `A shot lasts at most ${high} s` : "", "One second more");
  rest(card.up, index === 0 ? "It is the first shot already" : "", "Move earlier");
  rest(card.down, index === shots.length - 1 ? "It is the last shot already" : "", "Move later");
  rest(card.twin, full(shots, limits), "Duplicate");
  rest(card.gone, shots.length <= limits.least ? `This model needs at least ${limits.least} shots` : "", "Remove");
}

function add(index, prompt = "", length = null) {
  const free = rule().total - sum(list());
  const wanted = length ?? Math.min(rule().seconds.default ?? rule().seconds.low, free);
  const made = shot(prompt, clamp(wanted));
  set(list().toSpliced(index, 0, made));
  cards.get(made.key)?.area.focus();
}

const duplicate = (index) => add(index + 1, list()[index].prompt, seconds(list()[index]));

function remove(index) {
  const gone = list()[index];
  set(list().toSpliced(index, 1));
  tell(`Shot ${index + 1} removed.`, () => {
    set(list().toSpliced(Math.min(index, list().length), 0, gone));
    cards.get(gone.key)?.area.focus();
  });
  const next = list()[Math.min(index, list().length - 1)];
  cards.get(next?.key)?.area.focus();
}

function move(from, to, key) {
  const shots = [...list()];
  const [moved] = shots.splice(from, 1);
  shots.splice(to, 0, moved);
  const focused = document.activeElement;
  set(shots);
  // Moving a card in the document takes the focus from its button.
  (focused?.isConnected ? focused : cards.get(key)?.area).focus();
  tell(`Shot ${from + 1} is now shot ${to + 1}.`);
}

function spread() {
  const before = list();
  const each = Math.floor(rule().total / before.length);
  const more = rule().total % before.length;
  set(before.map((shot, index) => ({ ...shot, seconds: clamp(each + (index < more ? 1 : 0)) })));
  // Only the seconds go back: what was written since stays.
  const lengths = new Map(before.map((shot) => [shot.key, shot.seconds]));
  tell("The seconds are shared evenly.", () => {
    set(list().map((shot) => (lengths.has(shot.key) ? { ...shot, seconds: lengths.get(shot.key) } : shot)));
    view.even.focus();
  });
}

// The whole plan as text: to paste one, to write in one go, or to take it elsewhere.
function openScript() {
  script(list(), rule(), (shots) => {
    const before = list();
    set(shots.map((one) => shot(one.prompt, one.seconds)));
    tell(`The script became ${shots.length} ${shots.length === 1 ? "shot" : "shots"}.`, () => set(before));
  });
}
