// The bar at the top: mark, name, what is running, which connection, and the theme.

import { h, say } from "../core/dom.js";
import { refocused } from "../core/focus.js";
import { icon } from "../core/icons.js";
import { openTab } from "../core/tabs.js";
import * as banners from "./banners.js";
import { start } from "../core/live.js";
import { needAttention } from "../core/numbers.js";
import { person } from "../core/person.js";
import { motion } from "../core/screen.js";
import { feed, subscribe, vendors } from "../core/store.js";
import { counts } from "../core/words.js";

const LINK = {
  live: "",
  reconnecting: "Reconnecting",
  offline: "Offline",
  polling: "Checking every 2 s",
  out: "Signed out",
};
const OFFLINE = "This device is offline, so what you see may be out of date. It updates once the network is back.";

/** CSS pixels: above this the tabs stand beside the name, else below it; and what stays free at the end. */
const [ROW, EDGE] = [40, 8];

/** @param {HTMLElement} element */
export function mount(element) {
  const jobs = jobsPill();
  const me = person && self();
  window.addEventListener("studio:signed-out", () => me?.remove());
  const connections = h("span", { class: "connections" });
  const link = h("span", { class: "link", role: "status" });
  element.replaceChildren(
    h(
      "span",
      { class: "brand" },
      h("span", { class: "mark", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
      h("h1", { class: "name" }, "Multishot Studio"),
    ),
    h("span", { class: "sp" }),
    link,
    jobs.element,
    connections,
    ...(me ? [me] : []),
    themeSwitch(),
  );
  element.classList.add("studio-header");

  const showConnections = () => refocused(connections, () => connections.replaceChildren(...pills()));
  const showLink = () => {
    say(link, LINK[feed.online]);
    link.dataset.online = feed.online;
    link.title = feed.online === "offline" ? OFFLINE : "";
  };
  subscribe(jobs.show);
  subscribe(showLink, "online");
  subscribe(showConnections, "connections");
  jobs.show();
  showLink();
  showConnections();
  fitted(element);
  banners.start();
  start();
}

// What gives way, in this order, where the bar has too little room for all.
const GIVES_WAY = ["details", "person", "words", "doors", "name"];

// What the bar holds varies with keys, jobs, people and fonts, so its room is measured; no width of a window tells it.
/** @param {HTMLElement} bar */
function fitted(bar) {
  const space = /** @type {HTMLElement} */ (bar.querySelector(".sp"));
  const fits = () => {
    const { top, right, bottom } = bar.getBoundingClientRect();
    const tabs = document.querySelector(".tabs > .tab-wrapper")?.getBoundingClientRect();
    const beside = tabs && tabs.top < top + ROW && tabs.bottom <= bottom + 1;
    const start = space.getBoundingClientRect().left;
    space.style.minWidth = beside ? `${Math.max(0, tabs.right - start)}px` : "";
    return /** @type {Element} */ (bar.lastElementChild).getBoundingClientRect().right <= right - EDGE;
  };
  const fit = () => {
    for (let given = 0; given <= GIVES_WAY.length; given++) {
      bar.dataset.tight = GIVES_WAY.slice(0, given).join(" ");
      if (fits()) return;
    }
  };
  new ResizeObserver(fit).observe(bar);
  new MutationObserver(fit).observe(bar, { childList: true, characterData: true, subtree: true });
  fit();
}

function jobsPill() {
  const dot = h("i", { class: "dot" });
  const [strong, rest, short] = [h("b"), h("span"), h("span", { class: "short" })];
  const element = h(
    "button",
    { type: "button", class: "pill jobs-pill", "aria-controls": "jobs", title: "Show jobs", onclick: toggleJobs },
    dot,
    icon("list"),
    h("span", { class: "unseen" }, "Jobs: "),
    strong,
    h("span", { class: "unseen" }, " "),
    rest,
    short,
  );
  const show = () => {
    const { running, waiting, look } = counts();
    const more = [
      running && "running",
      waiting && `${running ? "· " : ""}${waiting} waiting`,
      look && `${running || waiting ? "· " : ""}${needAttention(look)}`,
    ].filter(Boolean);
    say(strong, running ? String(running) : "");
    say(rest, more.length ? more.join(" ") : "No jobs running");
    const all = running + waiting + look;
    say(short, all ? String(all) : "");
    element.classList.toggle("idle", !running && !waiting && !look);
    element.classList.toggle("bad", look > 0);
  };
  return { element, show };
}

// Where the list stands beside the form there is nothing to open; on a phone it lies below the form.
function toggleJobs() {
  const list = document.getElementById("jobs");
  if (!list) return;
  const panel = list.closest(".jobs-panel") ?? list;
  const box = panel.getBoundingClientRect();
  const place = getComputedStyle(panel).position;
  if (place !== "fixed" && box.width && !document.body.classList.contains("jobs-open")) {
    panel.scrollIntoView({ behavior: motion(), block: "start" });
    panel.querySelector("h2")?.focus({ preventScroll: true });
    return;
  }
  const open = document.body.classList.toggle("jobs-open");
  if (open) panel.querySelector("h2")?.focus({ preventScroll: true });
}

function pills() {
  const sandboxed = vendors.filter((vendor) => vendor.sandbox);
  const made = vendors
    .filter((vendor) => !vendor.sandbox)
    .map((vendor) =>
      pill(
        [
          h("i", { class: `dot ${vendor.trouble ? "bad" : "live"}` }),
          h("b", {}, vendor.label),
          vendor.trouble && h("span", { class: "unseen" }, ": needs attention"),
        ],
        "live",
      ),
    );
  if (sandboxed.length) {
    const all = sandboxed.length === vendors.length;
    made.unshift(
      pill(
        [
          h("b", {}, "Sandbox"),
          h("span", {}, all ? "no credits spent" : sandboxed.map((vendor) => vendor.label).join(", ")),
        ],
        "sandbox",
      ),
    );
  }
  return made;
}

/**
 * @param {Child[]} children
 * @param {string} kind
 */
const pill = (children, kind) =>
  h(
    "button",
    {
      type: "button",
      class: `pill ${kind}`,
      title: "Open this connection in Settings",
      onclick: () => openTab("settings"),
    },
    ...children,
  );

const self = () =>
  h(
    "button",
    {
      type: "button",
      class: "pill self",
      title: `Signed in as ${person.name}. Open Settings to sign out`,
      "aria-label": `Signed in as ${person.name}`,
      onclick: () => openTab("settings"),
    },
    h("b", { dir: "auto" }, person.name),
    h("span", { class: "short", "aria-hidden": "true" }, [...person.name][0]),
  );

function themeSwitch() {
  const { dark, flip, chosen } = window.studioTheme;
  const name = () =>
    button.setAttribute("aria-label", `Theme: ${chosen() ?? "system"}. Switch to ${dark() ? "light" : "dark"}`);
  const turn = () => {
    flip();
    name();
  };
  const button = h(
    "button",
    { type: "button", class: "pill theme", title: "Switch theme", onclick: turn },
    icon("theme"),
  );
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);
  name();
  return button;
}
