// A multishot as text: what people write down a plan in becomes shots, and shots become text again. No page here.

const NUMBER = String.raw`\d+(?:\.\d+)?`;
const SECONDS = String.raw`(${NUMBER})\s*(?:s|sec|secs|seconds?)\b\.?`;
// `5s | prompt`, `5 s: prompt`, `| 5 | prompt |`
const LEADING = new RegExp(`^${SECONDS}\\s*[|:,;–—-]\\s*(.+)$`, "i");
// `Shot 2 (5s): prompt`, `2. prompt`, `- prompt`, `[3s] prompt`
const NAMED = new RegExp(`^(?:(?:shot|scene|cut)\\s*\\d+|#?\\d+[.):]|[-*•])\\s*`, "i");
const BRACKETED = new RegExp(`^[([]\\s*${SECONDS}\\s*[)\\]]\\s*`, "i");
const TRAILING = new RegExp(`\\s*[([]\\s*${SECONDS}\\s*[)\\]]\\s*\\.?$`, "i");
const RULE = /^[|\s:=-]+$/;

/**
 * {prompt, seconds} of each shot in a text; `seconds` is null where none is named. A line is a shot, unless shots are
 * numbered.
 * @param {string} text
 * @returns {Shot[]}
 */
export function readScript(text) {
  const whole = text.trim();
  return (
    fromJson(whole) ??
    join(whole.split(/\r?\n/).map((line) => line.trim()))
      .map(oneShot)
      .filter((shot) => shot.prompt)
  );
}

/**
 * @param {string} text
 * @returns {Shot[] | null}
 */
function fromJson(text) {
  if (!/^[[{]/.test(text)) return null;
  try {
    const read = JSON.parse(text);
    const list = Array.isArray(read) ? read : read.shots;
    if (!Array.isArray(list)) return null;
    return list
      .map((one) =>
        typeof one === "string"
          ? { prompt: one, seconds: null }
          : { prompt: String(one.prompt ?? one.text ?? ""), seconds: wholeOf(one.seconds ?? one.duration) },
      )
      .filter((shot) => shot.prompt.trim());
  } catch {
    return null;
  }
}

// Where shots carry a name or number, lines without one go on with the shot before.
/**
 * @param {string[]} lines
 * @returns {string[]}
 */
function join(lines) {
  const told = lines.filter(
    (line) =>
      line &&
      !RULE.test(line) &&
      !/^\|?\s*(#|shot|nr|no\.?)?\s*\|?\s*(seconds|s|time|duration)\s*\|\s*(prompt|text)\s*\|?$/i.test(line),
  );
  const starts = told.map((line) => NAMED.test(line));
  if (!starts.some(Boolean)) return told;
  return told.reduce((/** @type {string[]} */ shots, line, index) => {
    if (starts[index] || !shots.length) shots.push(line);
    else shots[shots.length - 1] += ` ${line}`;
    return shots;
  }, []);
}

/**
 * @param {string} line
 * @returns {Shot}
 */
function oneShot(line) {
  let rest = line.startsWith("|") ? cells(line) : line;
  rest = rest.replace(NAMED, "");
  /** @type {number | null} */
  let seconds = null;
  const take = (/** @type {RegExp} */ pattern) => {
    const found = seconds === null && pattern.exec(rest);
    if (!found) return;
    seconds = wholeOf(found[1]);
    rest = found[2] ?? rest.replace(pattern, "");
  };
  take(BRACKETED);
  take(LEADING);
  take(TRAILING);
  return { prompt: rest.replace(/^[:|–—-]\s*/, "").trim(), seconds };
}

// `| 1 | 5 | A door |` and `| 5 s | A door |`
/** @param {string} line */
function cells(line) {
  const parts = line
    .split("|")
    .map((cell) => cell.trim())
    .filter(Boolean);
  const numbers = parts.slice(0, -1).map((cell) => new RegExp(`^${NUMBER}\\s*s?$`, "i").test(cell));
  const seconds = numbers.lastIndexOf(true);
  return seconds < 0 ? (parts.at(-1) ?? "") : `${Number.parseFloat(parts[seconds])}s | ${parts.at(-1)}`;
}

/** @param {unknown} value */
function wholeOf(value) {
  const seconds = Math.round(Number(value));
  return value !== null && value !== undefined && Number.isSafeInteger(seconds) && seconds > 0 ? seconds : null;
}

/**
 * The same shots as text that `readScript` reads back without loss.
 * @param {Shot[]} shots
 */
export const writeScript = (shots) =>
  shots
    .map(
      ({ prompt, seconds }, index) =>
        `Shot ${index + 1}${seconds ? ` (${seconds}s)` : ""}: ${prompt.replace(/\s*\n\s*/g, " ").trim()}`,
    )
    .join("\n");

/**
 * Seconds for those shots that name none: what is left of `total`, in equal parts, within a shot's limits.
 * @param {Shot[]} shots
 * @param {ShotsRule} limits
 */
export function timed(shots, limits) {
  const open = shots.filter((shot) => shot.seconds === null).length;
  if (!open) return shots;
  const left = limits.total - shots.reduce((sum, shot) => sum + (shot.seconds ?? 0), 0);
  const usual = limits.seconds.default ?? limits.seconds.low;
  const each = Math.min(limits.seconds.high, Math.max(limits.seconds.low, Math.min(usual, Math.floor(left / open))));
  return shots.map((shot) => ({ ...shot, seconds: shot.seconds ?? each }));
}
