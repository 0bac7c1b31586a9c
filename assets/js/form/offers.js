// Which models a picker offers: one vendor's or all vendors', and only those that can do what is asked for.

import { estimate } from "../core/prices.js";
import { connection, label, specs, vendorLabel, vendors } from "../core/store.js";

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

/** @typedef {[name: string, can: (row: Spec) => boolean]} Ability */

// In the order in which they are offered; `cheap` comes last, because it asks for the prices of all.
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
  ["audio", has("audio")],
  ["4K", has("resolution", (rule) => rule.rule === "choice" && rule.options.includes("4K"))],
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
  const all = [...named, ["cheap", cheap(kind)]];
  const apart = all.filter(([, can]) => {
    const able = specs(kind).filter(can).length;
    return able > 0 && able < specs(kind).length;
  });
  return apart.slice(0, MOST);
}

/**
 * The models of one shelf, without regard to what they can do.
 * @param {Kind} kind
 * @param {string} shelf
 */
export const onShelf = (kind, shelf) => specs(kind).filter((row) => shelf === ALL || row.vendor === shelf);

/**
 * The models to offer; the chosen one stays among them, or its list would lose it.
 * @param {Kind} kind
 * @param {{ shelf: string, able: string[], model: string }} asked
 */
export function offered(kind, { shelf, able, model }) {
  const asked = abilities(kind).filter(([name]) => able.includes(name));
  return onShelf(kind, shelf).filter((row) => row.id === model || asked.every(([, can]) => can(row)));
}

/**
 * How many of them can do what is asked for.
 * @param {Kind} kind
 * @param {{ shelf: string, able: string[] }} state
 */
export const found = (kind, state) => offered(kind, { ...state, model: "" }).length;

/**
 * The rows of a kind that can do what is asked for, with the words by which a search finds them.
 * @param {Kind} kind
 * @param {string[]} able
 * @returns {import("./search.js").Entry[]}
 */
export const entries = (kind, able) => offered(kind, { shelf: ALL, able, model: "" }).map((row) => entry(kind, row));

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
 * @param {string} shelf
 */
export function wordsOf(row, shelf) {
  const seller = shelf === ALL ? ` · ${connection(row.vendor)?.label ?? row.vendor}` : "";
  return `${row.label}${seller}${row.at_risk ? " (may be refused)" : ""}`;
}

/**
 * The vendors of a kind in words; more than one can also be shown together.
 * @param {Kind} kind
 * @returns {[string, string][]}
 */
export function shelves(kind) {
  const sellers = vendors
    .filter((vendor) => specs(kind).some((row) => row.vendor === vendor.name))
    .map((vendor) => /** @type {[string, string]} */ ([vendor.label, vendor.name]));
  return sellers.length > 1 ? [["All services", ALL], ...sellers] : sellers;
}

/**
 * What a form offers at first: the models of the vendor that one has a key for, else those of all.
 * @param {Kind} kind
 */
export function firstShelf(kind) {
  const first = home(kind);
  if (!first) return "";
  return connection(first.vendor)?.sandbox === false || shelves(kind).length === 1 ? first.vendor : ALL;
}

/**
 * The first model of the first vendor that has a key, else the first of all.
 * @param {Kind} kind
 * @returns {Spec | undefined}
 */
export const home = (kind) => specs(kind).find((row) => connection(row.vendor)?.sandbox === false) ?? specs(kind)[0];

/**
 * The same model on another shelf, else one of the same name, else the first there.
 * @param {Kind} kind
 * @param {Spec} row
 * @param {string} shelf
 * @returns {Spec | undefined}
 */
export function twin(kind, row, shelf) {
  const rows = onShelf(kind, shelf);
  return (
    rows.find((one) => row.family && one.family === row.family) ??
    rows.find((one) => one.label === row.label) ??
    rows[0]
  );
}
