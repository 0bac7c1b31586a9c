// Drafts live in this browser: what was typed survives a reload, a restart and a closed lid.

import { person } from "./person.js";

// Two people may share a browser.
const KEY = `studio-draft-1${person ? `:${person.name}` : ""}`;
let timer = 0;
/** @type {(() => object) | null} */
let latest = null;

/**
 * The last draft, or {} where none can be read.
 * @returns {Record<string, any>}
 */
export function restore() {
  try {
    const held = JSON.parse(localStorage.getItem(KEY) || "{}");
    return held && typeof held === "object" ? held : {};
  } catch {
    return {};
  }
}

let over = false;

/**
 * Keep this draft; many changes in a row are written once.
 * @param {() => object} make
 */
export function keep(make) {
  if (over) return;
  latest = make;
  clearTimeout(timer);
  timer = setTimeout(write, 150);
}

function write() {
  clearTimeout(timer);
  if (!latest) return;
  try {
    localStorage.setItem(KEY, JSON.stringify(latest()));
  } catch {
    // Storage may be full or forbidden; the page works without drafts.
  }
  latest = null;
}

// What was written waits for whoever wrote it, though the forms are emptied.
window.addEventListener("studio:signed-out", () => {
  write();
  over = true;
});
// A reload right after the last key must not lose it.
window.addEventListener("pagehide", write);
document.addEventListener("visibilitychange", () => document.hidden && write());
