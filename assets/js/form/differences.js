// What a choice of another model took away or changed, in words.

import { withUnit } from "../core/numbers.js";
import { isGiven, meant } from "../core/rules.js";
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
    options: options.filter(([field, value]) => isGiven(value) && wished(state, field) === value),
    prompt: state.rules.prompt ? state.prompt : "",
  };
}

/**
 * @param {FormState} state
 * @param {string} field
 */
const wished = (state, field) =>
  state.rules[field] ? meant(state.rules[field], state.wish[field]) : state.wish[field];

/**
 * What of it is no longer so, in a sentence or two.
 * @param {FormState} state
 * @param {Chosen} before
 * @param {{ name: string, many: boolean }[]} [lost] what else was left out
 */
export function difference(state, before, lost = []) {
  /** @type {{ name: string, many: boolean }[]} */
  const gone = [...lost];
  const changed = [];
  if (isGiven(before.prompt) && !state.rules.prompt) gone.unshift({ name: "a prompt", many: false });
  for (const [field, value] of before.options) {
    const rule = state.rules[field];
    const [name, was] = [label(field).toLowerCase(), words(before.rules[field], value)];
    if (!rule) gone.push({ name: `${name} (${was})`, many: false });
    else if (state.options[field] !== meant(rule, value))
      changed.push(`${name} from ${was} to ${words(rule, state.options[field])}`);
  }
  const parts = [];
  if (gone.length) parts.push(unsupported(spec(state.model)?.label ?? "", gone));
  if (before.rules.shots && !state.rules.shots && state.shots.some((one) => isGiven(one.prompt)))
    parts.push(`${spec(state.model)?.label ?? ""} makes its own cuts: your shots stay here, but aren't sent.`);
  if (changed.length) parts.push(`Changed: ${changed.join(", ")}.`);
  return parts.join(" ");
}

/**
 * @param {string} model
 * @param {{ name: string, many: boolean }[]} gone
 */
function unsupported(model, gone) {
  const names = gone.map(({ name }) => name);
  const all = names.length > 1 ? `${names.slice(0, -1).join(", ")} or ${names.at(-1)}` : names[0];
  return `${model} doesn't support ${all}, so ${gone.length > 1 || gone[0].many ? "they were" : "it was"} dropped.`;
}

/**
 * @param {Rule} rule
 * @param {Value | undefined} value
 */
function words(rule, value) {
  if (value === undefined) return "unset";
  if (rule.rule === "flag") return value ? "on" : "off";
  return withUnit(value, "unit" in rule ? rule.unit : "");
}
