// Words as a search takes them. No page here.

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
