// The lower part of the Settings tab's Data section: whether every kept file is whole, and files that no record speaks
// of.

import { api, reason } from "../core/calls.js";
import { arrange, h, say, toast } from "../core/dom.js";
import { isFocusFree, working } from "../core/focus.js";
import { number, size } from "../core/numbers.js";
import { since } from "../core/time.js";
import { openTab } from "../core/tabs.js";
import { jobs } from "../core/store.js";
import { title } from "../core/words.js";
import { openViewer } from "../jobs/viewer.js";

/** @type {Record<string, string>} */
const WRONG = { missing: "Missing", short: "Incomplete", rotten: "Damaged" };
const MOST = 30;
const LOOK_AGAIN = 2000;
/**
 * @typedef {object} View
 * @property {HTMLElement[]} all
 * @property {HTMLElement} told
 * @property {HTMLElement} bar
 * @property {HTMLElement} found
 * @property {HTMLElement} button
 * @property {Folder} data
 * @property {boolean} [asking] whether a check that was begun here goes on
 * @property {number} [timer]
 */

const kept = /** @type {View} */ ({});

/**
 * The card, drawn once and then kept; `data` is what the studio says of its folder.
 * @param {Folder} data
 */
export function files(data) {
  if (!kept.all) build();
  show(data);
  return kept.all;
}

function build() {
  kept.told = h("p", { class: "said", role: "status" });
  kept.bar = h("div", { class: "prog vague", hidden: true }, h("i"));
  kept.found = h("div", { class: "found" });
  kept.button = h(
    "button",
    { type: "button", class: "act", dataset: { verify: "" }, onclick: () => working(kept.button, check) },
    "Check all files",
  );
  kept.all = [h("div", { class: "adopt-card" }, h("header", {}, kept.told, kept.button), kept.bar, kept.found)];
}

async function check() {
  kept.asking = true;
  busy();
  const answer = await api("POST", "library/verify", {});
  kept.asking = false;
  if (!answer.ok) return failed(answer);
  await again();
  window.dispatchEvent(new CustomEvent("studio:checked"));
}

async function again() {
  /** @type {Answer<Settings>} */
  const answer = await api("GET", "settings");
  if (answer.ok) show(answer.data.data ?? {});
  else failed(answer);
}

/** @param {Answer<unknown>} answer */
function failed(answer) {
  kept.bar.hidden = true;
  kept.told.className = "said bad";
  kept.told.replaceChildren(h("b", {}, reason(answer)));
}

/** @param {Folder} data */
function show(data) {
  kept.data = data;
  if (kept.asking) return;
  if (!data.checking) return draw();
  // It was begun elsewhere, or before this page was opened.
  busy();
  clearTimeout(kept.timer);
  kept.timer = setTimeout(again, LOOK_AGAIN);
}

function busy() {
  const { artifacts, bytes } = kept.data;
  kept.bar.hidden = false;
  kept.told.className = "said";
  say(
    kept.told,
    `Checking ${number(artifacts)} ${artifacts === 1 ? "file" : "files"}, ${size(bytes)}. This goes on ` +
      `even if you leave the page.`,
  );
}

function draw() {
  const { checked, harmed = [], harmed_others: others = 0, unknown = [], artifacts = 0 } = kept.data;
  kept.bar.hidden = true;
  kept.told.className = `said ${harmed.length || others ? "bad" : unknown.length || !checked ? "" : "ok"}`;
  kept.told.replaceChildren(
    ...(checked
      ? [h("b", {}, verdict(harmed.length + others, unknown.length)), h("span", {}, `checked ${since(checked)}`)]
      : [artifacts ? "Not checked yet. Every file is checked automatically once a week." : "There are no files yet."]),
  );
  arrange(kept.found, [...damage(harmed, others), ...strangers(unknown)]);
}

/**
 * @param {number} count
 * @param {string} one
 */
const many = (count, one) => `${number(count)} ${one}${count === 1 ? "" : "s"}`;

/**
 * @param {number} harmed
 * @param {number} unknown
 */
function verdict(harmed, unknown) {
  if (!harmed && !unknown) return "All files are intact.";
  return [
    harmed && `${many(harmed, "file")} damaged or missing.`,
    unknown && `${many(unknown, "file")} without a record.`,
  ]
    .filter(Boolean)
    .join(" ");
}

/**
 * @param {Harmed[]} harmed
 * @param {number} others
 */
function damage(harmed, others) {
  if (!harmed.length && !others) return [];
  const line = (/** @type {Harmed} */ one) => {
    const id = one.job;
    const job = id && jobs.get(id);
    const open = id && h("button", { type: "button", class: "act", onclick: () => openViewer(id) }, "Open job");
    return h(
      "li",
      { dataset: { harmed: one.artifact } },
      h(
        "div",
        {},
        h("p", { class: "stray-name", dir: "auto" }, job ? title(job) : one.name || one.artifact),
        h("p", { class: "stray-more bad" }, WRONG[one.wrong] ?? one.wrong),
      ),
      open,
    );
  };
  return [
    h("h3", {}, "Damaged or missing"),
    h(
      "p",
      { class: "why" },
      "If the service still has it, it is downloaded again automatically within a few minutes. Otherwise, " +
        "restore it from a backup of the folder named artifacts and check again.",
    ),
    h("ul", { class: "strays" }, harmed.slice(0, MOST).map(line)),
    ...more(harmed),
    others &&
      h(
        "p",
        { class: "why" },
        `${number(others)} of them belong${others === 1 ? "s" : ""} to other people and ` +
          `${others === 1 ? "is" : "are"} not listed here.`,
      ),
  ].filter(Boolean);
}

/** @param {unknown[]} list */
const more = (list) =>
  list.length > MOST ? [h("p", { class: "why" }, `And ${number(list.length - MOST)} more.`)] : [];

/** @param {string[]} unknown */
function strangers(unknown) {
  if (!unknown.length) return [];
  /** @type {HTMLButtonElement} */
  const all = h(
    "button",
    { type: "button", class: "act", dataset: { takeIn: "" }, onclick: () => working(all, () => takeIn([])) },
    unknown.length === 1 ? "Import" : `Import all ${number(unknown.length)}`,
  );
  const line = (/** @type {string} */ name) => {
    /** @type {HTMLButtonElement} */
    const button = h(
      "button",
      { type: "button", class: "act", onclick: () => working(button, () => takeIn([name])) },
      "Import",
    );
    return h(
      "li",
      { dataset: { orphan: name } },
      h("div", {}, h("p", { class: "stray-name" }, `${name.slice(0, 12)}…`)),
      button,
    );
  };
  return [
    h("h3", {}, "Without a record"),
    h(
      "p",
      { class: "why" },
      "Files in the data folder that belong to no job, for instance after restoring a backup. Import them to see " +
        "them in the library, without their settings. After a week they are moved to the " +
        "folder named trash.",
    ),
    h("div", {}, all),
    unknown.length > 1 && h("ul", { class: "strays" }, unknown.slice(0, MOST).map(line)),
    ...more(unknown),
  ].filter(Boolean);
}

/** @param {string[]} names */
async function takeIn(names) {
  /** @type {Answer<import("../types").AdoptedView>} */
  const answer = await api("POST", "library/adopt", { files: names });
  if (!answer.ok) return toast(reason(answer));
  const { adopted, refused } = answer.data;
  if (refused.length) toast(refused.slice(0, 2).join(" "));
  await again();
  const took = h(
    "p",
    { class: "took", role: "status", tabindex: "-1" },
    `${many(adopted.length, "file")} imported.`,
    h("button", { type: "button", class: "act", onclick: () => openTab("library") }, "Open library"),
  );
  kept.found.prepend(...(adopted.length ? [took] : []));
  if (isFocusFree()) (adopted.length ? took : kept.button).focus();
}
