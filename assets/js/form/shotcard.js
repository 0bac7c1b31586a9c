// One card of the multishot editor: the prompt and the seconds of a shot, its tools, and its limits.

import { h, say } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { camera } from "./camera.js";
import { final } from "./fit.js";
import { menu } from "./menu.js";
import { count } from "./notes.js";
import { wholeSeconds } from "../core/rules.js";
import { insertInto } from "./order.js";
import { keys } from "./shotkeys.js";

/**
 * What a shot adds to the sum.
 * @param {Shot} shot
 */
export const seconds = (shot) => wholeSeconds(shot.seconds);

/**
 * @typedef {object} OwnActs what a card asks of the editor beside what keys do
 * @property {(parts: Partial<Shot>) => void} change
 * @property {() => void} highlight the focus came or went
 * @property {(target: HTMLElement, act: () => void) => void} press unless it rests
 * @property {(key: number) => void} drop another card was dropped here
 *
 * @typedef {OwnActs & import("./shotkeys.js").Acts} Acts
 * @typedef {ReturnType<typeof makeCard>} Card
 */

const DRAG = "application/x-studio-shot";

/**
 * A card with its fields and tools.
 * @param {number} key
 * @param {Acts} acts
 */
export function makeCard(key, acts) {
  const { area, input } = fields(acts);
  const tool = (/** @type {string} */ picture, /** @type {string} */ words, /** @type {() => void} */ act) =>
    toolButton(picture, words, (target) => acts.press(target, act));
  const tools = {
    less: tool("minus", "One second less", () => acts.step(-1)),
    longer: tool("plus", "One second more", () => acts.step(1)),
    up: tool("up", "Move earlier", () => acts.move(-1)),
    down: tool("down", "Move later", () => acts.move(1)),
    twin: tool("copy", "Duplicate", acts.duplicate),
    gone: tool("x", "Remove", acts.remove),
  };
  const rows = rowsOf(acts);
  const [badge, span, count] = [h("b", {}), h("em", {}), h("span", { class: "cnt" })];
  const unit = h("span", { class: "unit", "aria-hidden": "true" }, "s");
  const prompt = h("div", { class: "tx" }, area);
  const text = h("p", { dir: "auto" });
  const whole = h("details", { class: "whole", hidden: true }, h("summary", {}, "Final text"), text);
  const time = h("div", { class: "step" }, tools.less, input, unit, tools.longer);
  const more = menu("more", "More actions", ...Object.values(rows));
  const words = camera((text) => insertInto(area, text));
  const chips = h("div", { class: "ref-chips", role: "group", "aria-label": "References of this shot", hidden: true });
  const foot = h("footer", {}, time, count, words, more);
  const buttons = h("div", { class: "tools" }, tools.up, tools.down, tools.twin, tools.gone);
  const head = h("header", { title: "Drag to move this shot" }, badge, span, buttons);
  const element = h(
    "section",
    {
      class: "shot-card",
      tabindex: "-1",
      dataset: { key: String(key) },
      onfocusin: acts.highlight,
      onfocusout: () => queueMicrotask(acts.highlight),
      onkeydown: (event) => keys(event, acts),
    },
    head,
    prompt,
    chips,
    whole,
    foot,
  );
  movable(element, head, key, acts.drop);
  return { ...tools, ...rows, element, area, input, badge, span, count, prompt, chips, whole, text, foot };
}

/** @param {Acts} acts */
function fields(acts) {
  /** @type {HTMLTextAreaElement} */
  const area = h("textarea", {
    rows: "4",
    dir: "auto",
    placeholder: "Describe this shot and how the camera moves",
    oninput: () => acts.change({ prompt: area.value }),
  });
  /** @type {HTMLInputElement} */
  const input = h("input", {
    type: "number",
    step: "1",
    inputmode: "numeric",
    oninput: () => acts.change({ seconds: input.value === "" ? null : Number(input.value) }),
  });
  return { area, input };
}

/** @param {Acts} acts */
function rowsOf(acts) {
  const row = (/** @type {string} */ words, /** @type {() => void} */ act) =>
    h("button", { type: "button", onclick: (event) => acts.press(event.currentTarget, act) }, words);
  return {
    before: row("Insert shot before", acts.before),
    after: row("Insert shot after", acts.after),
    split: row("Split at the cursor", acts.split),
    merge: row("Merge with next shot", acts.merge),
  };
}

/**
 * Let a card be dragged by its head to the place of another.
 * @param {HTMLElement} element
 * @param {HTMLElement} head
 * @param {number} key
 * @param {(key: number) => void} drop
 */
function movable(element, head, key, drop) {
  const over = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes(DRAG);
  head.draggable = true;
  head.addEventListener("dragstart", (event) => {
    event.dataTransfer?.setData(DRAG, String(key));
    event.dataTransfer?.setDragImage(element, 20, 20);
  });
  element.addEventListener("dragover", (event) => {
    if (!over(event)) return;
    event.preventDefault();
    element.classList.add("target");
  });
  for (const name of ["dragleave", "drop"]) element.addEventListener(name, () => element.classList.remove("target"));
  element.addEventListener("drop", (event) => {
    if (!over(event)) return;
    event.preventDefault();
    event.stopPropagation();
    drop(Number(event.dataTransfer?.getData(DRAG)));
  });
}

/**
 * @param {string} name
 * @param {string} words
 * @param {(target: HTMLElement) => void} act
 */
export const toolButton = (name, words, act) =>
  h(
    "button",
    {
      type: "button",
      class: "tool",
      "aria-label": words,
      onclick: (event) => act(event.currentTarget),
    },
    icon(name),
  );

/**
 * Show a shot in its card.
 * @param {Card} card
 * @param {Plan} plan
 * @param {number} index
 * @param {number} start
 * @param {ShotsRule} limits
 */
export function showCard(card, plan, index, start, limits) {
  const { shots } = plan;
  const shot = shots[index];
  const text = final(plan, shot.prompt);
  const number = index + 1;
  card.element.id = `shot-${number}`;
  card.element.setAttribute("aria-label", `Shot ${number}`);
  card.prompt.id = `shot-${number}-prompt`;
  card.foot.id = `shot-${number}-seconds`;
  card.area.setAttribute("aria-label", `Shot ${number} prompt`);
  card.element.querySelector(".whole > summary")?.setAttribute("aria-label", `Final text of shot ${number}`);
  for (const opener of card.element.querySelectorAll(".menu > summary"))
    opener.setAttribute("aria-label", `${opener.getAttribute("title")} for shot ${number}`);
  card.input.setAttribute("aria-label", `Length of shot ${number} in seconds`);
  card.input.min = String(limits.seconds.low);
  card.input.max = String(limits.seconds.high);
  if (card.area.value !== shot.prompt) card.area.value = shot.prompt;
  if (card.input.value !== String(shot.seconds ?? "")) card.input.value = String(shot.seconds ?? "");
  say(card.badge, String(number));
  say(card.span, `${start}–${start + seconds(shot)} s`);
  count(card.count, limits.prompt, text);
  card.whole.hidden = text === shot.prompt;
  say(card.text, text);
  limitsOf(card, shot, index, shots, limits);
}

/**
 * @param {Card} card
 * @param {EditedShot} shot
 * @param {number} index
 * @param {EditedShot[]} shots
 * @param {ShotsRule} limits
 */
function limitsOf(card, shot, index, shots, limits) {
  const { low, high } = limits.seconds;
  const last = index === shots.length - 1 ? "This is already the last shot" : "";
  rest(card.less, seconds(shot) <= low ? `A shot lasts at least ${low} s` : "", "One second less");
  rest(card.longer, seconds(shot) >= high ? `A shot lasts at most ${high} s` : "", "One second more");
  rest(card.up, index === 0 ? "This is already the first shot" : "", "Move earlier");
  rest(card.down, last, "Move later");
  rest(card.twin, full(shots, limits), "Duplicate");
  rest(card.gone, few(shots, limits), "Remove");
  rest(card.before, full(shots, limits), "");
  rest(card.after, full(shots, limits), "");
  rest(card.split, full(shots, limits), "");
  rest(card.merge, last || few(shots, limits), "");
}

/**
 * Let a button rest for a reason, or work again.
 * @param {HTMLElement} target
 * @param {string} reason
 * @param {string} hint
 */
export function rest(target, reason, hint) {
  target.setAttribute("aria-disabled", String(Boolean(reason)));
  target.title = reason || hint;
}

/**
 * Why there is no room for another shot; nothing where there is, or where no page of the vendor says so.
 * @param {EditedShot[]} shots
 * @param {ShotsRule} limits
 */
export const full = (shots, limits) =>
  shots.length >= limits.most && !limits.soft.includes("count") ? `This model makes at most ${limits.most} shots` : "";

/**
 * Why none can go.
 * @param {EditedShot[]} shots
 * @param {ShotsRule} limits
 */
export const few = (shots, limits) =>
  shots.length <= limits.least ? `This model needs at least ${limits.least} shots` : "";
