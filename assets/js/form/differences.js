// What a choice of another model took away or changed, in words.

import { isGiven } from "../core/rules.js";
import { label, spec } from "../core/store.js";

/** @typedef {{ rules: Rules, options: [field: string, value: Value | undefined][], prompt: string }} Chosen */

/**
 * What a person chose, as far as it is in force.
 * @param {FormState} state
 * @returns {Chosen}
 */
export function chosen(state) {
  const options = Object.entries(state.options);
  return {
    rules: state.rules,
    options: options.filter(([field, value]) => isGiven(value) && state.wish[field] === value),
    prompt: state.rules.prompt ? state.prompt : "",
  };
}

/**
 * What of it is no longer so, in a sentence or two.
 * @param {FormState} state
 * @param {Chosen} before
 * @param {string[]} [lost] what else was left out
 */
export function difference(state, before, lost = []) {
  const gone = [...lost];
  const changed = [];
  if (isGiven(before.prompt) && !state.rules.prompt) gone.unshift("the prompt");
  for (const [field, value] of before.options) {
    const rule = state.rules[field];
    const was = `${label(field).toLowerCase()} ${words(before.rules[field], value)}`;
    if (!rule) gone.push(was);
    else if (state.options[field] !== value) changed.push(`${was} to ${words(rule, state.options[field])}`);
  }
  const parts = [];
  if (gone.length) parts.push(`Left out for ${spec(state.model)?.label}: ${gone.join(", ")}.`);
  if (changed.length) parts.push(`Changed: ${changed.join(", ")}.`);
  return parts.join(" ");
}

/**
 * @param {Rule} rule
 * @param {Value | undefined} value
 */
function words(rule, value) {
  if (value === undefined) return "unset";
  if (rule.rule === "flag") return value ? "on" : "off";
  return `${value} ${"unit" in rule ? rule.unit : ""}`.trim();
}
