// Words that wait in braces: their names in a plan, and the plan once they are filled. No page here; Python reads texts
// alike.

const SLOT = /\{[ \t]*([^{}"'`:;,|<>\\/=()[\]0-9 \t\r\n][^{}"`:;,|<>\\/=()[\]\t\r\n]{0,39})\}/gu;

/** @typedef {Pick<import("../types").Plan, "prompt" | "style" | "cast" | "shots">} Texts */

/**
 * The names in braces in a text, in their order.
 * @param {string} text
 */
export const slotsIn = (text) => [...text.matchAll(SLOT)].map(([, name]) => bare(name));

/** @param {string} name */
const bare = (name) => name.replace(/ +$/, "");

/**
 * The names in a plan, each once, in the order in which they are read.
 * @param {Texts} plan
 */
export const slotsOf = ({ prompt, style, cast, shots }) => [
  ...new Set([prompt, style, cast, ...shots.map((one) => one.prompt)].flatMap(slotsIn)),
];

/**
 * A text with words in place of names; a name without words stays, and words that hold braces are words.
 * @param {string} text
 * @param {Readonly<Record<string, string>>} words
 */
const filled = (text, words) =>
  text.replace(SLOT, (whole, name) => (Object.hasOwn(words, bare(name)) && words[bare(name)].trim()) || whole);

/**
 * The plan with words in all its texts.
 * @template {Texts} P
 * @param {P} plan
 * @param {Readonly<Record<string, string>>} words
 * @returns {P}
 */
export const filledPlan = (plan, words) => ({
  ...plan,
  prompt: filled(plan.prompt, words),
  style: filled(plan.style, words),
  cast: filled(plan.cast, words),
  shots: plan.shots.map((one) => ({ ...one, prompt: filled(one.prompt, words) })),
});
