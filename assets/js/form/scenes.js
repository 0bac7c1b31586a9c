// A first plan: each shot gets its own view of one scene. No page here.

import { isGiven } from "../core/rules.js";

/** @type {((scene: string) => string)[]} */
const VIEWS = [
  (scene) => `Wide: ${scene}, the camera moves in slowly`,
  () => "Close: one detail of it, shallow focus, almost still",
  () => "Medium: something moves, the camera follows it",
  () => "Low: the same moment from below, against the light",
  () => "Wide again: the camera draws back and comes to rest",
];

/**
 * One line is no plan yet: where no shot says anything, each gets its own view of the scene.
 * @template {Shot} S
 * @param {Spec} row
 * @param {S[]} shots
 * @param {string} prompt
 */
export function begun(row, shots, prompt) {
  const rule = row.rules.shots;
  if (!rule || shots.some((one) => isGiven(one.prompt))) return shots;
  const [first] = prompt.split(/[,.;:\n]/);
  const scene = first.trim().replace(/^(An?|The) /, (article) => article.toLowerCase());
  const view = (/** @type {number} */ place) => [...VIEWS[place % VIEWS.length](scene)];
  return shots.map((one, place) => ({ ...one, prompt: view(place).slice(0, rule.prompt.longest).join("") }));
}
