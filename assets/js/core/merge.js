// Two windows write one thing: what changed here is put over what stands there, and nothing else. No page here.

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
const isTable = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * @param {unknown} one
 * @param {unknown} other
 */
const equal = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * `there` with what changed here between `before` and `now`. Tables are taken apart; all else is one thing.
 * @param {unknown} there
 * @param {unknown} before
 * @param {unknown} now
 * @returns {unknown}
 */
export function merged(there, before, now) {
  if (equal(before, now)) return there;
  if (!isTable(now)) return now;
  const [held, old] = [isTable(there) ? there : {}, isTable(before) ? before : {}];
  const names = new Set([...Object.keys(held), ...Object.keys(old), ...Object.keys(now)]);
  const whole = [...names].map((name) => [name, merged(held[name], old[name], now[name])]);
  return Object.fromEntries(whole.filter(([, value]) => value !== undefined));
}
