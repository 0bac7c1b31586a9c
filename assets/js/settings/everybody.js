// People, on an admin's Settings tab: what their jobs came to, never what they are, and what can be changed about them.

import { act, nameFor, pressed } from "../core/buttons.js";
import { address, api, reason } from "../core/calls.js";
import { copyText } from "../core/clipboard.js";
import { arrange, h, pieces, toast } from "../core/dom.js";
import { refocused, working } from "../core/focus.js";
import { amount, number } from "../core/numbers.js";
import { person } from "../core/person.js";
import { vendorLabel } from "../core/store.js";
import { capFields } from "./limits.js";

/** @typedef {import("../types").PeopleView} People */

/** @type {Record<string, string>} */
export const ROLES = { admin: "Admin", member: "Member" };
const list = h("ul", { class: "people" });
const said = h("p", { class: "said", role: "status" });
const command = h("code");
const note = h(
  "p",
  { class: "why" },
  "On the machine that runs the studio, ",
  command,
  " shows how to do the same, and how to remove people.",
);
const newcomer = adding();
const part = pieces();
let asked = 0;

/** The content of the section. */
export const everybody = () => [h("div", { class: "adopt-card" }, list, said, newcomer), note];

/** Ask anew who there is. */
export async function refresh() {
  const mine = (asked += 1);
  /** @type {Answer<People>} */
  const answer = await api("GET", "people");
  // An older answer that comes late says less than the one that is drawn.
  if (mine === asked) show(answer);
}

/** @param {Answer<People>} answer */
function show(answer) {
  said.className = "said bad";
  said.textContent = answer.ok ? "" : reason(answer);
  if (!answer.ok) return;
  const { people, can_add } = answer.data;
  // Each is drawn anew only when something about them has changed: what is half typed stays.
  const lines = people.map((one, place) => part(`person ${one.name || place}`, JSON.stringify(one), () => line(one)));
  refocused(list, () => arrange(list, lines));
  newcomer.hidden = !can_add;
  command.textContent = `${answer.data.command} --help`;
}

/**
 * Change something; the list is drawn anew, or the sentence says why not. Whether it was done.
 * @param {string} path
 * @param {object} body
 * @param {HTMLElement} told
 */
async function change(path, body, told) {
  /** @type {Answer<People>} */
  const answer = await api("POST", path, body);
  told.className = "said bad";
  told.replaceChildren(...(answer.ok ? [] : [h("b", {}, reason(answer))]));
  if (answer.ok) {
    asked += 1;
    show(answer);
  }
  return answer.ok;
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
    one.name && controls(one),
  );
}

/** @param {PersonLine} one */
function controls(one) {
  const told = h("p", { class: "said", role: "status" });
  const at = (/** @type {string} */ what) => `people/${encodeURIComponent(one.name)}/${what}`;
  const button = (/** @type {string} */ text, /** @type {() => unknown} */ call) =>
    nameFor(act(text, pressed(call)), one.name);
  const isSelf = one.name === person?.name;
  const acts = [
    one.enabled
      ? button("Disable", () => change(at("enabled"), { enabled: false }, told))
      : button("Enable", () => change(at("enabled"), { enabled: true }, told)),
    !one.listed &&
      (one.role === "admin"
        ? button("Make a member", () => change(at("role"), { role: "member" }, told))
        : button("Make an admin", () => change(at("role"), { role: "admin" }, told))),
    button("Make a pass", () => showPass(one.name, told)),
    button("Sign out everywhere", async () => {
      if (await change(at("signout"), {}, told)) toast(`${one.name} is signed out everywhere and has no passes.`);
    }),
  ];
  return h(
    "details",
    { class: "person-controls" },
    h("summary", { "aria-label": `Change ${one.name}` }, "Change"),
    h("div", { class: "fix" }, acts.filter(Boolean)),
    told,
    capsOf(one, at("caps")),
    one.listed
      ? h("p", { class: "why" }, h("code", {}, "STUDIO_PEOPLE"), " sets the password and the role.")
      : !isSelf && newPassword(one.name, at("password")),
  );
}

/**
 * @param {string} name
 * @param {HTMLElement} told
 */
async function showPass(name, told) {
  /** @type {Answer<import("../types").PassView>} */
  const answer = await api("POST", `people/${encodeURIComponent(name)}/pass`, {});
  told.className = `said${answer.ok ? "" : " bad"}`;
  if (!answer.ok) return told.replaceChildren(h("b", {}, reason(answer)));
  const { secret } = answer.data;
  const copy = nameFor(
    act("Copy", () => copyText(secret)),
    `pass of ${name}`,
  );
  told.replaceChildren(
    h("span", { class: "copied" }, h("code", { class: "pass" }, secret), copy),
    h("span", {}, "Shown only once. A program sends it as the header “Authorization: Bearer …”."),
  );
}

/**
 * @param {PersonLine} one
 * @param {string} path
 */
function capsOf(one, path) {
  const { element, read } = capFields(one.caps ?? "", `Cap of ${one.name}`);
  return sheet({
    title: "Cap per day. Empty: the same as for everyone.",
    fields: [element],
    button: "Save cap",
    what: one.name,
    send: (told) => change(path, { caps: read() }, told),
    done: `${one.name}'s cap is saved.`,
  });
}

/**
 * @param {string} name
 * @param {string} path
 */
function newPassword(name, path) {
  const field = secretField();
  return sheet({
    title: "A new password signs the person out everywhere.",
    fields: [labelled("New password", field)],
    button: "Set password",
    what: name,
    send: (told) => change(path, { password: field.value }, told),
    done: `${name} has a new password.`,
  });
}

function adding() {
  const name = h("input", { class: "field", name: "name", autocomplete: "off", maxlength: "80", required: true });
  const password = secretField();
  const role = h(
    "select",
    { class: "field", name: "role" },
    Object.entries(ROLES)
      .reverse()
      .map(([value, text]) => h("option", { value }, text)),
  );
  const form = sheet({
    title: person ? "" : "Once there are people, everyone has to sign in. The first one is an admin.",
    fields: [labelled("Name", name), labelled("Password", password), person ? labelled("Role", role) : null].filter(
      Boolean,
    ),
    button: "Add",
    what: "",
    send: (told) =>
      change("people", { name: name.value, password: password.value, ...(person && { role: role.value }) }, told),
    done: "Added.",
    // From now on everybody has to sign in, whoever added the first one too.
    after: person ? null : () => location.assign(address("login")),
  });
  form.setAttribute("aria-label", "Add a person");
  return h("details", { class: "newcomer", hidden: true }, h("summary", {}, "Add a person"), form);
}

/**
 * A form of a few fields, its button and its answer.
 * @param {{ title: string, fields: HTMLElement[], button: string, what: string, done: string,
 *   send: (told: HTMLElement) => Promise<boolean>, after?: (() => void) | null }} of
 */
function sheet({ title, fields, button: text, what, send, done, after = null }) {
  const told = h("p", { class: "said", role: "status" });
  /** @type {HTMLButtonElement} */
  const button = h("button", { type: "submit", class: "act" }, text);
  if (what) nameFor(button, what);
  const form = h("form", { class: "secret" }, title && h("p", { class: "why" }, title), fields, button, told);
  const run = async () => {
    if (!(await send(told))) return;
    if (form.isConnected) for (const field of form.querySelectorAll("[required]")) Object.assign(field, { value: "" });
    if (after) after();
    else toast(done);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    working(button, run);
  });
  return form;
}

function secretField() {
  const kept = { autocomplete: "new-password", maxlength: "1024", required: true };
  return h("input", { type: "password", class: "field", ...kept });
}

/**
 * @param {string} text
 * @param {HTMLElement} field
 */
function labelled(text, field) {
  return h("label", {}, h("span", {}, text), field);
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
