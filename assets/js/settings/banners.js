// What people should know on every tab, in lines below the header: damage, little space, a vendor that refuses the key.

import { act, nameFor } from "../core/buttons.js";
import { address, api } from "../core/calls.js";
import { arrange, h, pieces } from "../core/dom.js";
import { refocused } from "../core/focus.js";
import { icon } from "../core/icons.js";
import { size } from "../core/numbers.js";
import { openTab } from "../core/tabs.js";
import { session } from "../core/person.js";
import { narrow } from "../core/screen.js";
import * as storage from "../core/storage.js";
import { feed, subscribe } from "../core/store.js";

const EVERY = 60000;
const HIDDEN = "studio-hidden-notices";
// What a job may end with that is about more than itself.
const TELLING = new Set(["key", "subscription", "credits", "session", "storage", "unsure"]);

/** @type {Line} */
const NEWER = {
  name: "newer",
  text: "A newer version of this page is available. Reload to use it; your forms are kept.",
  section: "",
};

const part = pieces();
/** @typedef {{ place: HTMLElement, rest: HTMLElement, hidden: Set<string> }} View */

/** @type {View} */
let view;
/** @type {Notices} */
let known = {};
let timer = 0;
let all = false; // Whether more than the first few are shown.

/** Begin; further calls do nothing. */
export function start() {
  if (view) return;
  const place = h("div", {
    class: "banners",
    role: "region",
    "aria-label": "Notices",
    "aria-live": "polite",
    dataset: { part: "banners", mounted: "yes" },
  });
  const rest = h("button", {
    type: "button",
    class: "banner-rest",
    onclick: () => ((all = true), draw(known), place.querySelector("button")?.focus()),
  });
  view = { place, rest, hidden: new Set(kept()) };
  document.body.prepend(place);
  new ResizeObserver(() => document.documentElement.style.setProperty("--banner", `${place.offsetHeight}px`)).observe(
    place,
  );
  subscribe(
    (changes) =>
      changes.some(({ job, before }) => job && job.state !== before?.state && TELLING.has(job.error?.code ?? "")) &&
      soon(),
  );
  subscribe(() => soon(), "connections");
  narrow.addEventListener("change", () => draw(known));
  window.addEventListener("studio:online", () => soon());
  window.addEventListener("studio:checked", () => soon());
  window.addEventListener("studio:outdated", () => draw(known));
  window.addEventListener("studio:signed-out", signIn);
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  ask();
}

function soon(wait = 300) {
  clearTimeout(timer);
  timer = setTimeout(ask, wait);
}

async function ask() {
  clearTimeout(timer);
  if (document.hidden || session.over) return;
  /** @type {Answer<Notices>} */
  const answer = await api("GET", "notices");
  if (answer.ok) draw(answer.data);
  soon(EVERY);
}

// It stands alone: nothing else on the page works any more.
function signIn() {
  clearTimeout(timer);
  arrange(view.place, [
    h(
      "div",
      { class: "banner signed-out", role: "alert" },
      icon("alert"),
      h("p", {}, "You're signed out. Your unsent forms are kept in this browser."),
      h("a", { class: "act", href: address("login") }, "Sign in again"),
    ),
  ]);
}

/** @param {Notices} data */
function draw(data) {
  if (session.over) return;
  known = data;
  const { place, rest, hidden } = view;
  const lines = [feed.outdated && NEWER, ...notices(data)].filter(Boolean).filter(({ text }) => !hidden.has(text));
  const most = all ? Infinity : narrow.matches ? 1 : 3;
  const more = lines.length - most;
  rest.textContent = more === 1 ? "One more notice" : `${more} more notices`;
  refocused(place, () =>
    arrange(place, [
      ...lines.slice(0, most).map((line) => part(line.name, line.text, () => banner(line))),
      ...(more > 0 ? [rest] : []),
    ]),
  );
}

/** @param {Line} line */
function banner({ text, section }) {
  const [words, go] = section ? ["Open Settings", () => goTo(section)] : ["Reload", () => location.reload()];
  return h(
    "div",
    { class: `banner${section ? "" : " newer"}` },
    icon(section ? "alert" : "info"),
    h("p", {}, text),
    nameFor(act(words, go), text),
    h(
      "button",
      {
        type: "button",
        class: "view-go",
        "aria-label": `Hide this notice: ${text}`,
        title: "Hide until the page is reopened",
        onclick: () => hide(text),
      },
      icon("x"),
    ),
  );
}

// The tab is shown, and drawn when it was never open, only some frames after it was chosen.
/**
 * @param {string} section
 * @param {number} [frames]
 */
function goTo(section, frames = 300) {
  openTab("settings");
  const found = document.querySelector(`.sets section[aria-label="${section}"]`);
  if (!found?.getClientRects().length) return void (frames && requestAnimationFrame(() => goTo(section, frames - 1)));
  found.scrollIntoView({ block: "start" });
  found.focus({ preventScroll: true });
}

/** @param {string} text */
function hide(text) {
  view.hidden.add(text);
  storage.keep(storage.WINDOW, HIDDEN, [...view.hidden]);
  draw(known);
}

/** @returns {string[]} */
function kept() {
  const hidden = storage.kept(storage.WINDOW, HIDDEN);
  // The next newer page is another one.
  return Array.isArray(hidden) ? hidden.map(String).filter((text) => text !== NEWER.text) : [];
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} more
 */
const many = (count, one, more) => (count === 1 ? `One ${one}` : `${count} ${more}`);

/**
 * What the studio tells, as lines; the section of the Settings tab says more. What hinders most comes first.
 * @param {Notices} told
 * @returns {Line[]}
 */
function notices({ damaged = 0, notice = "", free, least = 0, harmed = 0, connections = [] }) {
  return [
    notice && { name: "notice", text: notice, section: "Data" },
    free !== undefined &&
      free < least && {
        name: "space",
        text: `Only ${size(free)} free on the studio's disk. New jobs are refused until you free up some space.`,
        section: "Data",
      },
    ...connections.map((link) => ({
      name: `connection ${link.vendor}`,
      text: link.notice,
      section: "Connections",
    })),
    harmed > 0 && {
      name: "files",
      text:
        `${many(harmed, "file is", "files are")} damaged or missing. See the Settings tab for the list and ` +
        `what to do.`,
      section: "Data",
    },
    damaged > 0 && {
      name: "damaged",
      text:
        `${many(damaged, "record", "records")} in the history ${damaged === 1 ? "was" : "were"} damaged ` +
        `on the disk and set aside. What could be recovered is in your jobs. Check all files, and the disk itself.`,
      section: "Data",
    },
  ].filter(Boolean);
}
