// Which models a picker offers: one vendor's or all vendors', and only those that can do what is asked for.

import { estimate } from "../core/prices.js";
import { connection, isDoubted, isWithheld, label, NOT_ENABLED, specs, vendorLabel, vendors } from "../core/store.js";

/** Stands for all vendors in the vendor list. */
export const ALL = "*";
const MOST = 6;

/** @param {Spec} row */
const every = (row) => [row.rules, ...row.when.map((when) => when.rules)].flatMap(Object.entries);
/**
 * @param {string} field
 * @param {(rule: Rule) => boolean} [good]
 * @returns {(row: Spec) => boolean}
 */
const has =
  (field, good = () => true) =>
  (row) =>
    every(row).some(([name, rule]) => name === field && good(rule));

const hasAudio = has("audio");

/** @typedef {[name: string, can: (row: Spec) => boolean]} Ability */

// Services write it in capitals or not.
/** @param {Value} option */
const is4K = (option) => String(option).toUpperCase() === "4K";

// In the order in which they are offered; `low price` comes last, because it asks for the prices of all.
/** @type {Ability[]} */
const ABILITIES = [
  [
    "text",
    (row) =>
      !row.needs_any.length &&
      Boolean(row.rules.prompt) &&
      Object.values(row.rules).every((rule) => rule.rule !== "slot" || !rule.least),
  ],
  ["image", has("start_frame")],
  ["references", has("references")],
  ["end frame", has("end_frame")],
  ["audio", (row) => row.always_audio || hasAudio(row)],
  ["4K", has("resolution", (rule) => rule.rule === "choice" && rule.options.some(is4K))],
  ["several at once", has("count")],
];
/** @type {Partial<Record<Kind, string[]>>} */
const FIRST = {
  video: ["text", "image", "end frame", "audio", "4K"],
  image: ["text", "references", "4K", "several at once"],
};

// What one costs as it comes, where that is known; credits and dollars are never held against each other.
/** @param {Spec} row */
function plain(row) {
  const cost = estimate(row, {});
  return cost?.at_least ? null : cost;
}
const isFree = has("explore");

/** @param {Kind} kind */
function cheap(kind) {
  /** @type {Record<string, number[]>} */
  const units = {};
  for (const row of specs(kind)) {
    const cost = plain(row);
    if (cost) (units[cost.unit] ??= []).push(cost.amount);
  }
  const bars = Object.fromEntries(
    Object.entries(units).map(([unit, all]) => [unit, all.sort((a, b) => a - b)[Math.floor((all.length - 1) / 3)]]),
  );
  return (/** @type {Spec} */ row) => {
    const cost = plain(row);
    return isFree(row) || Boolean(cost && cost.amount <= bars[cost.unit]);
  };
}

/** @type {Partial<Record<Kind, Ability[]>>} */
const known = {};

/**
 * What models of a kind can be told apart by: [name, (row) => whether it can], at most six.
 * @param {Kind} kind
 * @returns {Ability[]}
 */
export function abilities(kind) {
  return (known[kind] ??= told(kind));
}

/**
 * @param {Kind} kind
 * @returns {Ability[]}
 */
function told(kind) {
  const first = FIRST[kind];
  const named = first ? ABILITIES.filter(([name]) => first.includes(name)) : ABILITIES;
  /** @type {Ability[]} */
  const all = [...named, ["low price", cheap(kind)]];
  const apart = all.filter(([, can]) => {
    const able = specs(kind).filter(can).length;
    return able > 0 && able < specs(kind).length;
  });
  return apart.slice(0, MOST);
}

/**
 * The models of one vendor or of all, without regard to what they can do.
 * @param {Kind} kind
 * @param {string} vendor
 */
export const ofVendor = (kind, vendor) => specs(kind).filter((row) => vendor === ALL || row.vendor === vendor);

/**
 * The models to offer; the chosen one stays among them, or its list would lose it.
 * @param {Kind} kind
 * @param {{ offeredBy: string, able: string[], model: string }} asked
 */
export function offered(kind, { offeredBy, able, model }) {
  const asked = abilities(kind).filter(([name]) => able.includes(name));
  return ofVendor(kind, offeredBy).filter((row) => row.id === model || asked.every(([, can]) => can(row)));
}

/**
 * Those of them that can do what is asked for.
 * @param {Kind} kind
 * @param {{ offeredBy: string, able: string[] }} state
 */
export const found = (kind, state) => offered(kind, { ...state, model: "" });

/**
 * The rows of a kind that can do what is asked for, with the words by which a search finds them.
 * @param {Kind} kind
 * @param {string[]} able
 * @returns {import("./search.js").Entry[]}
 */
export const entries = (kind, able) =>
  offered(kind, { offeredBy: ALL, able, model: "" }).map((row) => entry(kind, row));

/** @type {Map<string, import("./search.js").Entry>} */
const described = new Map(); // each row once: rows stay as they are

/**
 * @param {Kind} kind
 * @param {Spec} row
 */
function entry(kind, row) {
  const found = described.get(row.id) ?? {
    row,
    names: [row.label, row.name, row.family],
    own: [vendorLabel(row.vendor), row.summary, ...row.good_for, ...abilityWords(row, abilities(kind))],
  };
  described.set(row.id, found);
  return found;
}

/**
 * @param {Spec} row
 * @param {Ability[]} all
 */
const abilityWords = (row, all) => [
  ...all.filter(([, can]) => can(row)).map(([name]) => name),
  ...every(row).flatMap(([field, rule]) => [
    field,
    label(field),
    rule.label ?? "",
    ...(rule.rule === "choice" ? rule.options.map((/** @type {Value} */ option) => `${option}${rule.unit}`) : []),
  ]),
];

/**
 * A model in the words of its list; with its vendor where others stand beside it.
 * @param {Spec} row
 * @param {string} offeredBy
 */
export function wordsOf(row, offeredBy) {
  const seller = offeredBy === ALL ? ` · ${connection(row.vendor)?.label ?? row.vendor}` : "";
  const doubt = isWithheld(row) ? NOT_ENABLED : isDoubted(row) ? "may be refused" : "";
  return `${row.label}${seller}${doubt && ` (${doubt})`}`;
}

/**
 * The vendors of a kind in words; more than one can also be shown together.
 * @param {Kind} kind
 * @returns {[string, string][]}
 */
export function sellers(kind) {
  const all = vendors
    .filter((vendor) => specs(kind).some((row) => row.vendor === vendor.name))
    .map((vendor) => /** @type {[string, string]} */ ([vendor.label, vendor.name]));
  return all.length > 1 ? [["All services", ALL], ...all] : all;
}

/**
 * What a form offers at first: the models of the vendor that one has a key for, else those of all.
 * @param {Kind} kind
 */
export function firstOffered(kind) {
  const first = home(kind);
  if (!first) return "";
  return connection(first.vendor)?.sandbox === false || sellers(kind).length === 1 ? first.vendor : ALL;
}

/**
 * The first model of the first vendor that has a key, else the first of all.
 * @param {Kind} kind
 * @returns {Spec | undefined}
 */
export const home = (kind) => specs(kind).find((row) => connection(row.vendor)?.sandbox === false) ?? specs(kind)[0];

/**
 * The same model at another vendor, else one of the same name, else the first there.
 * @param {Kind} kind
 * @param {Spec} row
 * @param {string} vendor
 * @returns {Spec | undefined}
 */
export function twin(kind, row, vendor) {
  const rows = ofVendor(kind, vendor);
  return (
    rows.find((one) => row.family && one.family === row.family) ??
    rows.find((one) => one.label === row.label) ??
    rows[0]
  );
}
