// What this browser keeps for the page, as JSON. Storage may be full, forbidden or written by another version: then
// nothing is kept, and the page works without.

/** Kept for every window, and when all are closed. */
export const BROWSER = "localStorage";
/** Kept for this window, as long as it is open. */
export const WINDOW = "sessionStorage";

/**
 * What is kept under this name, or null.
 * @param {typeof BROWSER | typeof WINDOW} where
 * @param {string} name
 * @returns {unknown}
 */
export function kept(where, name) {
  try {
    return JSON.parse(window[where].getItem(name) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export const isObject = (value) => typeof value === "object" && value !== null;

/**
 * @param {typeof BROWSER | typeof WINDOW} where
 * @param {string} name
 * @param {unknown} value
 */
export function keep(where, name, value) {
  try {
    window[where].setItem(name, JSON.stringify(value));
  } catch {
    // As above.
  }
}
