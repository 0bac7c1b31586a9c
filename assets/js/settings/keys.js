// The keys of the services, on the Settings tab: pasted, replaced and removed, and what each of them opens.

import { act } from "../core/buttons.js";
import { api, reason } from "../core/calls.js";
import { h } from "../core/dom.js";
import { working } from "../core/focus.js";
import { icon } from "../core/icons.js";
import { amount, number } from "../core/numbers.js";
import { openTab } from "../core/tabs.js";
import { ask } from "../jobs/question.js";

const MOST = "4096";
const KEPT =
  "Kept in the studio's data folder, where only the account that runs the studio can read it. It's never shown " +
  "again, and it's in no backup of the history, download or log.";

/**
 * What was said last about a service's key, until the next press or until another window has changed it. Its card may
 * be drawn anew meanwhile.
 * @type {Map<string, { lines: string[], source: ConnectionCard["key_source"] }>}
 */
const said = new Map();

/** @param {string} end */
const endsIn = (end) => (end ? [", ends in ", h("b", {}, end)] : []);

/**
 * Where a key comes from and how it ends.
 * @param {ConnectionCard} link
 * @param {KeyView | undefined} key
 */
export function keyWords(link, key) {
  const variable = h("code", {}, link.key_variable);
  if (link.key_source === "environment")
    return h("span", {}, variable, " from the environment", endsIn(key?.end ?? ""));
  if (link.key_source === "page") return h("span", {}, "pasted here", endsIn(key?.end ?? ""));
  return h("span", {}, variable, " is not set, and no key is pasted");
}

/**
 * What may be done about a key: buttons for the card's header, and what stands below its facts.
 * @param {ConnectionCard} link
 * @param {KeyView | undefined} key
 * @param {KeysView | undefined} keys
 * @param {HTMLElement} answer where the card says what came of a press
 * @param {() => unknown} redraw
 * @returns {{ buttons: HTMLElement[], below: HTMLElement[] }}
 */
export function keyDesk(link, key, keys, answer, redraw) {
  if (!key || !keys) return { buttons: [], below: [answer] };
  const place = h("div", { class: "key-place" });
  show(answer, { good: true, lines: lastSaid(link) });
  const open = () => place.replaceChildren(pasting(link, place, answer, redraw));
  const isPasted = link.key_source === "page";
  const buttons = [];
  if (link.key_source !== "environment" && !keys.locked) {
    const paste = isPasted ? ["Replace"] : [icon("key"), "Paste a key"];
    buttons.push(named(h("button", { type: "button", class: "act", onclick: open }, paste), link));
  }
  if (key.kept)
    buttons.push(
      named(
        act("Remove", () => leave(link, place, answer, redraw)),
        link,
      ),
    );
  return { buttons, below: [place, answer, ...about(link, key)] };
}

/**
 * @template {HTMLElement} E
 * @param {E} button
 * @param {ConnectionCard} link
 */
function named(button, link) {
  button.setAttribute("aria-label", `${button.textContent}: ${link.label}`);
  return button;
}

/**
 * @param {ConnectionCard} link
 * @param {KeyView} key
 */
function about(link, key) {
  const why = (/** @type {(Child | Child[])[]} */ ...words) => h("p", { class: "key-about" }, ...words);
  const unused = key.kept ? [why("A key that was pasted here", endsIn(key.kept_end), ", is kept and not used.")] : [];
  if (link.key_source === "page") return [why(KEPT)];
  if (link.key_source === "none") return unused;
  return [why("It comes before a key that is pasted here. Change it there and restart the studio."), ...unused];
}

/**
 * @param {HTMLElement} place
 * @param {{ good: boolean, lines: string[] } | undefined} told
 */
function show(place, told) {
  place.className = `said${told ? (told.good ? " ok" : " bad") : ""}`;
  const [first, ...more] = told?.lines ?? [];
  place.replaceChildren(...(first ? [h("b", {}, first), ...more.map((line) => h("span", {}, line))] : []));
}

/**
 * The form for a key. It leaves the page in one call, and stands nowhere after it.
 * @param {ConnectionCard} link
 * @param {HTMLElement} place
 * @param {HTMLElement} answer
 * @param {() => unknown} redraw
 */
function pasting(link, place, answer, redraw) {
  const input = h("input", {
    ...{ type: "password", class: "field", name: "key", maxlength: MOST, required: true },
    ...{
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      "data-1p-ignore": "",
      "data-lpignore": "true",
    },
  });
  const use = h("button", { type: "submit", class: "act" }, "Use this key");
  const close = () => {
    place.replaceChildren();
    show(answer, undefined);
    place.closest("article")?.querySelector("button")?.focus();
  };
  const form = h(
    "form",
    { class: "secret", "aria-label": `Key for ${link.label}` },
    h("label", {}, h("span", {}, `Key for ${link.label}`), input),
    h("div", { class: "fix" }, use, act("Cancel", close)),
    h(
      "p",
      { class: "key-about" },
      `${link.label} is asked about the key first. Nothing is generated, and it's kept only if it works.`,
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    working(use, () => put(link, input, answer, redraw));
  });
  form.addEventListener("keydown", (event) => event.key === "Escape" && close());
  requestAnimationFrame(() => input.focus());
  return form;
}

/**
 * @param {ConnectionCard} link
 * @param {HTMLInputElement} input
 * @param {HTMLElement} answer
 * @param {() => unknown} redraw
 */
async function put(link, input, answer, redraw) {
  answer.className = "said";
  answer.replaceChildren(`Asking ${link.label}…`);
  /** @type {Answer<import("../types").PastedView>} */
  const told = await api("POST", path(link), { key: input.value });
  if (!told.ok) {
    said.delete(link.vendor);
    show(answer, { good: false, lines: [reason(told)] });
    input.select();
    input.focus();
    return;
  }
  input.value = "";
  const { check, jobs } = told.data;
  tell(link, redraw, "page", [
    "The key works and is in use.",
    check?.balance && `Balance ${amount(check.balance)}`,
    check?.plan && `Plan ${check.plan}`,
    check?.accounts.length && `Accounts ${check.accounts.join(", ")}`,
    check?.concurrency && `${check.concurrency} tasks at a time`,
    jobs && `${open(jobs)}: those of this account continue.`,
  ]);
}

/** @param {number} jobs */
const open = (jobs) => `${number(jobs)} open ${jobs === 1 ? "job" : "jobs"}`;

/** @param {ConnectionCard} link */
const path = (link) => `connections/${encodeURIComponent(link.vendor)}/key`;

/**
 * @param {ConnectionCard} link
 * @param {HTMLElement} place
 * @param {HTMLElement} answer
 * @param {() => unknown} redraw
 */
function leave(link, place, answer, redraw) {
  const isUsed = link.key_source === "page";
  const text = isUsed
    ? `Remove the key? Nothing new is sent with it. Jobs that were sent are followed until they're done, and ` +
      `${link.label}'s sandbox stands in.`
    : "Remove the key that was pasted here? It isn't used.";
  const remove = async () => {
    /** @type {Answer<import("../types").PastedView>} */
    const told = await api("DELETE", path(link));
    if (!told.ok) return show(answer, { good: false, lines: [reason(told)] });
    const { jobs } = told.data;
    tell(link, redraw, isUsed ? "none" : link.key_source, [
      "Key removed.",
      jobs && `${open(jobs)}: what isn't sent waits for a key. Nothing is lost.`,
    ]);
  };
  show(answer, undefined);
  ask(place, text, "Remove key", remove, "Keep");
}

/**
 * @param {ConnectionCard} link
 * @param {() => unknown} redraw
 * @param {ConnectionCard["key_source"]} source where its key comes from by now
 * @param {(string | number | false | null | undefined)[]} lines
 */
function tell(link, redraw, source, lines) {
  said.set(link.vendor, { source, lines: lines.filter(Boolean).map(String) });
  window.dispatchEvent(new CustomEvent("studio:checked"));
  redraw();
}

/**
 * What was said last about this key, as long as it is so.
 * @param {ConnectionCard} link
 */
export function lastSaid(link) {
  const told = said.get(link.vendor);
  return told && told.source === link.key_source ? told.lines : [];
}

/**
 * What stands in the way of every key, above the services.
 * @param {KeysView | undefined} keys
 */
export const keyNotes = (keys) =>
  [keys?.locked, keys?.notice].filter(Boolean).map((text) => h("div", { class: "note" }, h("p", {}, text)));

/** @type {[kind: Kind, words: string][]} */
const KINDS = [
  ["image", "image"],
  ["video", "video"],
  ["multishot", "multishot"],
];

/** @param {KeyView} key */
const opens = (key) =>
  KINDS.filter(([kind]) => key.opens[kind])
    .map(([kind, words]) => `${number(key.opens[kind] ?? 0)} ${words}`)
    .join(", ");

/**
 * For who has no key yet: what each opens, where to get it and what it costs to try.
 * @param {ConnectionCard[]} links
 * @param {KeysView | undefined} keys
 */
export function firstRun(links, keys) {
  if (!keys || links.some((link) => link.key_source !== "none")) return [];
  const row = (/** @type {ConnectionCard} */ link) => {
    const key = keys.keys.find((one) => one.vendor === link.vendor);
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, link.label),
      h("td", { dataset: { of: "Models" } }, key ? opens(key) : ""),
      h("td", { dataset: { of: "To try" } }, key?.trial || "Its pages don't say."),
      h("td", { dataset: { of: "Get a key" } }, link.key_page && away(link.key_page)),
    );
  };
  return [
    h(
      "div",
      { class: "link-card first-run" },
      h(
        "header",
        {},
        h("h3", {}, "Start without a key, or connect a service"),
        act("Try the sandbox", () => openTab("image")),
      ),
      h(
        "p",
        { class: "key-about" },
        "The sandbox needs no key. It costs nothing and makes test cards instead of results.",
      ),
      h(
        "table",
        {},
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ["Service", "Models a key opens", "What it costs to try", "Get a key"].map((name) =>
              h("th", { scope: "col" }, name),
            ),
          ),
        ),
        h("tbody", {}, links.map(row)),
      ),
    ),
  ];
}

/** @param {string} page */
const away = (page) => {
  // A long address breaks where its parts end.
  const parts = page.split("/").flatMap((one, place) => (place ? [h("wbr"), `/${one}`] : [one]));
  return h("a", { href: "https:" + "//" + page, target: "_blank", rel: "noopener noreferrer" }, parts);
};
