// The references of a multishot as chips on each card: a press names one in the text of that shot, or no longer.

import { h } from "../core/dom.js";
import { refocused } from "../core/focus.js";
import { namedIn, nameOf, unnamed } from "./bound.js";

/** @typedef {import("./bound.js").Named} Named */

/**
 * Show the chips of one shot.
 * @param {HTMLElement} element
 * @param {Named | null} named
 * @param {string} text of the shot
 * @param {(number: number, isNamed: boolean) => void} press
 */
export function showChips(element, named, text, press) {
  const said = named ? namedIn(text, named) : [];
  const drawn = JSON.stringify([named, said]);
  element.hidden = !named;
  if (!named || element.dataset.drawn === drawn) return;
  element.dataset.drawn = drawn;
  const chip = (/** @type {number} */ number) => {
    const isNamed = said.includes(number);
    const title = isNamed ? "This shot uses it. Press to take it out" : "Use it in this shot";
    const act = () => press(number, isNamed);
    const props = { type: "button", "aria-pressed": String(isNamed), title, onclick: act };
    return h("button", props, nameOf(named, number));
  };
  const vain = said.filter((number) => number < 1 || number > named.count).map((number) => nameOf(named, number));
  refocused(element, () =>
    element.replaceChildren(
      ...Array.from({ length: named.count }, (_, place) => chip(place + 1)),
      ...(vain.length ? [h("span", { class: "vain" }, `There is no ${vain.join(", ")}`)] : []),
    ),
  );
}

/**
 * What is to be said of references that no shot uses.
 * @param {Named | null} named
 * @param {string[]} texts
 */
export function unused(named, texts) {
  const free = named ? unnamed(texts, named).map((number) => nameOf(/** @type {Named} */ (named), number)) : [];
  return free.length ? `No shot uses ${free.join(", ")} yet.` : "";
}
