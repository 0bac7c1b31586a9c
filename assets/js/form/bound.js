// References that shots name in their texts: which of them a shot names, and what is named in vain. No page here.

/**
 * How references are named here, and how many there are.
 * @typedef {{ tag: string, count: number }} Named
 */

/**
 * The name of the n-th reference, counted from 1.
 * @param {Named} named
 * @param {number} number
 */
export const nameOf = ({ tag }, number) => tag.replace("{n}", String(number));

const escaped = (/** @type {string} */ text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/**
 * The numbers of all references that a text names, each once and in order.
 * @param {string} text
 * @param {Named} named
 */
export function namedIn(text, { tag }) {
  const [before, after = ""] = tag.split("{n}").map(escaped);
  const found = [...text.matchAll(new RegExp(`${before}(\\d+)(?!\\d)${after}`, "g"))].map(([, number]) =>
    Number(number),
  );
  return [...new Set(found)].sort((a, b) => a - b);
}

/**
 * A text without the name of one reference.
 * @param {string} text
 * @param {Named} named
 * @param {number} number
 */
export const without = (text, named, number) =>
  text.replace(new RegExp(` ?${escaped(nameOf(named, number))}(?!\\d)`, "g"), "").trimStart();

/**
 * Numbers of references that none of these texts names.
 * @param {string[]} texts
 * @param {Named} named
 */
export function unnamed(texts, named) {
  const said = new Set(texts.flatMap((text) => namedIn(text, named)));
  return Array.from({ length: named.count }, (_, place) => place + 1).filter((number) => !said.has(number));
}
