// What a person asks of the list of shots: each command keeps the limits, or says why it does nothing.

import { merged, moved, shot, split, within } from "./edits.js";
import { lasting } from "./lengths.js";
import { few, full, seconds } from "./shotcard.js";

/**
 * @typedef {object} Desk what the commands work on
 * @property {() => EditedShot[]} list
 * @property {(shots: EditedShot[]) => void} set
 * @property {() => ShotsRule} rule
 * @property {(text: string, back?: (() => void) | null) => void} tell
 * @property {(key: number | undefined, from?: Element | null) => void} focusOn
 * @property {(key: number) => HTMLTextAreaElement | undefined} area
 */

/** @param {Desk} desk */
export function makeCommands({ list, set, rule, tell, focusOn, area }) {
  /**
   * Do it, unless there is a reason against it.
   * @param {string} reason
   * @param {() => void} act
   */
  const unless = (reason, act) => (reason ? tell(reason) : act());

  /**
   * @param {number} index
   * @param {string} [prompt]
   * @param {number | null} [length]
   */
  function add(index, prompt = "", length = null) {
    unless(full(list(), rule()), () => {
      const from = document.activeElement;
      const free = rule().total - lasting(list());
      const wanted = length ?? Math.min(rule().seconds.default ?? rule().seconds.low, free);
      const made = shot(prompt, within(wanted, rule()));
      set(list().toSpliced(index, 0, made));
      focusOn(made.key, from);
    });
  }

  /** @param {number} index */
  const duplicate = (index) => add(index + 1, list()[index].prompt, seconds(list()[index]));

  /** @param {number} index */
  function remove(index) {
    unless(few(list(), rule()), () => {
      const from = document.activeElement;
      const gone = list()[index];
      set(list().toSpliced(index, 1));
      tell(`Shot ${index + 1} removed.`, () => {
        set(list().toSpliced(Math.min(index, list().length), 0, gone));
        area(gone.key)?.focus();
      });
      focusOn(list()[Math.min(index, list().length - 1)]?.key, from);
    });
  }

  /**
   * @param {number} from
   * @param {number} to
   * @param {number} key
   */
  function move(from, to, key) {
    if (from < 0 || from === to) return;
    if (to < 0 || to >= list().length) return tell(`This is already the ${to < 0 ? "first" : "last"} shot.`);
    const focused = document.activeElement;
    set(moved(list(), from, to));
    // Moving a card in the document takes the focus from its button.
    (focused instanceof HTMLElement && focused.isConnected && focused !== document.body ? focused : area(key))?.focus();
    tell(`Shot ${from + 1} is now shot ${to + 1}.`);
  }

  /**
   * @param {number} index
   */
  function part(index) {
    unless(full(list(), rule()), () => {
      const from = document.activeElement;
      set(split(list(), index, area(list()[index].key)?.selectionStart ?? 0, rule()));
      const [one, other] = list().slice(index, index + 2);
      tell(
        `Shot ${index + 1} is now shots ${index + 1} and ${index + 2}, ${seconds(one)} s and ${seconds(other)} s long.`,
      );
      focusOn(other.key, from);
    });
  }

  /** @param {number} index */
  function merge(index) {
    const last = index >= list().length - 1 ? "This is already the last shot" : "";
    unless(last || few(list(), rule()), () => {
      const from = document.activeElement;
      set(merged(list(), index, rule()));
      tell(`Shots ${index + 1} and ${index + 2} are now one of ${seconds(list()[index])} s.`);
      focusOn(list()[index].key, from);
    });
  }

  return { add, duplicate, remove, move, split: part, merge };
}
