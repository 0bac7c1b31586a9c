// Gradio's own lists with a search: what is typed replaces the chosen words, and a list is open only while it is used.

import { targetOf } from "../core/dom.js";

const SEARCH = ".maker :is(.option, .pick-vendor) input[role=combobox]";
/** Keys that a list has an answer to; any other one would open it. */
const MEANT = ["ArrowUp", "ArrowDown", "Home", "End", "Enter", "Escape", "Backspace", "Delete"];

/** @param {Event} event */
function box(event) {
  const field = /** @type {HTMLInputElement} */ (event.target);
  return field.matches?.(SEARCH) ? field : null;
}

/** @param {HTMLInputElement} input */
const isOpen = (input) => input.getAttribute("aria-expanded") === "true";

/** @param {KeyboardEvent} event */
const isMeant = ({ key, ctrlKey, metaKey, altKey }) =>
  !ctrlKey && !metaKey && (MEANT.includes(key) || (key.length === 1 && !altKey));

// Gradio opens a list whenever its field gets the focus, and again after any key, even the one that leaves it.
// Here a press opens it, an arrow or a letter; whatever goes elsewhere closes it.
function closing() {
  let pressed = false; // the focus comes from a press in the list
  let waking = false;
  const tell = (/** @type {HTMLInputElement} */ input, /** @type {"focus" | "blur"} */ what) => {
    waking = true;
    input.dispatchEvent(new FocusEvent(what));
    waking = false;
  };
  /** @type {Element | null} */
  let left = null; // by a key, after which a slow list may still open
  const shut = (/** @type {Element | null} */ kept) => {
    for (const input of document.querySelectorAll(SEARCH)) {
      const field = /** @type {HTMLInputElement} */ (input);
      if (isOpen(field) && !kept?.closest(".block")?.contains(field)) tell(field, "blur");
    }
  };
  /** @param {Event} event */
  const press = (event) => {
    const target = event.target instanceof Element ? event.target : null;
    pressed = Boolean(target?.closest(".block")?.querySelector(SEARCH));
    left = null;
    shut(target);
  };
  document.addEventListener("pointerdown", press, true);
  document.addEventListener("mousedown", press, true);
  document.addEventListener("focusin", (event) => shut(targetOf(event)), true);
  document.addEventListener(
    "focus",
    (event) => {
      if (box(event) && !pressed && !waking) event.stopPropagation();
      pressed = false;
    },
    true,
  );
  document.addEventListener("click", (event) => {
    const input = box(event);
    if (input && document.activeElement === input && !isOpen(input)) tell(input, "focus");
  });
  document.addEventListener(
    "keydown",
    (event) => {
      const input = box(event);
      if (!input || event.isComposing) return;
      const sends = event.key === "Enter" && (event.ctrlKey || event.metaKey);
      left = event.key === "Tab" ? input : null;
      if (sends && isOpen(input)) tell(input, "blur");
      if (!isMeant(event)) return event.stopPropagation();
      if (!isOpen(input) && event.key !== "Escape" && event.key !== "Enter") tell(input, "focus");
    },
    true,
  );
  window.addEventListener("studio:tab", () => shut(null));
  new MutationObserver((seen) => {
    for (const { target } of seen) {
      const input = /** @type {HTMLInputElement} */ (target);
      if (input === left && input !== document.activeElement && isOpen(input)) tell(input, "blur");
    }
  }).observe(document.body, { subtree: true, attributeFilter: ["aria-expanded"] });
}

// Gradio appends what is typed to the chosen words: they are selected first, so that typing replaces them.
/**
 * Let lists be searched, and close.
 * @param {() => void} look what is done once a list is drawn anew
 */
export function searchable(look) {
  closing();
  /**
   * @template {keyof DocumentEventMap} E
   * @param {E} name
   * @param {(input: HTMLInputElement, event: DocumentEventMap[E]) => void} act
   */
  const listen = (name, act) => {
    const heard = (/** @type {DocumentEventMap[E]} */ event) => {
      const input = box(event);
      if (input) act(input, event);
    };
    document.addEventListener(name, heard, true);
  };
  let typed = false; // else the box shows the chosen words
  let words = "";
  /** @type {HTMLInputElement | null} */
  let fresh = null;
  const select = (/** @type {HTMLInputElement} */ input) => {
    if (!typed) words = input.value;
    if (!typed) input.select();
  };
  listen("focusin", (input) => {
    typed = false;
    fresh = input;
    select(input);
  });
  // The press that brings the focus would place the cursor and lose the selection.
  listen("mouseup", (input, event) => {
    if (fresh === input) event.preventDefault();
    if (fresh === input) select(input);
    fresh = null;
  });
  listen("input", (input, event) => {
    if (event.isTrusted) typed = true;
    requestAnimationFrame(look);
  });
  listen("keydown", (input, event) => {
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) select(input);
    if (event.key === "Enter") typed = false;
    if (event.key !== "Escape" || !typed) return;
    typed = false;
    requestAnimationFrame(() => {
      input.value = words;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.select();
    });
  });
  document.addEventListener("mousedown", (event) => (typed &&= !targetOf(event).closest?.("[role=option]")), true);
}
