// What can be done to the shots of a plan: each edit gives a new list and leaves the old one. No page here.

import { wholeSeconds } from "../core/rules.js";

let made = 0;
/**
 * A shot as the editor keeps it; `key` outlives its place.
 * @param {string} prompt
 * @param {number | null} seconds
 * @returns {EditedShot}
 */
export const shot = (prompt, seconds) => ({ key: ++made, prompt, seconds });

/**
 * Seconds within what one shot may last.
 * @param {number} value
 * @param {ShotsRule} limits
 */
export const within = (value, { seconds }) => Math.min(seconds.high, Math.max(seconds.low, value));

/**
 * @param {EditedShot[]} shots
 * @param {number} from
 * @param {number} to
 */
export function moved(shots, from, to) {
  const list = [...shots];
  const [one] = list.splice(from, 1);
  list.splice(to, 0, one);
  return list;
}

/**
 * Two shots in place of one, parted in its text at `caret`; each gets half of its seconds, as far as a shot may be that
 * short.
 * @param {EditedShot[]} shots
 * @param {number} index
 * @param {number} caret
 * @param {ShotsRule} limits
 */
export function split(shots, index, caret, limits) {
  const one = shots[index];
  const [before, after] = parted(one.prompt, caret);
  const whole = wholeSeconds(one.seconds);
  const second = within(Math.floor(whole / 2), limits);
  const first = within(whole - second, limits);
  return shots.toSpliced(index, 1, { ...one, prompt: before, seconds: first }, shot(after, second));
}

// Where nobody put a cursor into the text, it is parted nearest to its middle: between sentences, else between words.
/**
 * @param {string} text
 * @param {number} caret
 */
function parted(text, caret) {
  const inside = caret > 0 && caret < text.length;
  const middle = text.length / 2;
  const ends = (/** @type {RegExp} */ end) => [...text.matchAll(end)].map((found) => found.index + found[0].length);
  const sentences = ends(/[.!?;:,]\s+/g);
  const places = sentences.length ? sentences : ends(/\s+/g);
  const [nearest] = places.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  const place = inside ? caret : (nearest ?? text.length);
  return [text.slice(0, place).trim(), text.slice(place).trim()];
}

/**
 * One shot in place of this and the next: both texts, and the seconds of both as far as one shot may last.
 * @param {EditedShot[]} shots
 * @param {number} index
 * @param {ShotsRule} limits
 */
export function merged(shots, index, limits) {
  const [one, next] = shots.slice(index, index + 2);
  const seconds = within(wholeSeconds(one.seconds) + wholeSeconds(next.seconds), limits);
  return shots.toSpliced(index, 2, { ...one, prompt: joined(one.prompt, next.prompt), seconds });
}

/**
 * Texts one after the other; a sentence that does not end is ended.
 * @param {...string} texts
 */
export const joined = (...texts) =>
  texts
    .map((text) => text.trim())
    .filter(Boolean)
    .map((text, index, all) => (index < all.length - 1 && /[\p{L}\p{N})"'”’]$/u.test(text) ? `${text}.` : text))
    .join(" ");

/**
 * The edge between this shot and the next, so many seconds later: one grows by what the other loses, as far as both
 * may.
 * @param {EditedShot[]} shots
 * @param {number} index
 * @param {number} by
 * @param {ShotsRule} limits
 */
export function shifted(shots, index, by, limits) {
  const [one, next] = shots.slice(index, index + 2).map((each) => wholeSeconds(each.seconds));
  const { low, high } = limits.seconds;
  const least = Math.max(low - one, next - high);
  const most = Math.min(high - one, next - low);
  const far = Math.min(Math.max(by, least), most);
  if (least > most || !far) return shots;
  return shots.map((each, place) =>
    place === index ? { ...each, seconds: one + far } : place === index + 1 ? { ...each, seconds: next - far } : each,
  );
}
