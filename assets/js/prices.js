// What a form will cost by the published prices. `estimate` is the twin of ModelSpec.estimate; a test holds them equal.

import { amount } from "./dom.js";
import { isOption, rulesFor } from "./rules.js";

// The fields as they will be sent: defaults filled in, empty ones left out.
function complete(row, given) {
  const fields = { ...given };
  for (const [field, rule] of Object.entries(rulesFor(row, given))) {
    const value = isOption(rule) ? given[field] ?? rule.default : null;
    if (value !== null && value !== undefined) fields[field] = value;
  }
  return fields;
}

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

function times(per, fields) {
  if (per === "task") return 1;
  if (per === "picture") return fields.count ?? 1;
  if (!Array.isArray(fields.shots)) return fields.duration;
  return fields.shots.reduce((sum, shot) => sum + (isNumber(shot?.seconds) ? shot.seconds : 0), 0);
}

const holds = (row, fields) => row.prices.find(({ when }) => Object.entries(when).every(([field, values]) => values.includes(fields[field] ?? null)));

/** "12 credits a second" as the model comes, or nothing. */
export function rate(row) {
  const price = holds(row, complete(row, {}));
  return price ? `${amount(price)} a ${price.per}` : "";
}

/** {amount, unit} by the first price that holds for these fields; null where nobody has published one. */
export function estimate(row, given) {
  const fields = complete(row, given);
  const price = holds(row, fields);
  const many = price && times(price.per, fields);
  return isNumber(many) ? { amount: Math.round(price.amount * many * 1e4) / 1e4, unit: price.unit } : null;
}

/** "about 120 credits", or nothing where the price is unknown. */
export const about = (cost) => (cost ? `about ${amount(cost)}` : "");
