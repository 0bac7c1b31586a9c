// Files of a form are moved, removed, and named in the prompt.

import * as form from "./form.js";
import { held } from "./trays.js";

/**
 * What keys do on a tile: Delete removes its file, Alt with the arrows moves it.
 * @param {KeyboardEvent} event
 * @param {Kind} kind
 * @param {string} field
 * @param {number} [place]
 */
export function keys(event, kind, field, place = 0) {
  if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    remove(kind, field, held(kind, field)[place]);
  }
  const by = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
  if (by && event.altKey && field === "references") {
    event.preventDefault();
    shift(kind, place, place + by);
  }
}

/**
 * Move a reference to another place.
 * @param {Kind} kind
 * @param {number} from
 * @param {number} to
 */
export function shift(kind, from, to) {
  const list = [...held(kind, "references")];
  if (to < 0 || to >= list.length || from === to) return;
  const [moved] = list.splice(from, 1);
  list.splice(to, 0, moved);
  form.setMedia(kind, "references", list);
}

/**
 * Take a file out of its field.
 * @param {Kind} kind
 * @param {string} field
 * @param {Handed | undefined} artifact
 */
export function remove(kind, field, artifact) {
  form.setMedia(
    kind,
    field,
    held(kind, field).filter((one) => one.id !== artifact?.id),
  );
}

/**
 * Text goes in where the cursor is, through the control itself, so that undo keeps working.
 * @param {Kind} kind
 * @param {string} tag
 */
export function insert(kind, tag) {
  const area = /** @type {HTMLTextAreaElement | null} */ (document.querySelector(`#${kind}-prompt textarea`));
  if (area) insertInto(area, tag);
}

/**
 * The same in any field for text.
 * @param {HTMLTextAreaElement} area
 * @param {string} words
 */
export function insertInto(area, words) {
  area.focus();
  const before = area.value.slice(0, area.selectionStart);
  const after = area.value.slice(area.selectionEnd);
  const text = `${before && !/\s$/.test(before) ? " " : ""}${words}${after && !/^[\s.,;:!?]/.test(after) ? " " : ""}`;
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const DRAG = "application/x-studio-reference";

/**
 * Let a tile be dragged to another place.
 * @param {HTMLElement} element
 * @param {Kind} kind
 * @param {number} place
 */
export function movable(element, kind, place) {
  element.draggable = true;
  element.addEventListener("dragstart", (event) => event.dataTransfer?.setData(DRAG, `${kind} ${place}`));
  element.addEventListener("dragover", (event) => event.dataTransfer?.types.includes(DRAG) && event.preventDefault());
  element.addEventListener("drop", (event) => {
    const [from, start] = (event.dataTransfer?.getData(DRAG) ?? "").split(" ");
    if (from !== kind) return;
    event.preventDefault();
    event.stopPropagation();
    shift(kind, Number(start), place);
  });
}
