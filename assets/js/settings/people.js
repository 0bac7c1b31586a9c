// Who signs in, on the Settings tab: oneself, and for an admin what everybody's jobs came to, never what they are.

import { address, api, reason } from "../core/calls.js";
import { h, toast } from "../core/dom.js";
import { working } from "../core/focus.js";
import { amount, number } from "../core/numbers.js";
import { vendorLabel } from "../core/store.js";
import { person } from "../core/person.js";

/** @type {Record<string, string>} */
const ROLES = { admin: "Admin", member: "Member" };

/** The content of the section about oneself. */
export function self() {
  const leave = (/** @type {string} */ text, /** @type {boolean} */ everywhere) => {
    /** @type {HTMLButtonElement} */
    const button = h(
      "button",
      {
        type: "button",
        class: "act",
        dataset: { signOut: everywhere ? "everywhere" : "here" },
        onclick: () => working(button, () => signOut(everywhere)),
      },
      text,
    );
    return button;
  };
  return h(
    "div",
    { class: "adopt-card self" },
    h(
      "header",
      {},
      h("h3", { dir: "auto" }, person.name),
      h("span", { class: "pill" }, person.admin ? ROLES.admin : ROLES.member),
    ),
    h("div", { class: "fix" }, leave("Sign out", false), leave("Sign out on all devices", true)),
    newPassword(),
  );
}

function newPassword() {
  const field = (/** @type {string} */ name, /** @type {string} */ complete) =>
    h("input", { type: "password", class: "field", name, autocomplete: complete, maxlength: "1024", required: true });
  const labelled = (/** @type {string} */ text, /** @type {HTMLElement} */ input) =>
    h("label", {}, h("span", {}, text), input);
  const [before, after] = [field("old", "current-password"), field("new", "new-password")];
  const told = h("p", { class: "said", role: "status" });
  const button = h("button", { type: "submit", class: "act" }, "Change");
  const form = h(
    "form",
    { class: "secret", "aria-label": "Change password" },
    labelled("Current password", before),
    labelled("New password", after),
    button,
  );
  const change = async () => {
    const sent = { old: before.value, new: after.value };
    const answer = await api("POST", "password", sent);
    told.className = `said ${answer.ok ? "ok" : "bad"}`;
    told.replaceChildren(
      h("b", {}, answer.ok ? "Password changed. Your other devices and programs are signed out." : reason(answer)),
    );
    // What was typed since stays.
    if (answer.ok && before.value === sent.old && after.value === sent.new) form.reset();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    working(button, change);
  });
  return h("details", {}, h("summary", {}, "Change password"), form, told);
}

/** @param {boolean} everywhere */
async function signOut(everywhere) {
  const answer = await api("POST", "logout", { everywhere });
  if (answer.ok || answer.status === 401) location.assign(address("login"));
  else toast(reason(answer));
}

/** The content of the section about everybody, filled once the studio answers. */
export function everybody() {
  const list = h("ul", { class: "people" });
  const told = h("p", { class: "said", role: "status" });
  const command = h("code");
  const fill = async () => {
    /** @type {Answer<import("../types").PeopleView>} */
    const answer = await api("GET", "people");
    told.textContent = answer.ok ? "" : reason(answer);
    if (!answer.ok) return;
    list.replaceChildren(...answer.data.people.map(line));
    command.textContent = `${answer.data.command} --help`;
  };
  fill();
  return [
    h("div", { class: "adopt-card" }, list, told),
    h(
      "p",
      { class: "why" },
      "On the machine that runs the studio, ",
      command,
      " shows how to add and remove people and set passwords and caps.",
    ),
  ];
}

/** @param {PersonLine} one */
function line(one) {
  const more = one.name
    ? [one.role && (ROLES[one.role] ?? one.role), !one.enabled && "disabled", one.caps && `cap ${one.caps} per day`]
        .filter(Boolean)
        .join(", ")
    : "history that belongs to nobody";
  return h(
    "li",
    { dataset: { person: one.name } },
    h(
      "div",
      {},
      h("p", { class: "stray-name", dir: "auto" }, one.name || "Nobody"),
      h("p", { class: "stray-more" }, more),
    ),
    sums("Today", one.today),
    sums("30 days", one.days),
  );
}

/**
 * @param {string} name
 * @param {Sum[]} rows
 */
function sums(name, rows) {
  const paid = rows.filter((row) => !row.sandbox);
  return h("div", {}, h("p", { class: "stray-more" }, name), paid.length ? paid.map(sum) : h("p", {}, "Nothing"));
}

/** @param {Sum} row */
const sum = (row) =>
  h(
    "p",
    {},
    `${row.unit ? amount({ amount: row.spent + row.reserved, unit: row.unit }) : "Unknown price"} on ` +
      `${vendorLabel(row.vendor)}, `,
    h("span", { class: "sum-jobs" }, `${number(row.jobs)} ${row.jobs === 1 ? "job" : "jobs"}`),
  );
