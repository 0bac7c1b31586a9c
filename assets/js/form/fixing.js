// What of a plan a model does not take, shot by shot, and the ways to make it fit: each is shown before it is used.

import { h, say } from "../core/dom.js";
import { refocused } from "../core/focus.js";
import { faults, final, finals } from "./fit.js";
import { repairs } from "./repairs.js";
import { isGiven, wholeSeconds } from "../core/rules.js";

/** @typedef {import("./fit.js").Fault} Fault */
/** @typedef {{ id: string, label: string }} Named a model */
/**
 * @typedef {object} Acts
 * @property {(plan: Plan) => void} use
 * @property {(model: string) => void} back to the model that the plan was moved from
 */

/** Kinds of faults that no repair can mend: they wait for words. */
const OWN = ["missing", "short"];

/** @param {Acts} acts */
export function makeFixing(acts) {
  const element = h("section", { class: "fixing", "aria-label": "Fix the plan", hidden: true });
  const opener = h("button", { type: "button", class: "act", hidden: true, onclick: () => open() }, "Fix…");
  let isOpen = false;
  /** @type {Named | null} */
  let from = null;
  /** @type {Plan | null} */
  let draft = null; // what the repairs that were pressed would make of the plan
  /** @type {{ plan: Plan, limits: ShotsRule, model: Named } | null} */
  let now = null;
  let told = "";

  function open() {
    isOpen = true;
    render();
    element.querySelector("button")?.focus();
  }

  /** @param {boolean} [quietly] */
  function close(quietly) {
    const had = element.contains(document.activeElement);
    [isOpen, from, draft, told] = [false, null, null, ""];
    if (quietly) return;
    render();
    if (had) (opener.hidden ? document.getElementById("shots-total")?.querySelector("button") : opener)?.focus();
  }

  /**
   * @param {Plan} plan
   * @param {ShotsRule} limits
   * @param {Named} model
   */
  function show(plan, limits, model) {
    const isMoved = now !== null && now.model.id !== model.id && now.plan.shots === plan.shots;
    const isChanged = JSON.stringify([now?.plan, now?.model.id]) !== JSON.stringify([plan, model.id]);
    if (isChanged) [draft, told] = [null, ""];
    const needs = mendable(plan, limits).length > 0;
    if (isMoved) {
      close(true);
      from = now?.model ?? null;
      isOpen = needs && plan.shots.some((one) => isGiven(one.prompt));
    }
    now = { plan, limits, model };
    opener.hidden = !needs;
    if (!needs && isOpen && isChanged) return close();
    render();
  }

  function render() {
    element.hidden = !isOpen || !now;
    if (element.hidden || !now) return;
    const { plan, limits, model } = now;
    const held = draft ?? plan;
    const title = from ? `${model.label} doesn't take this plan as it is` : "Fix the plan";
    const ways = repairs(held, limits).map(({ label, plan: made, why }) =>
      h(
        "button",
        { type: "button", class: "act", "aria-disabled": String(!made), title: why, onclick: () => press(made, why) },
        label,
      ),
    );
    const feet = [
      draft && h("button", { type: "button", class: "act go", onclick: () => use() }, "Use this plan"),
      draft && h("button", { type: "button", class: "act", onclick: () => press(null, "") }, "Start over"),
      from &&
        h(
          "button",
          { type: "button", class: "act", onclick: () => from && acts.back(from.id) },
          `Back to ${from.label}`,
        ),
      h("button", { type: "button", class: "act", onclick: () => close() }, "Keep as it is"),
    ];
    refocused(
      element,
      () =>
        element.replaceChildren(
          h("h3", {}, title),
          h("ul", {}, draft ? changes(plan, draft, limits) : found(plan, limits)),
          h("div", { class: "acts", role: "group", "aria-label": "Ways to make it fit" }, ways),
          h(
            "p",
            { class: "fixing-note", role: "status" },
            told || (draft ? rest(draft, limits) : "Nothing changes before you use it."),
          ),
          h("div", { class: "acts" }, feet),
        ),
      () => element.querySelector("button"),
    );
  }

  /**
   * @param {Plan | null} made
   * @param {string} why
   */
  function press(made, why) {
    told = why;
    if (!why) draft = made;
    render();
    // What was said before is said again to whoever only hears it.
    const note = element.querySelector(".fixing-note");
    if (why && note) say(note, why);
  }

  function use() {
    const plan = draft;
    close();
    if (plan) acts.use(plan);
  }

  return { element, opener, show };
}

/**
 * @param {Plan} plan
 * @param {ShotsRule} limits
 */
const mendable = (plan, limits) =>
  faults(finals(plan), limits).filter(({ kind, soft }) => !soft && !OWN.includes(kind));

/**
 * What does not fit, shot by shot, then of the whole.
 * @param {Plan} plan
 * @param {ShotsRule} limits
 */
function found(plan, limits) {
  const all = faults(finals(plan), limits);
  const shots = plan.shots.map((one, index) => {
    const own = all.filter(({ shot }) => shot === index + 1);
    return row(
      `Shot ${index + 1}`,
      own.map(({ words }) => words).join(", ") || `${wholeSeconds(one.seconds)} s, fits`,
      own.some(({ soft }) => !soft),
    );
  });
  const whole = all.filter(({ shot }) => shot === null).map(({ words, soft }) => row("", words, !soft));
  return [...shots, ...whole];
}

/**
 * What another plan changes, shot by shot.
 * @param {Plan} before
 * @param {Plan} after
 * @param {ShotsRule} limits
 */
function changes(before, after, limits) {
  const all = faults(finals(after), limits);
  const gone = (/** @type {number} */ key) => !after.shots.some((one) => one.key === key);
  return after.shots.map((one, index) => {
    const place = before.shots.findIndex((each) => each.key === one.key);
    const old = before.shots[place];
    // The shots that follow in the plan and are gone went into this one.
    let last = place;
    while (before.shots[last + 1] && gone(before.shots[last + 1].key)) last += 1;
    const name =
      last > place ? `Shots ${place + 1} ${last - place === 1 ? "and" : "to"} ${last + 1}` : `Shot ${place + 1}`;
    const sent = final(after, one.prompt);
    const own = all.filter(({ shot }) => shot === index + 1);
    const parts = [
      old.seconds === one.seconds ? `${wholeSeconds(one.seconds)} s` : `${old.seconds ?? "no"} s → ${one.seconds} s`,
      last > place && "one shot",
      ...own.map(({ words }) => words),
    ];
    const text = final(before, old.prompt) === sent ? null : h("ins", { dir: "auto" }, sent);
    return row(
      name,
      parts.filter(Boolean).join(", "),
      own.some(({ soft }) => !soft),
      text,
    );
  });
}

/**
 * @param {string} name
 * @param {string} words
 * @param {boolean} isBad
 * @param {HTMLElement | null} [text]
 */
const row = (name, words, isBad, text = null) =>
  h("li", { class: isBad ? "bad" : "" }, name && h("b", {}, name), ` ${words}`, text);

/**
 * @param {Plan} plan
 * @param {ShotsRule} limits
 */
function rest(plan, limits) {
  const left = mendable(plan, limits).map(({ shot, words }) => (shot ? `Shot ${shot}: ${words}` : words));
  return left.length ? `Still to fix: ${left.join("; ")}.` : "This fits.";
}
