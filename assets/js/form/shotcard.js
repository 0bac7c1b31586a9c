// One card of the multishot editor: the prompt and the seconds of a shot, its tools, and its limits.

import { h, say } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { count } from "./notes.js";
import { wholeSeconds } from "../core/rules.js";

/**
 * What a shot adds to the sum.
 * @param {Shot} shot
 */
export const seconds = (shot) => wholeSeconds(shot.seconds);

/**
 * @typedef {object} Acts what a card asks of the editor
 * @property {(parts: Partial<Shot>) => void} change
 * @property {(by: number) => void} step make it longer or shorter
 * @property {(by: -1 | 1) => void} move
 * @property {() => void} duplicate
 * @property {() => void} remove
 * @property {() => void} highlight the focus came or went
 * @property {(target: HTMLElement, act: () => void) => void} press unless it rests
 *
 * @typedef {ReturnType<typeof makeCard>} Card
 */

/**
 * A card with its fields and tools.
 * @param {number} key
 * @param {Acts} acts
 */
export function makeCard(key, acts) {
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
  const [badge, span, count] = [h("b", {}), h("em", {}), h("span", { class: "cnt" })];
  const unit = h("span", { class: "unit", "aria-hidden": "true" }, "s");
  const prompt = h("div", { class: "tx" }, area);
  const time = h("div", { class: "step" }, tools.less, input, unit, tools.longer);
  const foot = h("footer", {}, time, count);
  const buttons = h("div", { class: "tools" }, tools.up, tools.down, tools.twin, tools.gone);
  const element = h(
    "section",
    {
      class: "shot-card",
      dataset: { key: String(key) },
      onfocusin: acts.highlight,
      onfocusout: () => queueMicrotask(acts.highlight),
    },
    h("header", {}, badge, span, buttons),
    prompt,
    foot,
  );
  return { ...tools, element, area, input, badge, span, count, prompt, foot };
}

/**
 * @param {string} name
 * @param {string} words
 * @param {(target: HTMLElement) => void} act
 */
const toolButton = (name, words, act) =>
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
 * @param {EditedShot} shot
 * @param {number} index
 * @param {number} start
 * @param {EditedShot[]} shots
 * @param {ShotsRule} limits
 */
export function showCard(card, shot, index, start, shots, limits) {
  const number = index + 1;
  card.element.id = `shot-${number}`;
  card.element.setAttribute("aria-label", `Shot ${number}`);
  card.prompt.id = `shot-${number}-prompt`;
  card.foot.id = `shot-${number}-seconds`;
  card.area.setAttribute("aria-label", `Shot ${number} prompt`);
  card.input.setAttribute("aria-label", `Shot ${number} seconds`);
  card.input.min = String(limits.seconds.low);
  card.input.max = String(limits.seconds.high);
  if (card.area.value !== shot.prompt) card.area.value = shot.prompt;
  if (card.input.value !== String(shot.seconds ?? "")) card.input.value = String(shot.seconds ?? "");
  say(card.badge, String(number));
  say(card.span, `${start}–${start + seconds(shot)} s`);
  count(card.count, limits.prompt, shot.prompt);
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
  rest(card.less, seconds(shot) <= low ? `A shot lasts at least ${low} s` : "", "One second less");
  rest(card.longer, seconds(shot) >= high ? `A shot lasts at most ${high} s` : "", "One second more");
  rest(card.up, index === 0 ? "This is already the first shot" : "", "Move earlier");
  rest(card.down, index === shots.length - 1 ? "This is already the last shot" : "", "Move later");
  rest(card.twin, full(shots, limits), "Duplicate");
  rest(card.gone, shots.length <= limits.least ? `This model needs at least ${limits.least} shots` : "", "Remove");
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
 * Why there is no room for another shot; nothing where there is.
 * @param {EditedShot[]} shots
 * @param {ShotsRule} limits
 */
export const full = (shots, limits) =>
  shots.length >= limits.most ? `This model makes at most ${limits.most} shots` : "";
