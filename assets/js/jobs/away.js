// Failures that were put away stay in the library; which ones, this browser remembers.

/** Under which name they are stored. */
export const AWAY = "studio-put-away";
const MOST = 500;

/**
 * Ids of the jobs that were put away.
 * @returns {Set<string>}
 */
export function kept() {
  try {
    return new Set(JSON.parse(localStorage.getItem(AWAY) ?? "[]"));
  } catch {
    return new Set(); // Storage may be forbidden; they then come back with the page.
  }
}

/**
 * Remember these, the latest of them.
 * @param {Set<string>} ids
 */
export function keep(ids) {
  try {
    localStorage.setItem(AWAY, JSON.stringify([...ids].slice(-MOST)));
  } catch {
    // As above.
  }
}
