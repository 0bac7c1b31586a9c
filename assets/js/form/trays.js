// What lies in the tray of each form, and where a file goes that is handed in.

import * as form from "./form.js";
import { slot } from "../core/rules.js";
import { indefinite, label, spec } from "../core/store.js";

/**
 * @typedef {object} Sending a file on the way
 * @property {number} key counts the files as they were chosen
 * @property {string} name
 * @property {string} field
 * @property {number} part of it that has gone out
 * @property {import("./claims.js").Claim} mine whether it may still go into a field
 * @property {() => void} stop send no more of it
 * @property {HTMLProgressElement} [bar]
 * @property {HTMLElement} [tile]
 *
 * @typedef {object} Group
 * @property {HTMLElement} box
 * @property {HTMLElement} title
 * @property {HTMLElement} tally
 * @property {HTMLElement} row
 * @property {HTMLButtonElement} there opens what lies in the service's accounts
 *
 * @typedef {object} Shown
 * @property {HTMLElement} element
 * @property {HTMLElement} tools what can be done with the picked file
 * @property {HTMLElement} note
 * @property {{ frames: Group, references: Group }} groups
 *
 * @typedef {object} Tray
 * @property {string[]} fields
 * @property {Map<number, Sending>} sending
 * @property {Map<string, number>} came artifact id -> its turn
 * @property {Map<string, string[]>} refused reason -> file names
 * @property {string | null} picked key of the picked tile
 * @property {Shown | null} shown
 * @property {() => void} redraw show it as it is now
 */

export const FOLDER = "This is a folder. Upload the files in it instead.";
export const FIELDS = ["start_frame", "end_frame", "driving_video", "references"];

/** @type {Partial<Record<Kind, Tray>>} */
const trays = {};

/**
 * The tray of one form.
 * @param {Kind} kind
 * @returns {Tray}
 */
export const tray = (kind) =>
  (trays[kind] ??= {
    sending: new Map(),
    came: new Map(),
    refused: new Map(),
    picked: null,
    fields: FIELDS,
    shown: null,
    redraw: () => {},
  });

/**
 * That files are still on the way which one of these models takes; nothing where none does.
 * @param {Kind} kind
 * @param {string[]} [models]
 */
export function uploading(kind, models = [form.current(kind).model]) {
  const waits = [...tray(kind).sending.values()].filter((one) => models.some((model) => goesInto(kind, model, one)));
  if (!waits.length) return "";
  return waits.length === 1
    ? `${waits[0].name || "A file"} is still uploading. Try again in a moment, or cancel the upload.`
    : `${waits.length} files are still uploading. Try again in a moment, or cancel the uploads.`;
}

/**
 * Whether a file on the way will stand in what a model is asked for; else it waits aside.
 * @param {Kind} kind
 * @param {string} model
 * @param {Sending} sent
 */
function goesInto(kind, model, { field }) {
  const rules = model === form.current(kind).model ? form.rules(kind) : spec(model)?.rules;
  const most = slot(rules ?? {}, field)?.most ?? 0;
  return field === "references" ? held(kind, field).length < most : most > 0;
}

/**
 * The rule of a field here, if it holds files now.
 * @param {Kind} kind
 * @param {string} field
 */
export const slotOf = (kind, field) => slot(form.rules(kind), field);

/**
 * What a field is called here: a row may have a better word for it.
 * @param {Kind} kind
 * @param {string} field
 */
export const named = (kind, field) => slotOf(kind, field)?.label || label(field);

/**
 * The files that a field holds.
 * @param {Kind} kind
 * @param {string} field
 */
export const held = (kind, field) => form.current(kind).media[field] ?? [];

/**
 * Files on the way to a field.
 * @param {Kind} kind
 * @param {string} field
 */
export const onTheWay = (kind, field) => [...tray(kind).sending.values()].filter((one) => one.field === field);

/**
 * Files stand in the order in which they were chosen, whichever arrives first.
 * @param {Kind} kind
 * @param {(Handed | Sending)[]} list
 * @param {number} key
 */
export function turn(kind, list, key) {
  const { came } = tray(kind);
  const later = list.findIndex((one) => "id" in one && (came.get(one.id) ?? 0) > key);
  return later < 0 ? list.length : later;
}

/**
 * How many places of a field are taken.
 * @param {Kind} kind
 * @param {string} field
 */
export const taken = (kind, field) => held(kind, field).length + onTheWay(kind, field).length;

/**
 * The field that a file of this type goes into.
 * @param {Kind} kind
 * @param {{ type: string }} file
 */
export function place(kind, file) {
  const wanted = file.type.startsWith("video/") ? "video" : "image";
  const open = tray(kind).fields.filter((field) => slotOf(kind, field)?.kind === wanted);
  const free = open.find((field) => taken(kind, field) < (slotOf(kind, field)?.most ?? 0));
  return free ?? open.find((field) => field !== "references");
}

/**
 * Why a field does not take a file; nothing where it does.
 * @param {Kind} kind
 * @param {string} field
 * @param {{ type: string }} file
 */
export function unfit(kind, field, file) {
  const rule = slotOf(kind, field);
  if (!rule) return `${form.row(kind).label} doesn't support ${indefinite(label(field).toLowerCase())}.`;
  if (file.type.startsWith(rule.kind === "image" ? "video/" : "image/")) return otherKind(kind, field, rule);
  if (field === "references" && taken(kind, field) >= rule.most)
    return `${form.row(kind).label} takes up to ${rule.most} references. Remove one first.`;
  return "";
}

/**
 * @param {Kind} kind
 * @param {string} field
 * @param {Slot} rule
 */
export const otherKind = (kind, field, rule) =>
  `${named(kind, field)} must be ${rule.kind === "image" ? "an image" : "a video"}.`;

/** @param {Kind} kind */
export const noPlace = (kind) => `${form.row(kind).label} has no room for this file.`;

/**
 * Note why a file was not taken.
 * @param {Kind} kind
 * @param {string} reason
 * @param {string} name
 */
export function refuse(kind, reason, name) {
  const { refused } = tray(kind);
  refused.set(reason, [...(refused.get(reason) ?? []), name]);
}

/**
 * Equal reasons are said once, for all their files.
 * @param {Map<string, string[]>} refused
 */
export const refusals = (refused) => [...refused].map(([reason, names]) => refusal(reason, names)).join("\n");

/**
 * @param {string} reason
 * @param {string[]} names
 */
function refusal(reason, names) {
  const files = [...new Set(names)].filter(Boolean);
  files.sort((one, other) => one.localeCompare(other, undefined, { numeric: true }));
  const count = names.length > 1 ? `${names.length} files` : "";
  const who = count ? `${count}${files.length ? ` (${files.join(", ")})` : ""}` : files[0];
  return [who, reason].filter(Boolean).join(": ");
}
