// The Settings tab: connections and their keys, the sandbox, and where everything lies.

import { api, reason } from "../core/calls.js";
import { arrange, h, pieces, toast } from "../core/dom.js";
import { refocused } from "../core/focus.js";
import { number, size } from "../core/numbers.js";
import { adoption } from "../jobs/adopt.js";
import { connectionCard } from "./connection.js";
import { everybody, refresh } from "./everybody.js";
import { copy, facts } from "./facts.js";
import { files } from "./files.js";
import { firstRun, keyNotes, lastSaid } from "./keys.js";
import { limits } from "./limits.js";
import { self } from "./people.js";
import { isAdmin, OUT, person, session } from "../core/person.js";
import { spend } from "./spend.js";
import { learn, subscribe } from "../core/store.js";

/** @type {[speed: number, words: string][]} */
const SPEEDS = [
  [0, "instant"],
  [0.25, "quick"],
  [1, "normal"],
  [5, "slow"],
  [20, "very slow"],
];

/** @param {HTMLElement} element */
export function mount(element) {
  element.classList.add("sets");
  let asked = 0;
  let learning = false;
  const draw = async () => {
    const mine = (asked += 1);
    /** @type {Answer<Settings>} */
    const answer = await api("GET", "settings");
    // An older answer that comes late says less than the one that is drawn.
    if (session.over || mine !== asked) return;
    if (!answer.ok) {
      element.replaceChildren(
        h(
          "section",
          {},
          h("p", {}, reason(answer)),
          h("button", { type: "button", class: "act again", onclick: draw }, "Try again"),
        ),
      );
      element.dataset.silent = "yes";
      return;
    }
    delete element.dataset.silent;
    learning = true;
    learn(answer.data.connections ?? []);
    learning = false;
    refocused(element, () => arrange(element, sections(answer.data, draw)));
    if (isAdmin) refresh();
  };
  window.addEventListener("studio:tab", (event) => event.detail === "settings" && draw());
  // Another window may have pasted a key, or removed one.
  subscribe(() => !learning && document.body.dataset.tab === "settings" && draw(), "connections");
  window.addEventListener("studio:settings", () => draw());
  window.addEventListener("studio:online", () => element.dataset.silent && draw());
  window.addEventListener("studio:signed-out", () => element.replaceChildren(h("section", {}, h("p", {}, OUT))));
  draw();
}

// Every part is drawn anew only when what it says has changed: focus, an answer and a half-typed id outlive the next
// look.
const part = pieces();
/**
 * @param {string} name
 * @param {unknown} told
 * @param {() => Child | Child[]} make
 */
const drawn = (name, told, make) => part(name, JSON.stringify(told), () => h("div", { class: "set" }, make()));

/**
 * @param {Settings} data
 * @param {() => unknown} redraw
 */
function sections(data, redraw) {
  const links = data.connections ?? [];
  const folder = data.data ?? {};
  const box = data.sandbox ?? {};
  return [
    person && section("You", "", [part("self", person.name, self)]),
    section(
      "Connections",
      "The services that make your images and videos. Without a key, the sandbox stands in: nothing is " +
        "charged, and results are test cards.",
      [
        ...keyNotes(data.keys),
        ...firstRun(links, data.keys).map((panel) => part("first run", JSON.stringify(links), () => panel)),
        ...links.map((link) => {
          const key = data.keys?.keys.find((one) => one.vendor === link.vendor);
          const told = JSON.stringify([link, key, data.keys?.locked, lastSaid(link)]);
          return part(`link ${link.vendor}`, told, () => connectionCard(link, key, data.keys, redraw));
        }),
      ],
    ),
    section(
      "Spending",
      "What your jobs cost, as each service counts it. The studio reserves an estimate when a job starts and " +
        "replaces it with the service's actual charge.",
      [drawn("spend", data.spend, () => spend(data.spend ?? {}))],
    ),
    isAdmin &&
      section("Limits", "They hold for everyone who uses this studio, from the next job or upload on.", [
        part("limits", JSON.stringify(data.limits), () => limits(data.limits ?? [])),
      ]),
    isAdmin &&
      section(
        "People",
        "Who can sign in, and what each person's jobs cost. Only they can see their own results, and the " +
          "sandbox is free.",
        [drawn("people", "", () => everybody())],
      ),
    isAdmin &&
      section(
        "Tasks made elsewhere",
        "Import a job whose response was lost, or a task created outside this studio: enter its ID, and the " +
          "studio tracks it and downloads its files. Nothing is sent again.",
        [
          drawn(
            "elsewhere",
            links.map((link) => [link.vendor, link.sandbox, link.lists_tasks]),
            () => adoption(links),
          ),
        ],
      ),
    isAdmin &&
      section(
        "Data",
        "All jobs and files are kept in this folder on the machine that runs the studio. A check reads every " +
          "file and finds any that are missing, incomplete or damaged.",
        [drawn("data", { ...folder, check: null }, () => facts(dataRows(folder))), ...files(folder)],
      ),
    section(
      "Sandbox",
      "It stands in for services without a key. Put one of these words in a prompt to choose what " +
        "happens to the job.",
      [
        drawn("sandbox", box, () =>
          [isAdmin && speed(box, startsWith(data)), wordTable(box.words ?? [])].filter(Boolean),
        ),
      ],
    ),
    section("Versions", "", [
      drawn("versions", data.versions, () =>
        facts([["Multishot Studio", data.version], ...Object.entries(data.versions ?? {})]),
      ),
    ]),
  ].filter(Boolean);
}

/**
 * @param {string} name
 * @param {string} text
 * @param {HTMLElement[]} children
 */
function section(name, text, children) {
  const whole = part(name, "", () =>
    h(
      "section",
      { "aria-label": name, tabindex: "-1" },
      h("h2", {}, name),
      text && h("p", { class: "lead" }, text),
      h("div", { class: "set" }),
    ),
  );
  if (whole.lastElementChild) arrange(whole.lastElementChild, children);
  return whole;
}

/**
 * @param {number} bytes
 * @param {number} files
 */
const held = (bytes, files) =>
  `${size(bytes)}, ${number(files)} ${files === 1 ? "image or video" : "images and videos"}`;

/**
 * @param {Folder} data
 * @returns {[string, unknown][]}
 */
function dataRows(data) {
  return [
    [
      "Folder",
      data.folder && h("span", { class: "copied" }, h("code", {}, data.folder), copy(data.folder, "the folder")),
    ],
    ["Size", data.bytes !== undefined ? held(data.bytes, data.artifacts ?? 0) : null],
    ["Jobs", data.jobs !== undefined ? number(data.jobs) : null],
    ["Free on this disk", data.free !== undefined && data.free !== null ? size(data.free) : null],
  ];
}

// What the environment says of the sandbox's time holds again from the next start.
/** @param {Settings} data */
const startsWith = ({ limits = [] }) =>
  limits.find(({ name, origin }) => name === "sandbox_speed" && origin === "environment")?.variable ?? "";

/**
 * @param {{ speed?: number }} sandbox
 * @param {string} variable what sets it at every start
 */
function speed(sandbox, variable) {
  let presses = 0;
  const set = async (/** @type {number} */ value) => {
    const press = ++presses;
    /** @type {Answer<import("../types").SandboxView>} */
    const answer = await api("POST", "settings/sandbox", { speed: value });
    if (!answer.ok) return toast(reason(answer));
    // The last press is the one that counts.
    if (press !== presses) return;
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === value)));
  };
  const known = SPEEDS.some(([value]) => value === sandbox.speed);
  const offered = [...SPEEDS];
  if (!known && sandbox.speed !== undefined) offered.push([sandbox.speed, `${sandbox.speed}×`]);
  offered.sort((a, b) => a[0] - b[0]);
  const buttons = offered.map(([value, text]) =>
    h(
      "button",
      {
        type: "button",
        dataset: { speed: String(value) },
        "aria-pressed": String(value === sandbox.speed),
        onclick: () => set(value),
      },
      text,
    ),
  );
  return h(
    "div",
    { class: "speed" },
    h("span", { class: "lab" }, "How long tasks take"),
    h("div", { class: "seg", role: "group", "aria-label": "How long sandbox tasks take" }, buttons),
    variable && h("span", { class: "lab" }, h("code", {}, variable), " sets this at every start."),
  );
}

/** @param {{ word: string, effect: string }[]} list */
function wordTable(list) {
  return h(
    "table",
    { class: "fates" },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("th", { scope: "col" }, "Word"),
        h("th", { scope: "col" }, "What happens"),
        h("th", {}, h("span", { class: "unseen" }, "Copy")),
      ),
    ),
    h(
      "tbody",
      {},
      list.map(({ word, effect }) =>
        h("tr", {}, h("th", { scope: "row" }, h("code", {}, word)), h("td", {}, effect), h("td", {}, copy(word, word))),
      ),
    ),
  );
}
