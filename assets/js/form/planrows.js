// The list of saved plans: each is opened by a press, and renamed, duplicated or deleted in place.

import { act, nameFor } from "../core/buttons.js";
import { arrange, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { since } from "../core/time.js";
import { modelLabel, spec } from "../core/store.js";
import { composes } from "../core/shortcuts.js";

/** @typedef {import("../types").PlanLine} PlanLine */
/**
 * @typedef {object} Acts
 * @property {(line: PlanLine) => unknown} open
 * @property {(line: PlanLine) => unknown} use a template
 * @property {(line: PlanLine, name: string) => unknown} rename
 * @property {(line: PlanLine) => unknown} duplicate
 * @property {(line: PlanLine) => unknown} remove
 */

/** @param {Acts} acts */
export function makeRows(acts) {
  const element = h("ul", { class: "plan-rows", "aria-label": "Saved plans" });
  /** @type {PlanLine[]} */
  let lines = [];
  /** @type {string | undefined} */
  let current;
  /** What is open beneath a row: its actions, its new name, or the question before it is deleted. */
  let at = { id: "", what: "" };

  /**
   * @param {PlanLine[]} plans
   * @param {string} [opened] the one that the form holds
   */
  function draw(plans, opened) {
    [lines, current] = [plans, opened];
    render();
  }

  function render() {
    const focused = document.activeElement;
    const held = element.contains(focused) ? focused?.closest("li")?.dataset.plan : undefined;
    arrange(element, []);
    arrange(element, lines.map(row));
    if (held === undefined) return;
    const back = lines.some(({ id }) => id === held) ? `[data-plan="${held}"] ` : "";
    element.querySelector(`${back}.plan-more`)?.focus();
  }

  /**
   * @param {string} id
   * @param {string} what
   */
  function turn(id, what) {
    at = { id, what };
    render();
    const within = element.querySelector(`[data-plan="${id}"] .plan-acts`);
    (within?.querySelector("input") ?? within?.querySelector("button"))?.focus();
  }

  /** @param {PlanLine} line */
  function row(line) {
    const what = at.id === line.id ? at.what : "";
    const press = line.template ? acts.use : acts.open;
    const seconds = Math.round(line.seconds * 10) / 10;
    const model =
      line.model && !spec(line.model) ? `${modelLabel(line.model)} (no longer offered)` : modelLabel(line.model);
    const facts = [`${line.shots} ${line.shots === 1 ? "shot" : "shots"}`, `${seconds} s`, model, since(line.updated)];
    const opener = h(
      "button",
      { type: "button", class: "plain plan-open", onclick: () => press(line) },
      h("b", { dir: "auto" }, line.name),
      line.template && h("span", { class: "plan-kind" }, "Template"),
      current === line.id && h("span", { class: "plan-kind" }, "Open"),
      h("span", { class: "plan-facts" }, facts.filter(Boolean).join(" · ")),
    );
    const more = h(
      "button",
      {
        type: "button",
        class: "tool plan-more",
        "aria-label": `More actions for ${line.name}`,
        title: "More actions",
        "aria-expanded": String(what !== ""),
        onclick: () => (what ? turn("", "") : turn(line.id, "acts")),
      },
      icon("more"),
    );
    return h("li", { class: "plan-row", dataset: { plan: line.id } }, opener, more, beneath(line, what));
  }

  /**
   * @param {PlanLine} line
   * @param {string} what
   */
  function beneath(line, what) {
    const close = (/** @type {() => unknown} */ then) => () => {
      at = { id: "", what: "" };
      then();
    };
    if (what === "acts")
      return under(
        line.template && act("Edit template", () => acts.open(line)),
        act("Rename", () => turn(line.id, "name")),
        act(
          "Duplicate",
          close(() => acts.duplicate(line)),
        ),
        act("Delete", () => turn(line.id, "delete")),
      );
    if (what === "delete")
      return under(
        h("span", {}, "Permanently delete this plan? Jobs made from it keep theirs."),
        nameFor(
          act(
            "Delete plan",
            close(() => acts.remove(line)),
          ),
          line.name,
        ),
        act("Keep", () => turn(line.id, "acts")),
      );
    return what === "name" && renaming(line, (name) => close(() => acts.rename(line, name))());
  }

  /**
   * @param {PlanLine} line
   * @param {(name: string) => unknown} then
   */
  function renaming(line, then) {
    const input = h("input", {
      type: "text",
      class: "field",
      dir: "auto",
      maxlength: "80",
      autocomplete: "off",
      value: line.name,
      "aria-label": "New name",
      onkeydown: (event) => {
        if (event.key === "Enter" && !composes(event)) then(input.value);
        if (event.key !== "Escape") return;
        // It leaves the name, and not the dialog.
        event.preventDefault();
        turn(line.id, "acts");
      },
    });
    return under(
      input,
      act("Save name", () => then(input.value)),
      act("Cancel", () => turn(line.id, "acts")),
    );
  }

  return { element, draw };
}

/** @param {Children} children */
const under = (...children) => h("div", { class: "plan-acts fix" }, ...children);
