// The studio's time, and moments in words.

// How far the studio's clock is ahead of this browser's, in milliseconds; small differences do not count.
let skew = 0;

/** The studio's time, in seconds since the epoch. */
export const now = () => (Date.now() + skew) / 1000;

/**
 * Take in what the studio's clock shows: the header `Date` of an answer.
 * @param {string | null} date
 */
export function learnSkew(date) {
  const gap = date ? Date.parse(date) - Date.now() : 0;
  skew = Math.abs(gap) > 3000 ? gap : 0;
}

/**
 * How long ago, in words: just now, 3 min ago, 5 h ago, else the date.
 * @param {number} epoch
 */
export function since(epoch) {
  const seconds = now() - epoch;
  if (seconds < 45) return "just now";
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86400) return `${Math.round(seconds / 3600)} h ago`;
  return new Date(epoch * 1000).toLocaleDateString([], { year: "numeric", month: "short", day: "numeric" });
}

/**
 * A moment as date and time, the same everywhere.
 * @param {number} epoch
 */
export const moment = (epoch) => new Date(epoch * 1000).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
