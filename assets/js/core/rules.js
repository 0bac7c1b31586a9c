// The catalogue's rules, read in the browser. `rulesFor` is the twin of ModelSpec.rules_for; a test holds them equal.

import { SIZE } from "./numbers.js";

/**
 * Whether a field holds anything: blank text, an empty list and null do not.
 * @param {unknown} value
 */
export function isGiven(value) {
  if (typeof value === "string") return value.trim() !== "";
  if (Array.isArray(value)) return value.length > 0;
  if (value && typeof value === "object") return Object.keys(value).length > 0;
  return value !== null && value !== undefined;
}

/**
 * The rules in force once these fields are given.
 * @param {Spec} spec
 * @param {Given} given
 * @returns {Rules}
 */
export function rulesFor(spec, given) {
  const rules = { ...spec.rules };
  for (const when of spec.when) {
    // A switch is given while it is on.
    if (!isGiven(given[when.field]) || given[when.field] === false) continue;
    Object.assign(rules, when.rules);
    for (const field of when.hides) delete rules[field];
  }
  return rules;
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
const isWhole = (value) => Number.isSafeInteger(value);

/**
 * The option that a value means, in the vendor's own spelling: one writes 4k, another 4K.
 * @template V
 * @param {Rule} rule
 * @param {V} value
 * @returns {V}
 */
export function meant(rule, value) {
  if (rule.rule !== "choice" || typeof value !== "string" || /** @type {unknown[]} */ (rule.options).includes(value))
    return value;
  const same = rule.options.find((option) => String(option).toLowerCase() === value.toLowerCase());
  return typeof same === "string" ? /** @type {V} */ (same) : value;
}

/**
 * Whether one value meets a choice, span or flag; nothing meets them all.
 * @param {Rule} rule
 * @param {unknown} value
 * @returns {boolean}
 */
export function fits(rule, value) {
  if (value === null || value === undefined) return true;
  if (rule.rule === "choice") return /** @type {unknown[]} */ (rule.options).includes(meant(rule, value));
  if (rule.rule === "span") return isWhole(value) && value >= rule.low && value <= rule.high;
  return rule.rule === "flag" && typeof value === "boolean";
}

/**
 * The rule of a field that holds files.
 * @param {Rules} rules
 * @param {string} field
 * @returns {Slot | undefined}
 */
export function slot(rules, field) {
  const rule = rules[field];
  return rule?.rule === "slot" ? rule : undefined;
}

/**
 * Whether the field is an option: one value that is sent under the field's name.
 * @param {Rule} rule
 * @returns {rule is OptionRule}
 */
export const isOption = (rule) => rule.rule === "choice" || rule.rule === "span" || rule.rule === "flag";

/**
 * What a shot's seconds add to a sum: only a whole, positive number counts.
 * @param {unknown} value
 * @returns {number}
 */
export const wholeSeconds = (value) => (isWhole(value) && value > 0 ? value : 0);

/**
 * @param {string | number} option
 * @returns {number | null}
 */
const sized = (option) => {
  const [, digits, unit] = SIZE.exec(String(option)) ?? [];
  return digits === undefined ? null : Number(digits) * (/k/i.test(unit) ? 1000 : 1);
};

/**
 * Options that are sizes or numbers from small to large, others as they stand. `fields.in_order` does the same.
 * @template {string | number} O
 * @param {O[]} options
 */
export function inOrder(options) {
  return options.some((option) => sized(option) === null)
    ? options
    : [...options].sort((a, b) => Number(sized(a)) - Number(sized(b)));
}

/**
 * Characters as the rule counts them: code points, or UTF-16 units where the vendor does so.
 * @param {string} text
 * @param {{ utf16?: boolean } | null} [rule]
 */
export function characters(text, rule) {
  if (rule?.utf16) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
