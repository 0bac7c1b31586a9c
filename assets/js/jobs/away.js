// Failures that were put away stay in the library; which ones, this browser remembers.

import * as storage from "../core/storage.js";

/** Under which name they are stored. */
export const AWAY = "studio-put-away";
const MOST = 500;

/**
 * Ids of the jobs that were put away.
 * @returns {Set<string>}
 */
export function kept() {
  const ids = storage.kept(storage.BROWSER, AWAY);
  return new Set(Array.isArray(ids) ? ids.map(String) : []);
}

/**
 * Remember these, the latest of them.
 * @param {Set<string>} ids
 */
export const keep = (ids) => storage.keep(storage.BROWSER, AWAY, [...ids].slice(-MOST));
