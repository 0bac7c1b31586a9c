// Numbers in words: lengths of time, sizes, sums. No page here.

/**
 * Seconds as a clock: 0:41, 12:05, 1:02:03.
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/**
 * Width by height of a picture or a clip, as far as it is known.
 * @param {{ width: number | null, height: number | null }} file
 */
export const ratio = (file, usual = 16 / 9) => Number(file.width) / Number(file.height) || usual;

/**
 * Seconds in words: 4 s, 1 min 48 s, 2 h 5 min.
 * @param {number} seconds
 */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min${whole % 60 ? ` ${whole % 60} s` : ""}`;
  return `${Math.floor(whole / 3600)} h ${Math.floor(whole / 60) % 60} min`;
}

/**
 * Bytes as people count them: 812 B, 34 kB, 1.4 MB.
 * @param {number | null | undefined} bytes
 */
export function size(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [value, unit] = [Number(bytes) || 0, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/**
 * Money as the vendor counts it; "unknown" when it is.
 * @param {{ amount: number, unit: string } | null | undefined} cost
 */
export function amount(cost) {
  if (!cost || typeof cost.amount !== "number") return "unknown";
  const isSign = /^\P{L}/u.test(cost.unit);
  const most = Math.abs(cost.amount) < (isSign ? 0.1 : 1) ? 4 : 2; // Some images cost less than a cent.
  const rounded = Number(cost.amount.toFixed(most));
  const cents = (isSign || /^[A-Z]{3}$/.test(cost.unit)) && rounded % 1 ? 2 : 0;
  const figure = decimals(cents, most).format(Math.abs(rounded));
  const told = `${rounded < 0 ? "-" : ""}${isSign ? cost.unit : ""}${figure}`;
  return isSign ? told : `${told} ${told === "1" ? cost.unit.replace(/^([a-z]+)s$/, "$1") : cost.unit}`.trim();
}

// What an option looks like that has a place in an order: 5, 720p, 4K.
export const SIZE = /^(\d+(?:\.\d+)?)([pk]?)$/i;

/**
 * A value as people write it: "15 s", "62%", "2×", "720p", "4K", whatever case a vendor gives it. The twin of
 * `with_unit` in rules.py.
 * @param {unknown} value
 * @param {string} unit
 */
export function withUnit(value, unit) {
  const [, digits, letter] = SIZE.exec(String(value)) ?? [];
  const word = digits === undefined ? value : `${digits}${letter === "k" ? "K" : letter.replace("P", "p")}`;
  return "×%".includes(unit || " ") ? `${word}${unit}` : `${word} ${unit}`.trim();
}

/**
 * @param {number} count
 */
export const needAttention = (count) => `${number(count)} ${count === 1 ? "needs" : "need"} attention`;

// Making one takes longer than using it a hundred times.
/** @type {Record<string, Intl.NumberFormat>} */
const formats = {};

/**
 * @param {number} least
 * @param {number} most
 */
const decimals = (least, most) =>
  (formats[`${least} ${most}`] ??= new Intl.NumberFormat("en", {
    minimumFractionDigits: least,
    maximumFractionDigits: most,
  }));

/**
 * A count with its thousands apart.
 * @param {number | null | undefined} value
 */
export const number = (value) => Number(value ?? 0).toLocaleString("en");
