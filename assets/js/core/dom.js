// Elements, and what is drawn with them.
// Text from people or vendors passes only through `h`, which sets it as text, never as markup.

import { lift, messages } from "./layers.js";

// How long a short message stands.
const STANDS = 6000;
const PROPERTIES = ["value", "checked", "disabled", "hidden", "open", "selected", "muted"];

/**
 * An element. `props`: class, dataset, style, on<event> listeners, properties and attributes.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Props<HTMLElementTagNameMap[T]> | null} [props]
 * @param {Children} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) set(element, name, value);
  element.append(...children.flat(2).filter(isShown));
  return element;
}

/**
 * @param {Child} child
 * @returns {child is Node | string}
 */
const isShown = (child) => child !== null && child !== undefined && child !== false && child !== "";

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {unknown} value
 */
function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") element.className = String(value);
  else if (name === "dataset") Object.assign(element.dataset, value);
  else if (name === "style") setStyle(element.style, /** @type {Record<string, string | number>} */ (value));
  else if (name.startsWith("on") && typeof value === "function")
    element.addEventListener(name.slice(2).toLowerCase(), /** @type {EventListener} */ (value));
  else if (PROPERTIES.includes(name)) Object.assign(element, { [name]: value });
  else element.setAttribute(name, value === true ? "" : String(value));
}

/**
 * @param {CSSStyleDeclaration} style
 * @param {Record<string, string | number>} wanted
 */
function setStyle(style, wanted) {
  for (const [key, value] of Object.entries(wanted))
    key.startsWith("--") ? style.setProperty(key, String(value)) : Object.assign(style, { [key]: value });
}

/**
 * A sentence at the foot of the page for a few seconds, over everything that lies there, read out politely.
 * @param {string} text
 */
export function toast(text) {
  const place = messages();
  // On a phone it keeps to the edge where the newest job is not.
  const newest = document.querySelector("#jobs > :first-child")?.getBoundingClientRect();
  place.classList.toggle("up", newest !== undefined && newest.bottom > innerHeight / 2);
  const note = h("div", { class: "toast" }, text);
  place.append(note);
  lift(place);
  fade(note);
}

// Its time runs only while somebody looks at the page.
/** @param {HTMLElement} note */
const fade = (note) =>
  void setTimeout(() => {
    if (!document.hidden) note.remove();
    else document.addEventListener("visibilitychange", () => fade(note), { once: true });
  }, STANDS);

/**
 * Make the children of `element` those of `wanted`. What stays is not moved, so that it keeps focus, scroll and what
 * was typed.
 * @param {Element} element
 * @param {Iterable<Node>} wanted
 */
export function arrange(element, wanted) {
  const keep = new Set(wanted);
  for (const node of [...element.childNodes]) if (!keep.has(node)) node.remove();
  let here = element.firstChild;
  for (const node of wanted) {
    if (node === here) here = node.nextSibling;
    else element.insertBefore(node, here);
  }
}

/**
 * A drawer of parts: `draw(name, key, make)` gives the part that is there, and makes it anew only under another key.
 * @returns {Part}
 */
export function pieces() {
  /** @type {Map<string, { key: string, node: HTMLElement | null }>} */
  const held = new Map();
  return (name, key, make) => {
    let piece = held.get(name);
    if (piece?.key !== key) held.set(name, (piece = { key, node: make() }));
    return /** @type {ReturnType<typeof make>} */ (piece.node);
  };
}

/**
 * What an event happened to: an element, or the page itself, which lies within none.
 * @param {Event} event
 */
export const targetOf = (event) => /** @type {HTMLElement} */ (event.target);

/**
 * Which form a part belongs to.
 * @param {HTMLElement} element
 */
export const kindOf = (element) => /** @type {Kind} */ (element.dataset.tab);

/**
 * Set text only when it changed, so that nothing is drawn or read out for nothing.
 * @param {Element} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
