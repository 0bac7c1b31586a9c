// What is known of each form's list of many prompts: its rows as Python read them, and what checking them told. An
// answer finds its own list here, whichever is open when it comes.

import { asked, changed, list, troubles } from "./manylist.js";

/**
 * @typedef {object} Told what Python said last
 * @property {Row[]} rows as read
 * @property {string} trouble
 * @property {string} asked the requests that were checked, as text
 * @property {BillLine[]} bill what they cost
 *
 * @typedef {object} Desk
 * @property {Told} told
 * @property {string} wrong what is wrong with the number of takes
 * @property {boolean} busy whether it is being sent
 * @property {number} turn
 * @property {number} timer
 */

/** @returns {Told} */
export const nothing = () => ({ rows: [], trouble: "", asked: "", bill: [] });

/** @type {Partial<Record<Kind, Desk>>} */
const desks = {};

/** @param {Kind} kind */
export const desk = (kind) => (desks[kind] ??= { told: nothing(), wrong: "", busy: false, turn: 0, timer: 0 });

/**
 * The rows that are not dropped.
 * @param {Kind} kind
 */
export const shown = (kind) => desk(kind).told.rows.filter((row) => !changed(kind, row).dropped);

/**
 * Whether a row cannot be sent as it is.
 * @param {Kind} kind
 * @param {Row} row
 */
export const isBad = (kind, row) => troubles(kind, row).some((problem) => !problem.soft);

/**
 * What would be sent.
 * @param {Kind} kind
 */
export const requests = (kind) => shown(kind).map((row) => asked(kind, row));

/**
 * Whether that is what was checked last.
 * @param {Kind} kind
 */
export function isChecked(kind) {
  const { told } = desk(kind);
  return Boolean(told.asked) && told.asked === JSON.stringify(requests(kind));
}

/**
 * Whether a press sends it.
 * @param {Kind} kind
 */
export function isReady(kind) {
  const { told, wrong, busy } = desk(kind);
  const rows = shown(kind);
  const good = rows.length > 0 && !rows.some((row) => isBad(kind, row));
  return good && isChecked(kind) && !busy && !wrong && !told.trouble;
}

/**
 * All that a person wrote in a list, as text.
 * @param {Kind} kind
 */
export function written(kind) {
  const { text, takes, more, changes } = list(kind);
  return JSON.stringify([text, takes, more, changes]);
}
