// What is dropped on a form or pasted on its tab: files of a person's, and results of our own that are dragged there.

import { targetOf, toast } from "../core/dom.js";
import { topmost } from "../core/layers.js";
import { openTab } from "../core/tabs.js";
import { KINDS } from "./asked.js";
import { claim } from "./claims.js";
import { mayBeOwn, ownDragged, stored } from "./gather.js";
import { complain, hand, handing, refuseFolders, take } from "./handing.js";
import { examine } from "./restore.js";
import { FOLDER } from "./trays.js";

const COVERED = "Files can't be added here. Close this first.";
const ONE = "Drop one file at a time here to read its settings. To use files, drop them on a form.";
const ELSEWHERE = "This image is on another page. Save it first, then drop the saved file here.";
const LINK = "This is a link, not a file. Save the file first, then drop it here.";
const NOWHERE = "Click in a field first, then paste the text again.";
const WRITTEN = "textarea, input, [contenteditable]";
const IMAGE = /\.(avif|gif|heic|jpe?g|png|svg|webp)($|[?#\s])/i;

/**
 * Files may be dropped anywhere on a form and pasted anywhere on its tab; results may be dragged there. One file may
 * bring its settings.
 */
export function listen() {
  document.addEventListener("dragover", (event) => carries(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault(); // else the browser would leave the page for the file
    dropped(event);
  });
  document.addEventListener("paste", pasted);
}

const here = () => KINDS.find((kind) => kind === document.body.dataset.tab) ?? null;
const isCovered = () => topmost() !== document.body;

/** @param {DragEvent} event */
const carries = (event) =>
  event.dataTransfer?.types.includes("Files") ||
  ((mayBeOwn(event.dataTransfer) || event.dataTransfer?.types.includes("text/html")) &&
    !targetOf(event).closest?.(WRITTEN));

/** @param {DragEvent} event */
function dropped(event) {
  const kind = here();
  const target = targetOf(event);
  const field = target.closest?.(".ref[data-field]")?.dataset.field;
  const own = ownDragged(event.dataTransfer);
  if (own) return isCovered() || !kind || !target.closest(".maker") ? undefined : void takeOwn(kind, own, field);
  const { files, folders } = content(event.dataTransfer);
  const count = files.length + folders.length;
  if (!count) return nothing(event.dataTransfer);
  if (isCovered()) return toast(COVERED);
  if (!kind || !target.closest(".work")) return look(files, folders, kind);
  hand(kind, files, field, count === 1 && !field);
  if (folders.length) refuseFolders(kind, folders);
}

// Of an image on another page a browser gives the address alone, or a piece of that page.
/** @param {DataTransfer | null} transfer */
function nothing(transfer) {
  const link = transfer?.getData("text/uri-list") ?? "";
  const isImage = /<(img|picture|svg)\b/i.test(transfer?.getData("text/html") ?? "") || IMAGE.test(link);
  if (isImage) toast(ELSEWHERE);
  else if (link) toast(LINK);
}

// Where nothing is handed in by a drop alone, one file shows what it tells, and may be used in the first form that
// takes it.
/**
 * @param {File[]} files
 * @param {string[]} folders
 * @param {Kind | null} [tab]
 */
function look(files, folders, tab = here()) {
  if (files.length + folders.length > 1) return toast(ONE);
  if (folders.length) return toast(`${folders[0]}: ${FOLDER}`);
  examine(files[0], { reference: using(files[0], tab), dropped: true });
}

/**
 * @param {File} file
 * @param {Kind | null} tab
 */
function using(file, tab) {
  if (file.type && !/^(image|video)\//.test(file.type)) return null;
  for (const kind of tab ? [tab] : KINDS) {
    const use = handing(kind, file);
    if (use) return { ...use, press: () => (openTab(kind), use.press()) };
  }
  return null;
}

/**
 * The files that are dropped, and the names of folders, which no browser sends.
 * @param {DataTransfer | null} transfer
 */
function content(transfer) {
  const all = [...(transfer?.files ?? [])];
  const dropped = [...(transfer?.items ?? [])].filter((each) => each.kind === "file");
  const isFolder = (/** @type {number} */ place) =>
    dropped.length === all.length && Boolean(dropped[place].webkitGetAsEntry?.()?.isDirectory);
  const folders = all.map((_, place) => isFolder(place));
  return {
    files: all.filter((_, place) => !folders[place]),
    folders: all.filter((_, place) => folders[place]).map((file) => file.name),
  };
}

/** @param {ClipboardEvent} event */
function pasted(event) {
  const files = [...(event.clipboardData?.files ?? [])];
  if (!files.length) return;
  // A spreadsheet puts a picture of its cells beside their text: the text is meant.
  if (carriesText(event.clipboardData, files)) return targetOf(event).closest?.(WRITTEN) ? undefined : toast(NOWHERE);
  event.preventDefault();
  const kind = here();
  if (isCovered()) toast(COVERED);
  else if (kind) hand(kind, files, undefined, files.length === 1);
  else look(files, []);
}

// A file manager gives the names of its files as text, which say nothing of their own.
/**
 * @param {DataTransfer | null} transfer
 * @param {File[]} files
 */
function carriesText(transfer, files) {
  const lines = (transfer?.getData("text/plain") ?? "").split(/\r?\n/).map((line) => line.trim());
  const names = files.flatMap(({ name }) => (name ? [name, encodeURI(name)] : []));
  return lines.some((line) => line && !names.some((name) => line.endsWith(name)));
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
