// @ts-nocheck
// Small parts for building the page: elements, icons, numbers in words, and calls to the studio.
// Text from people or vendors passes only through `h`, which sets it as text, never as markup.

import { claim, signedOut } from "./person.js";

const SVG = "http://www.w3.org/2000/svg";

/** An element. `props`: class, dataset, style, on<event> listeners, properties and attributes. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) set(element, name, value);
  element.append(
    ...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false && child !== ""),
  );
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") element.className = value;
  else if (name === "dataset") Object.assign(element.dataset, value);
  else if (name === "style")
    for (const [key, each] of Object.entries(value))
      key.startsWith("--") ? element.style.setProperty(key, each) : (element.style[key] = each);
  else if (name.startsWith("on") && typeof value === "function")
    element.addEventListener(name.slice(2).toLowerCase(), value);
  else if (["value", "checked", "disabled", "hidden", "open", "selected", "muted"].includes(name))
    element[name] = value;
  else element.setAttribute(name, value === true ? "" : String(value));
}

const PATHS = {
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  x: "M6 6l12 12M18 6L6 18",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  left: "M15 5l-7 7 7 7",
  right: "M9 5l7 7-7 7",
  chevron: "M6 9l6 6 6-6",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  check: "M5 12l5 5 9-10",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  upload: "M12 20V9M7 12l5-5 5 5M5 4h14",
  play: "M8 5l11 7-11 7z",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01",
  video: "M4 6h11v12H4zM15 11l5-3v8l-5-3",
  shots: "M4 6h5v12H4zM11 6h4v12h-4zM17 6h3v12h-3z",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4 4",
  alert: "M12 4l9 16H3zM12 10v4M12 17h.01",
  star: "M12 3.6l2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8-4.2-4.1 5.8-.8z",
  trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  dice: "M4 4h16v16H4zM8.5 8.5h.01M15.5 8.5h.01M12 12h.01M8.5 15.5h.01M15.5 15.5h.01",
  theme: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  filter: "M4 6h16M7 12h10M10 18h4",
  list: "M4 6h16M4 12h16M4 18h10",
  expand: "M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5",
};

/** A line drawing of 16 px in the text's colour, hidden from assistive technology. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 24 24",
    width: 16,
    height: 16,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 1.8,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
    class: `icon icon-${name}`,
  })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.more);
  svg.append(path);
  return svg;
}

/** Seconds as a clock: 0:41, 12:05, 1:02:03. */
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Seconds in words: 4 s, 1 min 48 s, 2 h 5 min. */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min${whole % 60 ? ` ${whole % 60} s` : ""}`;
  return `${Math.floor(whole / 3600)} h ${Math.floor(whole / 60) % 60} min`;
}

/** Bytes as people count them: 812 B, 34 kB, 1.4 MB. */
export function size(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [value, unit] = [Number(bytes) || 0, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Money as the vendor counts it; "unknown" when it is. */
export function amount(cost) {
  if (!cost || typeof cost.amount !== "number") return "unknown";
  const cents = /^[$€£]|^[A-Z]{3}$/.test(cost.unit) && cost.amount % 1 ? 2 : 0;
  const most = Math.abs(cost.amount) < 1 ? 4 : 2; // Some pictures cost less than a cent.
  const unit = cost.amount === 1 ? cost.unit.replace(/^([a-z]+)s$/, "$1") : cost.unit;
  return `${decimals(cents, most).format(cost.amount)} ${unit}`.trim();
}

// Making one takes longer than using it a hundred times.
const formats = {};
const decimals = (least, most) =>
  (formats[`${least} ${most}`] ??= new Intl.NumberFormat("en", {
    minimumFractionDigits: least,
    maximumFractionDigits: most,
  }));

export const number = (value) => Number(value ?? 0).toLocaleString("en");

// How far the studio's clock is ahead of this browser's, in milliseconds; small differences do not count.
let skew = 0;

/** The studio's time, in seconds since the epoch. */
export const now = () => (Date.now() + skew) / 1000;

/** How long ago, in words: just now, 3 min ago, 5 h ago, else the date. */
export function since(epoch) {
  const seconds = now() - epoch;
  if (seconds < 45) return "just now";
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86400) return `${Math.round(seconds / 3600)} h ago`;
  return new Date(epoch * 1000).toLocaleDateString([], { year: "numeric", month: "short", day: "numeric" });
}

/** A moment as date and time, the same everywhere. */
export const moment = (epoch) => new Date(epoch * 1000).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });

/** A path of the studio as an address, wherever the page is mounted. */
export const address = (path) => new URL(path.replace(/^\//, ""), document.baseURI).href;

// A question can simply be asked again. What was to be done may have been done, though its answer was lost.
const SILENT = "The studio does not answer. Check that it is running.";
const LOST = "No answer came; press again: the same press is never counted twice.";
const LOST_FILE = "No answer came. Hand the file in again.";

/** One call to the studio. Never throws: {ok, status, data}, and a failure has data.problems. */
export async function api(method, path, body) {
  const raw = body instanceof Blob || body instanceof ArrayBuffer;
  const headers = { Accept: "application/json", ...claim };
  if (method !== "GET" && !raw) headers["Content-Type"] = "application/json";
  const lost = () => {
    const message = method === "GET" ? SILENT : raw ? LOST_FILE : LOST;
    window.dispatchEvent(new CustomEvent("studio:silent"));
    return { ok: false, status: 0, data: { problems: [{ field: "", message, soft: false, silent: true }] } };
  };
  let response;
  try {
    response = await fetch(address(path), {
      method,
      headers,
      credentials: "same-origin",
      body: method === "GET" ? undefined : raw ? body : JSON.stringify(body ?? {}),
    });
  } catch {
    return lost();
  }
  learnSkew(response.headers.get("Date"));
  if (response.status === 401) signedOut();
  let data = null;
  try {
    if (response.status !== 204) data = await response.json();
  } catch {
    // A server that goes away in the middle of an answer has not answered.
    if (response.ok) return lost();
  }
  if (!response.ok && !Array.isArray(data?.problems)) {
    data = {
      problems: [
        { field: "", message: `The studio answered ${response.status} and no reason. Try again.`, soft: false },
      ],
    };
  }
  return { ok: response.ok, status: response.status, data };
}

function learnSkew(date) {
  const gap = date ? Date.parse(date) - Date.now() : 0;
  skew = Math.abs(gap) > 3000 ? gap : 0;
}

/** A name for one press, under which it may be sent again; randomUUID exists only on secure pages, and a LAN address is none. */
export const fresh = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** All problems of a failed call in one line. */
export const reason = (answer) => (answer.data?.problems ?? []).map((problem) => problem.message).join(" ");

/** A sentence at the foot of the page for a few seconds, read out politely. */
export function toast(text) {
  let shelf = document.querySelector(".toasts");
  if (!shelf) {
    shelf = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
    document.body.append(shelf);
  }
  // On a phone it keeps to the edge where the newest job is not.
  const newest = document.querySelector("#jobs > :first-child")?.getBoundingClientRect();
  shelf.classList.toggle("up", Boolean(newest) && newest.bottom > innerHeight / 2);
  const note = h("div", { class: "toast" }, text);
  shelf.append(note);
  setTimeout(() => note.remove(), 6000);
}

/** Make the children of `element` those of `wanted`. What stays is not moved, so that it keeps focus, scroll and what was typed. */
export function arrange(element, wanted) {
  const keep = new Set(wanted);
  for (const node of [...element.childNodes]) if (!keep.has(node)) node.remove();
  let here = element.firstChild;
  for (const node of wanted) {
    if (node === here) here = here.nextSibling;
    else element.insertBefore(node, here);
  }
}

/** A drawer of parts: `draw(name, key, make)` gives the part that is there, and makes it anew only under another key. */
export function pieces() {
  const held = new Map();
  return (name, key, make) => {
    if (held.get(name)?.key !== key) held.set(name, { key, node: make() });
    return held.get(name).node;
  };
}

const FOCUSABLE = "button, a[href], input, select, textarea, summary";
const nameOf = (element) => element.getAttribute("aria-label") || element.textContent;

/** Draw in `area`. What had the focus there and is drawn anew hands it to its like, else to `next()`. */
export function refocused(area, draw, next) {
  const held = area.contains(document.activeElement) ? document.activeElement : null;
  const name = held && nameOf(held);
  draw();
  if (!held || (held.isConnected && held.getClientRects().length)) return;
  const like = [...area.querySelectorAll(FOCUSABLE)].find((one) => nameOf(one) === name && one.getClientRects().length);
  (like ?? next?.())?.focus({ preventScroll: true });
}

/** Do what a button says, once at a time. It is not switched off meanwhile: it would lose the focus. */
export async function working(button, call) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  try {
    await call();
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

/** Set text only when it changed, so that nothing is drawn or read out for nothing. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
