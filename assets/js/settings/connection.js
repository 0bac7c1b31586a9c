// The card of one connection: its state, its key, and how to get one.

import { api, reason } from "../core/calls.js";
import { h } from "../core/dom.js";
import { working } from "../core/focus.js";
import { amount } from "../core/numbers.js";
import { isAdmin } from "../core/person.js";
import { connection } from "../core/store.js";
import { FREE } from "../core/words.js";
import { copy, facts } from "./facts.js";
import { keyDesk, keyWords } from "./keys.js";

/**
 * @param {ConnectionCard} link
 * @param {KeyView | undefined} key
 * @param {KeysView | undefined} keys
 * @param {() => unknown} redraw
 */
export function connectionCard(link, key, keys, redraw) {
  const note = connection(link.vendor)?.cancel_note || link.cancel_note;
  const answer = h("p", { class: "said", role: "status" });
  const desk = keyDesk(link, key, keys, answer, redraw);
  /** @type {HTMLButtonElement} */
  const check = h(
    "button",
    {
      type: "button",
      class: "act",
      "aria-label": `Check ${link.label}`,
      dataset: { check: link.vendor },
      onclick: () => working(check, () => ask(link, answer)),
    },
    "Check",
  );
  return h(
    "article",
    { class: `link-card${link.sandbox ? " sandbox" : ""}`, dataset: { vendor: link.vendor } },
    h(
      "header",
      {},
      h("h3", {}, link.label),
      link.sandbox
        ? h("span", { class: "pill sandbox" }, h("b", {}, "Sandbox"), "no credits spent")
        : h(
            "span",
            { class: "pill" },
            h("i", { class: `dot ${link.trouble ? "bad" : "live"}` }),
            h("b", {}, link.trouble ? "Needs attention" : "Live"),
          ),
      isAdmin && h("span", { class: "fix" }, check, desk.buttons),
    ),
    link.trouble &&
      h(
        "div",
        { class: "note" },
        h("p", {}, link.trouble),
        isAdmin && h("p", {}, "Press Check when it's fixed. It also clears with the next job that goes through."),
      ),
    facts(
      [
        isAdmin && ["Key", keyWords(link, key)],
        ["Address", link.base_url_changed ? "set by you, not the service's own" : null],
        ["Cancelling", link.sandbox ? FREE : note],
      ].filter(Boolean),
    ),
    desk.below,
    link.key_source === "none" && isAdmin && howTo(link),
  );
}

/** @param {ConnectionCard} link */
function howTo(link) {
  const line = `${link.key_variable}=your key`;
  return h(
    "details",
    {},
    h("summary", { "aria-label": `How to use a key for ${link.label}` }, "How to use a key"),
    h(
      "ol",
      {},
      h(
        "li",
        {},
        link.key_page ? `Get a key from ${link.label} at ${link.key_page}.` : `Get a key from ${link.label}.`,
      ),
      h(
        "li",
        {},
        "Paste it here, and it's in use at once. Or add it to a file named .env in the studio's folder, or to the " +
          "environment, and restart the studio: ",
        h("span", { class: "copied" }, h("code", {}, line), copy(`${link.key_variable}=`, "the variable")),
      ),
      h("li", {}, "Press Check at any time. The key stays on that machine, and the page never shows it."),
    ),
  );
}

/**
 * @param {ConnectionCard} link
 * @param {HTMLElement} place
 */
async function ask(link, place) {
  place.className = "said";
  place.replaceChildren("Checking…");
  /** @type {Answer<import("../types").KeyCheck>} */
  const answer = await api("POST", `connections/${encodeURIComponent(link.vendor)}/check`, {});
  window.dispatchEvent(new CustomEvent("studio:checked"));
  const check = answer.ok ? answer.data : null;
  const good = Boolean(check?.ok);
  place.className = `said ${good ? "ok" : "bad"}`;
  const played = connection(link.vendor)?.sandbox ?? link.sandbox;
  const whose = (/** @type {string} */ name) => (played ? `Sandbox ${name.toLowerCase()}` : name);
  place.replaceChildren(
    h("b", {}, !check ? reason(answer) : good && played ? "The sandbox is working." : check.sentence),
    ...[
      check?.balance && `${whose("Balance")} ${amount(check.balance)}`,
      check?.plan && `${whose("Plan")} ${check.plan}`,
      check?.accounts.length && `${whose("Accounts")} ${check.accounts.join(", ")}`,
      check?.concurrency && `${check.concurrency} tasks at a time`,
    ]
      .filter(Boolean)
      .map((line) => h("span", {}, line)),
  );
}
