// What holds for all, on the Settings tab: caps, and the largest upload. An admin sets them; the environment wins.

import { api, reason } from "../core/calls.js";
import { h, toast } from "../core/dom.js";
import { working } from "../core/focus.js";
import { catalogue, vendors } from "../core/store.js";

/** @typedef {import("../types").LimitView} Limit */
/** @typedef {{ element: HTMLElement, read: () => string }} CapFields */

/** @type {Record<string, string>} */
const CAPS = { cap_job: "Per job", cap_owner_day: "Per person, per day", cap_day: "Everyone, per day" };
const UPLOAD = "max_upload_mb";

/** @param {string} vendor */
function unitOf(vendor) {
  const unit = catalogue.find((row) => row.vendor === vendor && row.prices.length)?.prices[0].unit;
  return unit === "USD" ? "$" : (unit ?? "");
}

/**
 * A field for each service, from `service=500,other=0.5`, and what is typed in them in the same form. What they belong
 * to is a part of their names.
 * @param {string} caps
 * @param {string} what
 * @returns {CapFields}
 */
export function capFields(caps, what) {
  const held = new Map(
    caps
      .split(",")
      .filter(Boolean)
      .map((part) => /** @type {[string, string]} */ (part.split("=").map((side) => side.trim()))),
  );
  const inputs = vendors.map(({ name, label }) => {
    const unit = unitOf(name);
    const text = unit ? `${label}, ${unit}` : label;
    const input = h("input", {
      class: "field",
      inputmode: "decimal",
      autocomplete: "off",
      placeholder: "none",
      name,
      value: held.get(name) ?? "",
      "aria-label": `${what}, ${text}`,
    });
    return h("label", {}, h("span", {}, text), input);
  });
  const element = h("div", { class: "cap-fields" }, inputs);
  const read = () =>
    [...element.querySelectorAll("input")]
      .filter((input) => input.value.trim())
      .map((input) => `${input.name}=${input.value.trim()}`)
      .join(",");
  return { element, read };
}

/**
 * The content of the section.
 * @param {readonly Limit[]} told
 */
export function limits(told) {
  const byName = new Map(told.map((limit) => [limit.name, limit]));
  /** @type {Map<string, () => string | number | null>} */
  const fields = new Map();
  const rows = Object.entries(CAPS).map(([name, text]) => {
    const limit = byName.get(name);
    if (!limit || limit.origin === "environment") return given(text, limit);
    const { element, read } = capFields(limit.value, text);
    fields.set(name, () => read() || null);
    return h("div", { class: "limit", role: "group", "aria-label": text }, h("h3", {}, text), element);
  });
  const said = h("p", { class: "said", role: "status" });
  /** @type {HTMLButtonElement} */
  const button = h("button", { type: "submit", class: "act" }, "Save limits");
  const form = h("form", { class: "adopt-card limits" }, rows, upload(byName.get(UPLOAD), fields), button, said);
  const save = async () => {
    const wanted = Object.fromEntries([...fields].map(([name, read]) => [name, read()]));
    const answer = await api("POST", "settings/limits", wanted);
    said.className = "said bad";
    said.replaceChildren(...(answer.ok ? [] : [h("b", {}, reason(answer))]));
    if (answer.ok) toast("Limits saved.");
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    working(button, save);
  });
  return form;
}

/**
 * @param {Limit | undefined} limit
 * @param {Map<string, () => string | number | null>} fields
 */
function upload(limit, fields) {
  const text = "Largest upload";
  if (!limit || limit.origin === "environment") return given(text, limit, " MB");
  const input = h("input", {
    class: "field",
    inputmode: "numeric",
    autocomplete: "off",
    value: limit.value,
    "aria-label": `${text}, MB`,
  });
  fields.set(UPLOAD, () => {
    const typed = input.value.trim();
    return typed === "" ? null : Number(typed);
  });
  return h(
    "div",
    { class: "limit", role: "group", "aria-label": text },
    h("h3", {}, text),
    h("div", { class: "cap-fields" }, h("label", {}, h("span", {}, "MB"), input)),
  );
}

/**
 * What the environment says is shown and not asked for.
 * @param {string} text
 * @param {Limit | undefined} limit
 * @param {string} [unit]
 */
const given = (text, limit, unit = "") =>
  limit &&
  h(
    "div",
    { class: "limit", role: "group", "aria-label": text },
    h("h3", {}, text),
    h("p", {}, h("b", {}, limit.value ? `${limit.value}${unit}` : "none")),
    h("p", { class: "why" }, "Set by ", h("code", {}, limit.variable), " where the studio is started."),
  );
