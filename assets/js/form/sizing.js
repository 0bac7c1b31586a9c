// Fields as large as what they hold, where the browser lacks `field-sizing`: the service's name, and shots' texts.

import { current } from "./form.js";
import { sellers } from "./offers.js";

const LACKING = !CSS.supports("field-sizing", "content");
const AREAS = ":is(.shot-card, .text-line, .many-row) textarea";
const pen = document.createElement("canvas").getContext("2d");

/**
 * As wide as a text in it.
 * @param {HTMLInputElement} input
 * @param {string} text
 */
function widen(input, text) {
  if (!pen) return;
  const { font, paddingLeft, paddingRight } = getComputedStyle(input);
  pen.font = font;
  const words = pen.measureText(text).width;
  input.style.width = `${Math.ceil(words + parseFloat(paddingLeft) + parseFloat(paddingRight)) + 1}px`;
}

/**
 * As high as its lines; the style sheet says how high at most.
 * @param {HTMLTextAreaElement} area
 */
function heighten(area) {
  if (!area.checkVisibility()) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
}

/**
 * Size what a form holds, once it is drawn, wherever the browser does not do it itself.
 * @param {Kind} kind
 */
export function sized(kind) {
  if (!LACKING) return;
  requestAnimationFrame(() => {
    const input = document.querySelector(`#${kind}-vendor input[role=combobox]`);
    const [name] = sellers(kind).find(([, vendor]) => vendor === current(kind)?.offeredBy) ?? [];
    if (input && name) widen(/** @type {HTMLInputElement} */ (input), name);
    for (const area of document.querySelectorAll(AREAS)) heighten(/** @type {HTMLTextAreaElement} */ (area));
  });
}

if (LACKING)
  document.addEventListener("input", ({ target }) => {
    if (target instanceof HTMLTextAreaElement && target.matches(AREAS)) heighten(target);
    if (target instanceof HTMLInputElement && target.matches(".pick-vendor input")) widen(target, target.value);
  });
