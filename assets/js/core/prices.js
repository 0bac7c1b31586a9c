// What a form will cost by the published prices. `estimate` is the twin of ModelSpec.estimate; a test holds them equal.

import { amount } from "./numbers.js";
import { isGiven, isOption, rulesFor } from "./rules.js";

// The fields as they will be sent: defaults filled in, empty ones left out.
/**
 * @param {Spec} row
 * @param {Given} given
 */
function complete(row, given) {
  /** @type {Given} */
  const fields = { ...given };
  for (const [field, rule] of Object.entries(rulesFor(row, given))) {
    const value = isOption(rule) ? (given[field] ?? rule.default) : null;
    if (value !== null && value !== undefined) fields[field] = value;
  }
  return fields;
}

/** @type {Record<Price["per"], string>} */
const PER = { picture: "image", second: "second", task: "generation" };

/**
 * @param {unknown} value
 * @returns {value is number}
 */
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

/**
 * @param {Price["per"]} per
 * @param {Given} fields
 * @param {number | null} seconds
 */
function times(per, fields, seconds) {
  if (per === "task") return 1;
  if (per === "picture") return fields.count ?? 1;
  // Where no length is asked for, the result is as long as the video handed in.
  if (!Array.isArray(fields.shots)) return fields.duration ?? seconds;
  return fields.shots.reduce((sum, shot) => sum + (isNumber(shot?.seconds) ? shot.seconds : 0), 0);
}

/**
 * @param {Spec} row
 * @param {Given} fields
 */
const pictures = (row, fields) =>
  Object.entries(rulesFor(row, fields)).reduce(
    (sum, [field, rule]) =>
      sum +
      (rule.rule === "slot" && rule.kind === "image" && isGiven(fields[field]) ? [fields[field]].flat().length : 0),
    0,
  );

/**
 * @param {Spec} row
 * @param {Given} fields
 */
const holds = (row, fields) =>
  row.prices.find(({ when }) =>
    Object.entries(when).every(([field, values]) => values.includes(/** @type {Value} */ (fields[field] ?? null))),
  );

/**
 * "12 credits a second" as the model comes, or nothing.
 * @param {Spec} row
 */
export function rate(row) {
  const price = holds(row, complete(row, {}));
  return price ? `${price.at_least ? "at least " : ""}${amount(price)} per ${PER[price.per]}` : "";
}

/**
 * {amount, unit, at_least} by the first price that holds for these fields; null where nobody has published one.
 * `handedIn`: seconds of the video.
 * @param {Spec} row
 * @param {Given} given
 * @param {number | null} [handedIn]
 * @returns {Required<Cost> | null}
 */
export function estimate(row, given, handedIn = null) {
  const fields = complete(row, given);
  const price = holds(row, fields);
  if (!price) return null;
  // A second that has begun counts whole, but for a price that is a lower bound.
  const seconds = isNumber(handedIn) ? Math[price.at_least ? "floor" : "ceil"](handedIn) : null;
  const asked = times(price.per, fields, seconds);
  const many = isNumber(asked) ? asked : null;
  if (many === null && !price.least) return null;
  const sum =
    price.amount * (many ?? 0) + price.each_picture * pictures(row, fields) + price.each_second_in * (seconds ?? 0);
  const unknown = many === null || (price.each_second_in > 0 && seconds === null);
  return {
    amount: Math.round(Math.max(sum, price.least) * 1e4) / 1e4,
    unit: price.unit,
    at_least: price.at_least || unknown,
  };
}

/**
 * "about 120 credits", "at least 56 credits", or nothing where the price is unknown.
 * @param {Cost | null | undefined} cost
 */
export const about = (cost) => (cost ? `${cost.at_least ? "at least" : "about"} ${amount(cost)}` : "");
