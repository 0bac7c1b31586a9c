// The studio's time, and moments in words.

// How far the studio's clock is ahead of this browser's, in milliseconds; small differences do not count.
let skew = 0;

// The page is English, whatever the browser speaks: its kind of English, if it has one, and its 12 or 24 hours.
const ENGLISH = globalThis.navigator?.languages?.find((one) => /^en\b/i.test(one)) ?? "en";
const { hourCycle } = new Intl.DateTimeFormat([], { timeStyle: "short" }).resolvedOptions();
const DAY = new Intl.DateTimeFormat(ENGLISH, { year: "numeric", month: "short", day: "numeric" });
const MOMENT = new Intl.DateTimeFormat(ENGLISH, { dateStyle: "medium", timeStyle: "short", hourCycle });

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
  return dateOf(epoch);
}

/**
 * A moment as date and time, the same everywhere.
 * @param {number} epoch
 */
export const moment = (epoch) => MOMENT.format(epoch * 1000);

/**
 * A moment as its date alone.
 * @param {number} epoch
 */
export const dateOf = (epoch) => DAY.format(epoch * 1000);
