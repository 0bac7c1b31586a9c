// Words as a search takes them. No page here.

const LEAST_PART = 3;
const SCRIPTS = ["Thai", "Laoo", "Tibt", "Mymr", "Khmr", "Hang", "Hani", "Hira", "Kana", "Bopo", "Yiii"];
const UNSPACED = new RegExp(`[${SCRIPTS.map((name) => `\\p{sc=${name}}`).join("")}]`, "u");

/**
 * A text without what makes no difference to a search: as `providers/history/sought.py` has it.
 * @param {string} text
 */
export function folded(text) {
  for (;;) {
    const plain = text.normalize("NFKD").toUpperCase().toLowerCase().replaceAll("ς", "σ").replace(/\p{M}/gu, "");
    if (plain === text) return plain;
    text = plain;
  }
}

/**
 * The words of a text, as a search takes them.
 * @param {string} text
 * @returns {string[]}
 */
export const wordsOf = (text) => folded(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * Whether a text has all words of a search: short ones begin one of its words, longer ones stand in one, and those of
 * scripts without spaces stand anywhere.
 * @param {string} text
 * @param {string} search
 */
export function hasWords(text, search) {
  const words = wordsOf(text);
  const within = (/** @type {string} */ word) => word.length >= LEAST_PART || UNSPACED.test(word);
  return (
    wordsOf(search).every((word) => words.some((one) => (within(word) ? one.includes(word) : one.startsWith(word)))) &&
    signsOf(search).every((sign) => folded(text).includes(sign))
  );
}

/** @param {string} text */
const signsOf = (text) => folded(text).match(/[^\p{ASCII}\P{S}]/gu) ?? [];
