// What is dropped on a form or pasted on its tab: files of a person's, and results of our own that are dragged there.

import { targetOf } from "../core/dom.js";
import { KINDS } from "./asked.js";
import { claim } from "./claims.js";
import * as form from "./form.js";
import { mayBeOwn, ownDragged, stored } from "./gather.js";
import { examine } from "./restore.js";
import { complain, hand, take } from "./handing.js";

/**
 * Files may be dropped anywhere on a form and pasted anywhere on its tab; results may be dragged there. One file may
 * bring its settings.
 */
export function listen() {
  const here = () => KINDS.find((kind) => kind === document.body.dataset.tab) ?? null;
  const carries = (/** @type {DragEvent} */ event) =>
    event.dataTransfer?.types.includes("Files") ||
    (mayBeOwn(event.dataTransfer) && !targetOf(event).closest?.("textarea, input"));
  document.addEventListener("dragover", (event) => carries(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault(); // else the browser would leave the page for the file
    const kind = here();
    const field = targetOf(event).closest?.(".ref[data-field]")?.dataset.field;
    const own = ownDragged(event.dataTransfer);
    const inside = targetOf(event).closest(own ? ".maker" : ".work");
    const files = [...(event.dataTransfer?.files ?? [])];
    if (kind && inside && own) takeOwn(kind, own, field);
    else if (kind && inside) hand(kind, files, field, files.length === 1 && !field);
    else if (!own && files.length === 1) examine(files[0]);
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const kind = here();
    if (!files.length || !kind) return;
    event.preventDefault();
    hand(kind, files, undefined, files.length === 1);
  });
}

// A result that is dragged here is the original itself, not the small picture that was taken hold of.
/**
 * @param {Kind} kind
 * @param {string} id
 * @param {string} [field]
 */
async function takeOwn(kind, id, field) {
  const mine = claim(kind);
  const artifact = await stored(id);
  complain(kind, artifact ? take(kind, artifact, field, mine) : "This file is no longer in the data folder.");
}
