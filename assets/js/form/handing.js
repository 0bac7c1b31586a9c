// Files on their way into a form: sent to the studio, or taken from what it has already. Each goes to the place that it
// was meant for, unless something else was chosen there since.

import { toast } from "../core/dom.js";
import { chooseAnew, claim } from "./claims.js";
import * as form from "./form.js";
import { examine, REFERENCE, show } from "./restore.js";
import { FOLDER, held, noPlace, otherKind, place, refuse, slotOf, taken, tray, turn, unfit } from "./trays.js";
import { isSeen } from "../core/layers.js";
import { label } from "../core/store.js";
import { upload } from "../core/upload.js";
import { unshown } from "../core/words.js";

/** @typedef {import("./trays.js").Sending} Sending */

/**
 * Hand files in: into `field`, else into the first slots that take them. With `look` one that tells its settings shows
 * them instead.
 * @param {Kind} kind
 * @param {File[]} files
 * @param {string} [field]
 * @param {boolean} [look]
 */
export function hand(kind, files, field, look = false) {
  const here = tray(kind);
  if (!here.sending.size) here.refused.clear();
  for (const file of files) {
    const into = field ?? place(kind, file);
    const reason = into ? unfit(kind, into, file) : noPlace(kind);
    if (reason && look) examine(file, { otherwise: reason });
    else if (reason) refuse(kind, reason, file.name);
    else if (into) send(kind, into, file, look);
  }
  here.redraw();
}

/**
 * Say of these that they are folders.
 * @param {Kind} kind
 * @param {string[]} names
 */
export function refuseFolders(kind, names) {
  for (const name of names) refuse(kind, FOLDER, name);
  tray(kind).redraw();
}

/**
 * What hands a file in on this form, in the words of its button, or null where no place takes it.
 * @param {Kind} kind
 * @param {File} file
 * @returns {import("./restore.js").Use | null}
 */
export function handing(kind, file) {
  const field = place(kind, file);
  if (!field || unfit(kind, field, file)) return null;
  const name = field === "references" ? "reference" : label(field).toLowerCase();
  return { text: `Use as ${name}`, press: () => hand(kind, [file]) };
}

let sent = 0;

/**
 * @param {Kind} kind
 * @param {string} field
 * @param {File} file
 * @param {boolean} look
 */
async function send(kind, field, file, look) {
  const here = tray(kind);
  const stopped = new AbortController();
  if (field !== "references") chooseAnew(kind, field);
  /** @type {Sending} */
  const one = { name: file.name, field, part: 0, key: ++sent, mine: claim(kind), stop: () => stopped.abort() };
  here.sending.set(one.key, one);
  giveWay(kind);
  const moved = (/** @type {number} */ part) => {
    one.part = part;
    if (one.bar) one.bar.value = part;
  };
  const { artifact, settings, refused = "" } = await upload(file, moved, look ? "first" : "", stopped.signal);
  // Stopped, or something else was chosen in its place.
  if (!here.sending.delete(one.key)) return;
  if (settings && isSeen(here.shown?.element))
    show(settings, file, { text: REFERENCE, press: () => hand(kind, [file]) });
  else if (settings) complainOf(kind, "This file holds settings. Drop it again to see them.", file);
  else {
    const why = artifact ? arrived(kind, one, artifact) : refused;
    if (why) complainOf(kind, why, file);
  }
  if (!here.sending.size) here.came.clear();
  // What a press was told of it no longer holds.
  form.write(kind, {});
}

// Somebody who is elsewhere by now is told as well.
/**
 * @param {Kind} kind
 * @param {string} reason
 * @param {File} file
 */
function complainOf(kind, reason, file) {
  const name = file.name || "The pasted file";
  refuse(kind, reason, name);
  if (!isSeen(tray(kind).shown?.element)) toast(`${name}: ${reason}`);
}

/**
 * Take in a file that the studio has already; answers why not, or nothing.
 * @param {Kind} kind
 * @param {Handed} artifact
 * @param {string} [wanted]
 * @param {import("./claims.js").Claim} [mine] where it had to be waited for
 */
export function take(kind, artifact, wanted, mine = claim(kind)) {
  if (unshown(artifact)) return `This file can't be used. ${artifact.flaw}`;
  const like = { type: `${artifact.kind}/` };
  const field = wanted ?? place(kind, like);
  if (!field) return noPlace(kind);
  if (!mine(field)) return "";
  if (held(kind, field).some((one) => one.id === artifact.id)) return "This file is already in the form.";
  const reason = unfit(kind, field, like);
  return reason || arrived(kind, { field, key: ++sent }, artifact);
}

/**
 * Say under the tiles why a file was not taken, in place of what was said before.
 * @param {Kind} kind
 * @param {string} reason
 */
export function complain(kind, reason) {
  tray(kind).refused.clear();
  if (reason) refuse(kind, reason, "");
  tray(kind).redraw();
}

/**
 * Put a file where it belongs; answers why not, or nothing.
 * @param {Kind} kind
 * @param {{ field: string, key: number }} sent
 * @param {Handed} artifact
 */
function arrived(kind, { field, key }, artifact) {
  const rule = slotOf(kind, field);
  if (rule && artifact.kind !== rule.kind) return otherKind(kind, field, rule);
  const list = held(kind, field);
  const most = rule?.most ?? 0;
  // The model may have changed while the file was on its way.
  const single = field !== "references";
  if (!single && list.some((one) => one.id === artifact.id)) return "This file is already among the references.";
  if (list.length >= most && !(single && most)) form.park(kind, field, artifact);
  else if (single) form.setMedia(kind, field, [artifact]);
  else addReference(kind, artifact, key);
  return "";
}

/**
 * Among the references it stands where it was chosen.
 * @param {Kind} kind
 * @param {Handed} artifact
 * @param {number} key
 */
function addReference(kind, artifact, key) {
  const list = held(kind, "references");
  const place = turn(kind, list, key);
  tray(kind).came.set(artifact.id, key);
  form.setMedia(kind, "references", list.toSpliced(place, 0, artifact));
}

// A file on its way gives way to what was chosen in its place since. One that nothing replaced is named.
/** @param {Kind} kind */
function giveWay(kind) {
  const { sending } = tray(kind);
  for (const one of sending.values()) {
    if (one.mine(one.field)) continue;
    stop(kind, one);
    if (one.field === "references" || !taken(kind, one.field))
      refuse(kind, "The form changed before this file had arrived. Upload it again.", one.name);
  }
}

/**
 * @param {Kind} kind
 * @param {Sending} one
 */
function stop(kind, one) {
  tray(kind).sending.delete(one.key);
  one.stop();
}

/**
 * Send no more of a file: a person changed their mind.
 * @param {Kind} kind
 * @param {Sending} one
 */
export function cancel(kind, one) {
  stop(kind, one);
  form.write(kind, {});
}

form.onChange(giveWay);
