// The model card: who sells it, what it is good for, what it takes, and what a change of model left out.

import { h, kindOf, say } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { number, withUnit } from "../core/numbers.js";
import { alsoAt, costs } from "./elsewhere.js";
import * as form from "./form.js";
import { about, rate } from "../core/prices.js";
import { accounts, KINDS } from "./asked.js";
import { choose } from "./restore.js";
import { inOrder } from "../core/rules.js";
import { allowed, lasting } from "./lengths.js";
import {
  connection,
  indefinite,
  isUnoffered,
  isWithheld,
  spec,
  subscribe,
  usualSeconds,
  vendorLabel,
} from "../core/store.js";
import { handing } from "./handing.js";

/**
 * @typedef {object} Card
 * @property {string} [model] the one that is shown
 * @property {boolean} open
 * @property {HTMLElement} text
 * @property {HTMLSelectElement} account
 * @property {HTMLElement} accounts
 * @property {HTMLElement} chips
 * @property {HTMLElement} more
 * @property {HTMLElement} price
 * @property {HTMLElement} note
 * @property {HTMLElement} risk
 * @property {HTMLElement} words
 * @property {HTMLElement} undo
 * @property {HTMLElement} notice
 */

/** @type {Partial<Record<Kind, Card>>} */
const cards = {};
const REWRITTEN = "The service rewords your shots before it films them.";
const SHOWN = 5; // more would take the place of the controls below

/** @param {HTMLElement} element */
export function mount(element) {
  const kind = kindOf(element);
  const card = made(kind);
  new ResizeObserver(() => fold(card)).observe(card.text);
  const from = h(
    "button",
    {
      type: "button",
      class: "plain tool-link from-file",
      title: "Fill the form from an image or video downloaded from a studio. You can also drop it anywhere here",
      onclick: () => choose((file) => handing(kind, file)),
    },
    "Load settings…",
  );
  element.replaceChildren(
    alsoAt(kind).element,
    card.text,
    card.chips,
    h("div", { class: "summary-line" }, card.price, from),
    card.note,
    card.accounts,
    card.risk,
    card.notice,
  );
  cards[kind] = card;
  render(kind);
}

/**
 * @param {Kind} kind
 * @returns {Card}
 */
function made(kind) {
  const words = h("span");
  const undo = h("button", { type: "button", class: "act", hidden: true, onclick: () => form.undo(kind) }, "Undo");
  const close = h(
    "button",
    { type: "button", class: "plain", "aria-label": "Dismiss", onclick: () => form.dismiss(kind) },
    icon("x"),
  );
  /** @type {Card} */
  const card = {
    open: false,
    text: h("p", { class: "summary-text" }),
    chips: h("ul", { class: "chips", "aria-label": "Supports" }),
    more: h("button", { type: "button", class: "plain chips-more", onclick: () => open(card, !card.open) }),
    price: h("p", { class: "summary-price" }),
    note: h("p", { class: "summary-note", hidden: true }),
    risk: h("p", { class: "summary-risk", hidden: true }),
    account: h("select", {
      class: "field",
      onchange: () => form.write(kind, { wish: { ...form.current(kind).wish, account: card.account.value } }),
    }),
    accounts: h("label", { class: "summary-account", hidden: true }, "Account"),
    words,
    undo,
    notice: h("div", { class: "notice", role: "status", hidden: true }, words, undo, close),
  };
  card.accounts.append(card.account);
  return card;
}

/** @param {Kind} kind */
function render(kind) {
  const card = cards[kind];
  const state = form.current(kind);
  if (!card || !state) return;
  const row = form.row(kind);
  if (card.model !== row.id) {
    card.model = row.id;
    say(card.text, row.summary);
    const note = [row.note, row.rules.shots?.rewritten && REWRITTEN].filter(Boolean).join(" ");
    say(card.note, note);
    card.note.hidden = !note;
    card.chips.replaceChildren(...chips(row).map((text) => h("li", {}, text)), h("li", { class: "last" }, card.more));
    open(card, false);
  }
  const risk = [row.at_risk, isWithheld(row) && withheld(row), isUnoffered(row) && unoffered(row)]
    .filter(Boolean)
    .join(" ");
  say(card.risk, risk);
  card.risk.hidden = !risk;
  renderAccounts(card, state);
  renderPrice(kind, card);
  say(card.words, state.notice);
  card.undo.hidden = !state.undo;
  card.notice.hidden = !state.notice;
}

// Where a key has one account, there is nothing to choose.
/**
 * @param {Card} card
 * @param {FormState} state
 */
function renderAccounts({ account, accounts: box }, state) {
  const known = accounts(state.vendor);
  const drawn = JSON.stringify(known);
  box.hidden = !known.length;
  if (account.dataset.drawn !== drawn) {
    account.dataset.drawn = drawn;
    account.replaceChildren(
      h("option", { value: "" }, "Whichever has room"),
      ...known.map(({ mark, name }) => h("option", { value: mark }, name)),
    );
  }
  const wish = String(state.wish.account ?? "");
  account.value = known.some(({ mark }) => mark === wish) ? wish : "";
}

/** @param {Spec} row */
const withheld = (row) => `Not enabled for this account: ${vendorLabel(row.vendor)} doesn't list it.`;
/** @param {Spec} row */
const unoffered = (row) =>
  `${vendorLabel(row.vendor)} said last that it doesn't offer ${row.label}, so it may refuse it again.`;

form.onChange(render);
subscribe(() => KINDS.forEach(render), "connections");

/**
 * @param {Card} card
 * @param {boolean} wanted
 */
function open(card, wanted) {
  card.open = wanted;
  card.text.classList.toggle("whole", wanted);
  [...card.chips.children].slice(SHOWN, -1).forEach((chip) => chip.toggleAttribute("hidden", !wanted));
  card.more.setAttribute("aria-expanded", String(wanted));
  say(card.more, wanted ? "Show less" : "Show all");
  fold(card);
}

// Where everything is shown as it is, there is nothing to ask for.
/** @param {Card} card */
function fold(card) {
  const cut = card.text.scrollWidth > card.text.clientWidth;
  card.more.hidden = !card.open && !cut && card.chips.children.length <= SHOWN + 1;
}

/**
 * @param {Kind} kind
 * @param {Card} card
 */
function renderPrice(kind, card) {
  const row = form.row(kind);
  const cost = costs(kind, row);
  const sandboxed = connection(row.vendor)?.sandbox;
  const price = about(cost) || rate(row);
  say(
    card.price,
    price ? `${price[0].toUpperCase()}${price.slice(1)}${sandboxed ? " (free in the sandbox)" : ""}` : "Price unknown",
  );
}

/**
 * The same, with how long it usually takes and how much one may write.
 * @param {Spec} row
 */
export function chips(row) {
  const { prompt } = row.rules;
  const found = takes(row);
  if (row.usual_seconds) found.push(`usually ${usual(row)}`);
  if (prompt) found.push(`up to ${number(prompt.doubtful ?? prompt.longest)} characters`);
  return found;
}

/**
 * What a model takes and gives, in a few words each.
 * @param {Spec} row
 */
export function takes(row) {
  const {
    start_frame: start,
    end_frame: end,
    references,
    driving_video: driving,
    prompt,
    duration,
    resolution,
    audio,
    shots,
  } = row.rules;
  // Beside all resolutions the largest of them would be said twice.
  const sizes = resolution && inOrder(resolution.options).map((option) => withUnit(option, ""));
  const largest = sizes && `up to ${sizes.at(-1)}`;
  const good = row.good_for.filter((text) => text !== largest);
  const found = [];
  if (start?.least) found.push(`needs ${indefinite((start.label || "start frame").toLowerCase())}`);
  else if (start || references)
    found.push(
      references?.least ? `needs ${indefinite((references.label || "reference").toLowerCase())}` : "text or image",
    );
  else if (prompt) found.push("text");
  if (end && !driving) found.push("start + end frame");
  if (references && references.most > 1) found.push(`up to ${references.doubtful ?? references.most} references`);
  if (driving) found.push((driving.label || "driving video").toLowerCase());
  if (shots) found.push(`${shots.least}–${shots.most} shots`, `${allowed(shots)} long`);
  if (duration) found.push(`${lengths(duration)} long`);
  if (sizes) found.push(sizes.join(", "));
  if (audio) found.push("audio");
  if (row.always_audio) found.push("always with audio");
  if (row.kind === "video" && spec(`${row.vendor}:multishot/${row.name}`)) found.push("multishot");
  found.push(...good);
  return [...new Set(found)];
}

/** @param {Choice | Span} rule */
function lengths(rule) {
  const [low, high] =
    rule.rule === "span"
      ? [rule.low, rule.high]
      : [Math.min(...rule.options.map(Number)), Math.max(...rule.options.map(Number))];
  return low === high ? `${low} s` : `${low}–${high} s`;
}

/**
 * How long a task usually takes, never more precise than it is known.
 * @param {Spec} row
 * @param {Readonly<Record<string, unknown>>} [options]
 */
export function usual(row, options) {
  const known = usualSeconds(row, options);
  if (!known) return "";
  const [low, high] = known;
  return high < 90 ? `${low}–${high} s` : `${Math.round(low / 60)}–${Math.round(high / 60)} min`;
}

/**
 * What stands beside the word Generate.
 * @param {Kind} kind
 */
export function promise(kind) {
  const row = form.row(kind);
  const sandboxed = connection(row.vendor)?.sandbox;
  const shots = row.rules.shots ? form.current(kind).shots : [];
  const plan = shots.length ? [`${shots.length} shots`, `${lasting(shots)} s`] : [];
  const lasts = usual(row, form.current(kind).options);
  const time = sandboxed ? "sandbox, a few seconds" : lasts && `usually ${lasts}`;
  const cost = about(costs(kind, row));
  const price = cost && sandboxed ? `${cost}, free in the sandbox` : cost;
  return price ? [...plan.slice(1), price].join(" · ") : plan.length ? plan.join(" · ") : time;
}
