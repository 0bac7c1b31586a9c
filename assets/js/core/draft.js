// Drafts live in this browser: what was typed survives a reload, a restart and a closed lid. Several windows write the
// same one, each only what changed there.

import { merged } from "./merge.js";
import { person } from "./person.js";
import * as storage from "./storage.js";

// Two people may share a browser.
const KEY = `studio-draft-1${person ? `:${person.name}` : ""}`;
let timer = 0;
/** @type {(() => object) | null} */
let latest = null;
/** @type {object} */
let before = {}; // what this window wrote or read last

/**
 * The last draft, or {} where none can be read.
 * @returns {Record<string, unknown>}
 */
export function restore() {
  const held = storage.kept(storage.BROWSER, KEY);
  return storage.isObject(held) ? held : {};
}

let over = false;

/**
 * What this window begins with is no change of its own.
 * @param {object} draft
 */
export const begin = (draft) => void (before = copy(draft));

const copy = (/** @type {object} */ draft) => JSON.parse(JSON.stringify(draft));

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
  const now = copy(latest());
  latest = null;
  const held = restore();
  const next = held.forms ? merged(held, before, now) : now;
  before = now;
  storage.keep(storage.BROWSER, KEY, next);
}

// What was written waits for whoever wrote it, though the forms are emptied.
window.addEventListener("studio:signed-out", () => {
  write();
  over = true;
});
// A reload right after the last key must not lose it.
window.addEventListener("pagehide", write);
document.addEventListener("visibilitychange", () => document.hidden && write());
