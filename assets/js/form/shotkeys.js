// What keys do in the multishot editor: on a card or a segment, within a text, and anywhere on its tab.

import { targetOf } from "../core/dom.js";
import { composes } from "../core/shortcuts.js";

/**
 * @typedef {object} Acts what a key asks of the editor, for one shot
 * @property {(by: -1 | 1) => void} move
 * @property {(by: number) => void} go to another shot
 * @property {(by: -1 | 1) => void} step make it longer or shorter
 * @property {() => void} edit
 * @property {() => void} leave its text
 * @property {() => void} before insert a shot there
 * @property {() => void} after
 * @property {() => void} duplicate
 * @property {() => void} split
 * @property {() => void} merge
 * @property {() => void} remove
 */

const BACK = ["ArrowLeft", "ArrowUp"];
const ON = ["ArrowRight", "ArrowDown"];
/** @type {Record<string, (acts: Acts) => void>} */
const PLAIN = {
  ArrowLeft: (acts) => acts.go(-1),
  ArrowUp: (acts) => acts.go(-1),
  ArrowRight: (acts) => acts.go(1),
  ArrowDown: (acts) => acts.go(1),
  Home: (acts) => acts.go(-Infinity),
  End: (acts) => acts.go(Infinity),
  Enter: (acts) => acts.edit(),
  Delete: (acts) => acts.remove(),
  Backspace: (acts) => acts.remove(),
  "+": (acts) => acts.step(1),
  "=": (acts) => acts.step(1),
  "-": (acts) => acts.step(-1),
  a: (acts) => acts.after(),
  b: (acts) => acts.before(),
  d: (acts) => acts.duplicate(),
  m: (acts) => acts.merge(),
  s: (acts) => acts.split(),
};

/**
 * A key on one shot's card or segment, or within its fields.
 * @param {KeyboardEvent} event
 * @param {Acts} acts
 */
export function keys(event, acts) {
  const act = composes(event) || event.defaultPrevented ? undefined : wanted(event);
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act(acts);
}

/**
 * @param {KeyboardEvent} event
 * @returns {((acts: Acts) => void) | undefined}
 */
function wanted(event) {
  const target = targetOf(event);
  const bare = target.matches(".shot-card, .segment");
  const text = target.matches("textarea");
  const { key, altKey } = event;
  if (event.ctrlKey || event.metaKey) return undefined;
  if (altKey) {
    if (text && key === "Enter") return (acts) => acts.split();
    // In a text the keys to the left and right go from word to word on some machines.
    const [back, on] = text ? [BACK.slice(1), ON.slice(1)] : [BACK, ON];
    const by = back.includes(key) ? -1 : on.includes(key) ? 1 : 0;
    return by && !target.matches("select") ? (acts) => acts.move(by) : undefined;
  }
  if (key === "Escape" && target.matches("textarea, input")) return (acts) => acts.leave();
  // A segment is a button: its own Enter opens the card.
  if (!bare || (key === "Enter" && target.matches(".segment"))) return undefined;
  return PLAIN[key.length === 1 ? key.toLowerCase() : key];
}

/**
 * Which way through the past a key asks to go: back, on, or nowhere.
 * @param {KeyboardEvent} event
 * @returns {-1 | 0 | 1}
 */
export function through(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || composes(event)) return 0;
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? 1 : -1;
  return key === "y" && !event.shiftKey ? 1 : 0;
}
