// The dialog of saved plans: what the form holds is saved under a name, and what was saved is opened again.

import { act } from "../core/buttons.js";
import { api, fresh, reason } from "../core/calls.js";
import { hang } from "../core/dialog.js";
import { h, say } from "../core/dom.js";
import { isGiven } from "../core/rules.js";
import { spec } from "../core/store.js";
import { planOf } from "./asked.js";
import * as form from "./form.js";
import { makeRows } from "./planrows.js";
import { askSlots } from "./slotform.js";
import { filledPlan, slotsOf } from "./slots.js";

const KIND = "multishot";
const NAMELESS = "Give the plan a name.";
const EMPTY = "There is nothing to save yet. Describe a shot first.";
/** @typedef {import("../types").PlanView} PlanView */
/** @typedef {import("../types").PlanLine} PlanLine */
/**
 * @typedef {object} View
 * @property {HTMLDialogElement} dialog
 * @property {HTMLInputElement} name
 * @property {HTMLButtonElement} over
 * @property {HTMLButtonElement} fresh
 * @property {HTMLButtonElement} template
 * @property {HTMLButtonElement} close
 * @property {HTMLElement} note
 * @property {HTMLElement} choice
 * @property {ReturnType<typeof makeRows>} rows
 */
/** @type {View} */
let view;
let asked = 0;
/** @type {{ text: string, key: string } | null} */
let last = null; // a press whose answer has not come: repeated under its own name it saves one plan
let busy = false;

/** Show the dialog over the form. */
export function openPlans() {
  view ??= built();
  view.name.value = state().opened?.name ?? "";
  tell("");
  settle();
  view.dialog.showModal();
  (state().opened || !holds() ? view.close : view.name).focus();
  load();
}

const state = () => form.current(KIND);
const holds = () => [...state().shots.map((one) => one.prompt), state().prompt].some(isGiven);
/** What the form holds, as it would be saved. */
const now = () => JSON.stringify(planOf(state()));

/** How the plan of the form is called, and whether it was changed since; empty where it was never saved. */
export function planName() {
  const { opened } = state();
  if (!opened) return "";
  return opened.kept && opened.kept !== now() ? `${opened.name} · edited` : opened.name;
}

/** @returns {View} */
function made() {
  return {
    name: h("input", {
      type: "text",
      class: "field",
      dir: "auto",
      maxlength: "80",
      autocomplete: "off",
      placeholder: "Name of this plan",
      "aria-label": "Name of this plan",
      oninput: settle,
    }),
    over: act("Save changes", () => save("over"), { class: "act go" }),
    fresh: act("Save as new plan", () => save("new")),
    template: act("Save as template", () => save("template"), {
      title: "Words in braces, such as {subject}, are asked for each time it is used",
    }),
    close: act("Close", () => view.dialog.close()),
    note: h("p", { class: "tool-note", role: "status" }),
    choice: h("div", { class: "plan-choice fix", role: "group", "aria-label": "Changed elsewhere", hidden: true }),
    rows: makeRows({ open, use, rename, duplicate, remove }),
    dialog: h("dialog", { class: "tool-dialog plans" }),
  };
}

/** @returns {View} */
function built() {
  const view = made();
  const onsubmit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    save(view.over.hidden ? "new" : "over");
  };
  view.dialog.append(
    h("div", { class: "tool-head" }, h("h2", {}, "Plans"), view.close),
    h(
      "form",
      { class: "plan-save", onsubmit },
      view.name,
      h("div", { class: "fix" }, view.over, view.fresh, view.template),
    ),
    view.note,
    view.choice,
    view.rows.element,
  );
  hang("plans", view.dialog);
  return view;
}

// Which ways to save there are, and which of them rest.
function settle() {
  const { opened } = state();
  view.over.hidden = !opened;
  say(view.fresh, opened ? "Save as new plan" : "Save plan");
  view.fresh.classList.toggle("go", !opened);
  const why = !holds() ? EMPTY : !view.name.value.trim() ? NAMELESS : "";
  for (const button of [view.over, view.fresh, view.template]) button.setAttribute("aria-disabled", String(why !== ""));
}

/**
 * @param {string} text
 * @param {Children} choices
 */
function tell(text, ...choices) {
  say(view.note, text);
  view.choice.hidden = !choices.length;
  view.dialog.classList.toggle("asks", choices.length > 0);
  view.choice.replaceChildren(...choices.flat(2).filter((one) => one instanceof Node));
  view.choice.querySelector("button")?.focus();
}

async function load() {
  const mine = ++asked;
  /** @type {Answer<import("../types").PlansView>} */
  const answer = await api("GET", "plans");
  if (mine !== asked) return;
  if (!answer.ok) return tell(reason(answer));
  view.rows.draw(answer.data.plans, state().opened?.id);
  if (!answer.data.plans.length && !view.note.textContent)
    say(view.note, "Nothing is saved yet. A plan keeps its shots, model, settings and images under a name.");
}

/**
 * A call about one plan; null where it was refused, which is said.
 * @param {"GET" | "POST"} method
 * @param {string} path
 * @param {object} [body]
 */
async function call(method, path, body) {
  /** @type {Answer<PlanView>} */
  const answer = await api(method, path, body);
  if (answer.ok) return answer.data;
  tell(reason(answer));
  return null;
}

/** @param {string} id */
const address = (id) => `plans/${encodeURIComponent(id)}`;

/**
 * @param {"new" | "over" | "template"} how
 * @param {string[]} [agreed]
 */
async function save(how, agreed = []) {
  const { opened } = state();
  const name = view.name.value.trim();
  if (!holds() || !name) {
    tell(holds() ? NAMELESS : EMPTY);
    if (holds()) view.name.focus();
    return;
  }
  if (busy) return;
  busy = true;
  const plan = planOf(state());
  const kept = JSON.stringify(plan);
  const isOver = how === "over" && opened;
  const body = isOver
    ? { name, plan, revision: opened.revision, agreed }
    : { name, plan, template: how === "template", client_request_id: pressed(`${how} ${name} ${kept}`) };
  /** @type {Answer<PlanView>} */
  const answer = await api("POST", isOver ? address(opened.id) : "plans", body);
  busy = false;
  if (answer.status !== 0) last = null;
  if (!answer.ok) return refused(answer);
  // A template is used anew each time; the form goes on with what it holds.
  if (how !== "template") keep(answer.data, kept);
  tell(`Saved as “${answer.data.name}”.`);
  settle();
  load();
}

/** @param {string} text */
function pressed(text) {
  if (last?.text !== text) last = { text, key: fresh() };
  return last.key;
}

/** @param {Refused} answer */
function refused(answer) {
  const { opened } = state();
  if (answer.status === 404) {
    form.write(KIND, { opened: null });
    settle();
    load();
  }
  const isChanged = opened && answer.data.problems.some(({ asks }) => asks === "changed");
  if (!isChanged) return tell(reason(answer));
  tell(
    reason(answer),
    act("Save as new plan", () => save("new"), { class: "act go" }),
    act("Overwrite it", () => save("over", ["changed"])),
    act("Open the newer one", () => open(opened)),
  );
}

/**
 * The form holds this plan as it stands.
 * @param {PlanLine} plan
 * @param {string} kept
 */
function keep({ id, name, revision, template }, kept) {
  form.write(KIND, { opened: { id, name, revision, template, kept } });
}

/**
 * Open a plan as it was saved.
 * @param {Pick<PlanLine, "id">} line
 */
async function open({ id }) {
  const found = await call("GET", address(id));
  if (!found) return load();
  view.dialog.close();
  put(found, found.plan, []);
  keep(found, now());
}

/**
 * Use a template: ask for its words, and fill the form with the plan that they make.
 * @param {PlanLine} line
 */
async function use({ id }) {
  const found = await call("GET", address(id));
  if (!found) return load();
  const { slots, plan, name } = found;
  view.dialog.close();
  if (!slots.length) return put(found, plan, []);
  askSlots(name, slots, (words) => put(found, filledPlan(plan, words), slots));
}

/**
 * @param {PlanView} saved
 * @param {import("../types").Plan} plan
 * @param {string[]} slots
 */
function put({ plan: { model } }, plan, slots) {
  const row = spec(model) ?? form.row(KIND);
  const gone = `The model of this plan, ${model}, is no longer offered, so this is ${row.label}. Check what fits.`;
  form.fill(KIND, {
    ...{ model: row.id, prompt: plan.prompt, options: { ...plan.options } },
    ...{ style: plan.style, cast: plan.cast, shots: plan.shots, slots, opened: null },
    media: { start_frame: plan.start_frame ?? [], references: plan.references },
    because: spec(model) || !model ? "" : gone,
  });
  focusFirst();
}

const focusFirst = () => document.querySelector("#shot-1-prompt textarea")?.focus();

// A name says nothing about what else was changed elsewhere: nothing of that is lost.
/**
 * @param {PlanLine} line
 * @param {string} name
 */
async function rename({ id }, name) {
  const found = await call("POST", address(id), { name, agreed: ["changed"] });
  const { opened } = state();
  if (found && opened?.id === id) {
    // Whoever opened an older one is still asked before it is overwritten.
    const revision = opened.revision === found.revision - 1 ? found.revision : opened.revision;
    form.write(KIND, { opened: { ...opened, name: found.name, revision } });
    view.name.value = found.name;
  }
  if (found) tell("");
  await load();
}

/** @param {PlanLine} line */
async function duplicate({ id }) {
  const twin = await call("POST", `${address(id)}/duplicate`, { client_request_id: pressed(`twin ${id}`) });
  last = twin ? null : last;
  if (twin) tell(`Saved as “${twin.name}”.`);
  await load();
}

/** @param {PlanLine} line */
async function remove({ id, name }) {
  const answer = await api("DELETE", address(id));
  // What another window deleted is gone as well.
  if (!answer.ok && answer.status !== 404) return tell(reason(answer));
  if (state().opened?.id === id) form.write(KIND, { opened: null });
  tell(`Deleted “${name}”.`);
  settle();
  await load();
}

/** The names in braces that the form holds. */
export const openSlots = () => slotsOf(planOf(state()));

/**
 * Ask for the words of the braces in the form.
 * @param {(plan: import("../types").Plan) => void} then
 */
export const fillSlots = (then) =>
  askSlots("Fill in the braces", openSlots(), (words) => then(filledPlan(planOf(state()), words)));
