// Oneself, on the Settings tab: signing out, and another password.

import { address, api, reason } from "../core/calls.js";
import { h, toast } from "../core/dom.js";
import { working } from "../core/focus.js";
import { person } from "../core/person.js";
import { ROLES } from "./everybody.js";

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
