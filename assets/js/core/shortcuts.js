// Every key that does something on the page, and the list of them that `?` opens.

import { closesBeside, hang } from "./dialog.js";
import { h, targetOf } from "./dom.js";

const COMMAND = /Mac|iP/.test(navigator.platform) ? "⌘" : "Ctrl";
/** @type {[name: string, rows: [keys: string, does: string][]][]} */
const GROUPS = [
  [
    "A result, in the library or its details",
    [
      ["F", "Star / unstar"],
      ["D", "Download"],
      ["Del", "Delete (asks first)"],
    ],
  ],
  [
    "Details",
    [
      ["← →", "Newer / older"],
      ["Esc", "Close"],
    ],
  ],
  [
    "Library",
    [
      ["/", "Search"],
      ["← → ↑ ↓", "Move between results"],
      ["Home End", "First / last result"],
      ["Enter", "Open details"],
      [`${COMMAND} click`, "Select several results"],
      ["Shift click", "Select a range"],
      ["Esc", "Clear selection"],
    ],
  ],
  [
    "Forms",
    [
      [`${COMMAND} Enter`, "Generate"],
      ["Alt ↑ ↓", "Earlier / later prompts"],
      ["Alt ← →", "Move a reference"],
      ["Del", "Remove a file"],
    ],
  ],
  [
    "Multishot, a card or a part of the time bar",
    [
      ["← → ↑ ↓", "Move between shots"],
      ["Alt ← → ↑ ↓", "Move the shot"],
      ["Enter", "Edit its text"],
      ["Esc", "From the text to the card"],
      ["+ −", "Longer / shorter"],
      ["B A", "Insert a shot before / after"],
      ["D", "Duplicate"],
      ["S", "Split"],
      ["M", "Merge with the next shot"],
      ["Del", "Remove"],
    ],
  ],
  [
    "Multishot",
    [
      ["Alt ↑ ↓", "Move the shot, from its text"],
      ["Alt Enter", "Split the text at the cursor"],
      [`${COMMAND} Z`, "Back one step"],
      [`${COMMAND} Shift Z`, "Forward one step"],
    ],
  ],
  ["Jobs", [["↑ ↓", "Move between jobs"]]],
  ["Everywhere", [["?", "Show this list"]]],
];
let dialog = null;

/**
 * Whether a key belongs to a word that is being put together, as for Chinese or Japanese. One browser tells the last
 * one only by its old number.
 * @param {KeyboardEvent} event
 */
export const composes = (event) => event.isComposing || event.keyCode === 229;

/**
 * Whether a key is meant for the page: nobody is writing, and nothing else is held down.
 * @param {KeyboardEvent} event
 */
const meant = (event) =>
  !event.altKey &&
  !event.ctrlKey &&
  !event.metaKey &&
  !composes(event) &&
  !event.defaultPrevented &&
  !targetOf(event).closest?.("input, textarea, select, [contenteditable]");

/**
 * What one of the keys for a result asks for: star, download or delete; nothing for any other key.
 * @param {KeyboardEvent} event
 */
export function wish(event) {
  if (!meant(event) || event.repeat) return "";
  return (
    { f: "star", d: "download", Delete: "delete", Backspace: "delete" }[
      event.key.length === 1 ? event.key.toLowerCase() : event.key
    ] ?? ""
  );
}

/** Show the list. */
export function showShortcuts() {
  dialog ??= build();
  if (!dialog.open) dialog.showModal();
}

function build() {
  const row = (/** @type {[keys: string, does: string]} */ [keys, does]) => [
    h(
      "dt",
      {},
      keys.split(" ").map((key) => h("kbd", {}, key)),
    ),
    h("dd", {}, does),
  ];
  /** @type {HTMLDialogElement} */
  const made = h(
    "dialog",
    { class: "tool-dialog keys" },
    h(
      "div",
      { class: "tool-head" },
      h("h2", {}, "Keyboard shortcuts"),
      h("span", { class: "sp" }),
      h("button", { type: "button", class: "act", onclick: () => made.close() }, "Close"),
    ),
    h(
      "div",
      { class: "keys-list" },
      GROUPS.map(([name, rows]) => h("section", {}, h("h3", {}, name), h("dl", {}, rows.map(row).flat()))),
    ),
  );
  closesBeside(made);
  // Keys pressed here must not reach the details that lie below.
  made.addEventListener("keydown", (event) => event.stopPropagation());
  hang("keys", made);
  return made;
}

/** Open the list when `?` is pressed. */
export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || !meant(event)) return;
    event.preventDefault();
    showShortcuts();
  });
}
