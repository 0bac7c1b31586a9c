// A question in place: put into a `host` element of what it is about, before anything that costs or cannot be undone.

import { act, nameFor, pressed } from "../core/buttons.js";
import { h } from "../core/dom.js";
import { composes } from "../core/shortcuts.js";

/**
 * An answer's button says which job it is about, where questions of several may stand side by side: `data-of` of the
 * host names it.
 * @template {HTMLElement} E
 * @param {HTMLElement} host
 * @param {E} button
 */
export const named = (host, button) => (host.dataset.of ? nameFor(button, host.dataset.of) : button);

// Put a question into `host`. The focus goes there, and back to where it came from when the question is gone.
/**
 * @param {HTMLElement} host
 * @param {HTMLElement} question
 */
export function raise(host, question) {
  const opener = document.activeElement;
  const close = () => {
    // Another question may stand in its place by now.
    if (!host.contains(question)) return;
    const inside = host.contains(document.activeElement);
    host.replaceChildren();
    if (inside && opener instanceof HTMLElement && opener.isConnected) opener.focus();
  };
  question.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || composes(event)) return;
    event.preventDefault(); // It closes the question, not the dialog around it.
    event.stopPropagation();
    close();
  });
  host.replaceChildren(question);
  return close;
}

/**
 * Ask in place before something that cannot be taken back. No answer has the focus, so that Enter twice answers
 * nothing.
 * @param {HTMLElement} host
 * @param {string} text
 * @param {string} yes
 * @param {() => unknown} call
 * @param {string} [no] what leaves the question, where *Cancel* would be taken for the answer
 */
export function ask(host, text, yes, call, no = "Cancel") {
  /** @type {HTMLButtonElement} */
  const sure = act(
    yes,
    pressed(async () => {
      await call();
      close();
    }),
  );
  sure.classList.add("sure");
  const leave = act(no, () => close());
  const question = h(
    "div",
    { class: "ask", role: "group", tabindex: "-1", "aria-label": text },
    h("p", {}, text),
    h("div", { class: "fix" }, named(host, sure), named(host, leave)),
  );
  const close = raise(host, question);
  question.focus();
}
