// Ways to make a plan legal again, each as the plan that it would give, or a sentence that says why not. No page here.

import { joined, merged } from "./edits.js";
import { BEGINS, faults, final, finals, lead, together } from "./fit.js";
import { allowed, evenly, goal, lasting } from "./lengths.js";
import { characters, wholeSeconds } from "../core/rules.js";

/** @typedef {{ plan: Plan, why: "" } | { plan: null, why: string }} Outcome */
/** @typedef {{ name: string, label: string } & Outcome} Repair */

/**
 * @param {string} why
 * @returns {Outcome}
 */
const not = (why) => ({ plan: null, why });
/**
 * @param {Plan} plan
 * @returns {Outcome}
 */
const so = (plan) => ({ plan, why: "" });

/**
 * Every repair of this plan for this rule.
 * @param {Plan} plan
 * @param {ShotsRule} limits
 * @returns {Repair[]}
 */
export function repairs(plan, limits) {
  const total = reached(plan.shots, limits) ?? goal(lasting(plan.shots), limits);
  const found = [
    { name: "scale", label: `Scale to ${total} s`, ...timed(plan, limits, scaled) },
    { name: "spread", label: `Spread ${total} s evenly`, ...timed(plan, limits, evened) },
    { name: "merge", label: "Merge shots", ...merge(plan, limits) },
    { name: "trim", label: "Trim texts", ...trim(plan, limits) },
  ];
  return limits.in_one_text === null ? found : [...found, { name: "line", label: "One line each", ...oneLine(plan) }];
}

/**
 * The legal length nearest to what is wanted that so many shots can have; null where there is none.
 * @param {Shot[]} shots
 * @param {ShotsRule} limits
 */
function reached(shots, limits) {
  const [least, most] = [shots.length * limits.seconds.low, shots.length * limits.seconds.high];
  const wanted = goal(lasting(shots), limits);
  if (limits.sums.length) {
    const sums = limits.sums.filter((sum) => sum >= least && sum <= most);
    return sums.sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted) || b - a)[0] ?? null;
  }
  const [low, high] = [Math.max(least, limits.total_least), Math.min(most, limits.total)];
  return low > high ? null : Math.min(Math.max(wanted, low), high);
}

/**
 * @param {Plan} plan
 * @param {ShotsRule} limits
 * @param {(shots: Shot[], total: number, limits: ShotsRule) => number[]} share
 * @returns {Outcome}
 */
function timed(plan, limits, share) {
  const { shots } = plan;
  if (!shots.length) return not("There are no shots yet.");
  const total = reached(shots, limits);
  const { low, high } = limits.seconds;
  if (total === null)
    return not(`${shots.length} shots of ${low} to ${high} s each can't make a video of ${allowed(limits)}.`);
  const parts = share(shots, total, limits);
  if (shots.every((one, index) => one.seconds === parts[index])) return not(`They last ${total} s like this already.`);
  return so({ ...plan, shots: shots.map((one, index) => ({ ...one, seconds: parts[index] })) });
}

/**
 * @param {Shot[]} shots
 * @param {number} total
 */
const evened = (shots, total) => evenly(total, shots.length);

// Each keeps its share as far as whole seconds and the limits of a shot let it.
/**
 * @param {Shot[]} shots
 * @param {number} total
 * @param {ShotsRule} limits
 */
function scaled(shots, total, { seconds: { low, high } }) {
  const sum = lasting(shots);
  const wanted = shots.map((one) => (sum ? (wholeSeconds(one.seconds) * total) / sum : total / shots.length));
  const parts = wanted.map((each) => Math.min(high, Math.max(low, Math.floor(each))));
  for (let left = total - lasting(parts.map((seconds) => ({ prompt: "", seconds }))); left; left -= Math.sign(left)) {
    const step = Math.sign(left);
    const free = parts.flatMap((part, index) => (part + step >= low && part + step <= high ? [index] : []));
    const [next] = free.sort((a, b) => step * (wanted[b] - parts[b] - (wanted[a] - parts[a])) || a - b);
    parts[next] += step;
  }
  return parts;
}

/**
 * Neighbours become one shot, the shortest texts first: as many as are too many, else two.
 * @param {Plan} plan
 * @param {ShotsRule} limits
 * @returns {Outcome}
 */
function merge(plan, limits) {
  const wanted = Math.min(limits.most, plan.shots.length - 1);
  if (wanted < Math.max(1, limits.least)) return not(`This model needs at least ${Math.max(1, limits.least)} shots.`);
  let { shots } = plan;
  while (shots.length > wanted) {
    const index = closest({ ...plan, shots }, limits);
    if (index === null)
      return not(
        `No two neighbours make one shot of up to ${limits.seconds.high} s and ${limits.prompt.longest} characters.`,
      );
    shots = merged(shots, index, limits);
  }
  return so({ ...plan, shots });
}

/**
 * @param {Plan} plan
 * @param {ShotsRule} limits
 */
function closest(plan, limits) {
  const pairs = plan.shots.slice(0, -1).map((one, index) => {
    const next = plan.shots[index + 1];
    const text = final(plan, joined(one.prompt, next.prompt));
    const seconds = wholeSeconds(one.seconds) + wholeSeconds(next.seconds);
    return { index, used: characters(text, limits.prompt), seconds };
  });
  const fitting = pairs.filter(({ used, seconds }) => used <= limits.prompt.longest && seconds <= limits.seconds.high);
  return fitting.sort((a, b) => a.used - b.used || a.seconds - b.seconds)[0]?.index ?? null;
}

/**
 * Texts that are too long end at a word within the limit.
 * @param {Plan} plan
 * @param {ShotsRule} limits
 * @returns {Outcome}
 */
function trim(plan, limits) {
  const sent = finals(plan);
  if (!faults(sent, limits).some(({ kind, soft }) => kind === "long" && !soft)) return not("No text is too long.");
  const before = characters(lead(plan), limits.prompt);
  const most = longestEach(sent, limits);
  // A letter of two units, and the space and the full stop that may stand before it.
  if (before && most < before + 4) return not("The style and cast lines alone fill the limit. Shorten them first.");
  if (most < 1) return not("So many shots leave no room for texts. Merge shots first.");
  const shots = plan.shots.map((one, index) => {
    const used = characters(sent[index].prompt, limits.prompt);
    if (used <= most) return one;
    const own = characters(one.prompt.trim(), limits.prompt);
    return { ...one, prompt: cut(one.prompt.trim(), own - (used - most), limits.prompt) };
  });
  return so({ ...plan, shots });
}

// Where all texts share one limit, the longest ones give way.
/**
 * @param {Shot[]} sent
 * @param {ShotsRule} limits
 */
function longestEach(sent, { prompt, in_one_text }) {
  if (in_one_text === null) return prompt.longest;
  const used = sent.map((one) => characters(one.prompt.trim()));
  const free = in_one_text - together(sent.map(({ seconds }) => ({ prompt: "", seconds })));
  let most = prompt.longest;
  const sum = () => used.reduce((all, each) => all + Math.min(each, most), 0);
  while (most > 0 && sum() > free) most -= 1;
  return most;
}

/**
 * @param {string} text
 * @param {number} most
 * @param {TextRule} rule
 */
function cut(text, most, rule) {
  let [kept, used] = ["", 0];
  for (const sign of text) {
    used += characters(sign, rule);
    if (used > most) break;
    kept += sign;
  }
  const word = /^\S/.test(text.slice(kept.length)) ? kept.replace(/\s+\S*$/, "") : kept;
  return (word.trim() || kept).trim();
}

/**
 * What such a model would take for the end or the beginning of a shot goes out of the texts.
 * @param {Plan} plan
 * @returns {Outcome}
 */
function oneLine(plan) {
  /** @type {(text: string) => string} */
  const begun = (text) => (BEGINS.test(text) ? begun(text.replace(BEGINS, "")) : text);
  const clean = (/** @type {string} */ text) => begun(text.replace(/;/g, ",").replace(/\s*[\r\n]+\s*/g, " "));
  const shots = plan.shots.map((one) => ({ ...one, prompt: clean(one.prompt) }));
  const now = { ...plan, style: clean(plan.style), cast: clean(plan.cast), shots };
  return JSON.stringify(now) === JSON.stringify(plan) ? not("Every text is one line already.") : so(now);
}
