// The feed: a WebSocket that heals by itself, and a poll in its place while it cannot be had.

import { address, api } from "./calls.js";
import { claimed, session, signedOut } from "./person.js";
import { counts } from "./words.js";
import { drop, feed, follow, learn, put, setOnline, snapshot, subscribe } from "./store.js";

const POLL_EVERY = 2000;
const FAILURES_BEFORE_POLL = 3;
const STALE_AFTER = 20000;
const DOUBT_FOR = 2000;
// The studio says every 4 s that a quiet feed lives.
const SILENT_AFTER = 12000;
const LOOK_EVERY = 1000;
// No answer to a question of the feed's takes so long.
const PATIENCE = 10000;
const NOT_SIGNED_IN = 4401;

/** @type {WebSocket | null} */
let socket = null;
let retry = 0;
let failures = 0;
/** The poll that is under way: another one is another object. */
/** @type {object | null} */
let polling = null;
let heardAt = 0;
let hiddenAt = 0;
let started = false;

/** Begin to listen; further calls do nothing. */
export function start() {
  if (started) return;
  started = true;
  connect();
  setInterval(listen, LOOK_EVERY);
  window.addEventListener("online", () => connect());
  // A studio on this machine is there all the same: it is asked before that is said.
  window.addEventListener("offline", () => ask());
  window.addEventListener("studio:silent", doubt);
  window.addEventListener("studio:signed-out", end);
  window.addEventListener("pageshow", (event) => event.persisted && connect());
  document.addEventListener("visibilitychange", seen);
  window.addEventListener("pagehide", () => socket?.readyState === WebSocket.OPEN && socket.close());
  watchTitle();
}

/** How far the feed was followed, and where, as a part of an address. */
const place = () =>
  `since=${feed.revision}&page=${feed.page}&links=${feed.links}${feed.store ? `&store=${feed.store}` : ""}`;

/** Open a new socket now, whatever became of the last one. */
function connect() {
  clearTimeout(retry);
  if (session.over) return;
  const last = socket;
  const fresh = new WebSocket(
    address("live")
      .replace(/^http/, "ws")
      .replace(/[?#].*$/, "") + `?${claimed}&${place()}&pulse=1`,
  );
  socket = fresh;
  heardAt = Date.now();
  last?.close();
  fresh.addEventListener("message", (event) => fresh === socket && heard(JSON.parse(event.data)));
  fresh.addEventListener("close", (event) => (event.code === NOT_SIGNED_IN ? signedOut() : fresh === socket && lost()));
}

// Nothing more is asked: only signing in again helps.
function end() {
  clearTimeout(retry);
  polling = null;
  setOnline("out");
  socket?.close();
}

/** @param {Frame} message what the feed sends; its `type` tells the rest */
function heard(message) {
  failures = 0;
  polling = null;
  heardAt = Date.now();
  if (session.over) return;
  if (message.type === "snapshot") snapshot(message).forEach(lookUp);
  else if (message.type === "job") put(message.job);
  else if (message.type === "gone") drop(message.id);
  else if (message.type === "connections") learn(message.connections);
  else if (message.type === "settings") window.dispatchEvent(new CustomEvent("studio:settings"));
  setOnline("live");
}

// A job that a fresh snapshot no longer names has ended unseen, or is gone.
/** @param {string} id */
async function lookUp(id) {
  /** @type {Answer<import("../types").JobHistoryView>} */
  const answer = await api("GET", `jobs/${encodeURIComponent(id)}`);
  if (answer.ok) put(answer.data);
  else if (answer.status === 404) drop(id);
}

const away = () => setOnline(navigator.onLine ? "reconnecting" : "offline");

function lost() {
  if (session.over) return;
  failures += 1;
  if (!polling) away();
  if (failures >= FAILURES_BEFORE_POLL) poll();
  const wait = Math.min(8000, 300 * 2 ** Math.min(failures, 6)) * (0.7 + Math.random() * 0.6);
  clearTimeout(retry);
  retry = setTimeout(connect, document.hidden ? wait * 4 : wait);
}

// A call that was not answered says more than a socket that still seems open.
function doubt() {
  const was = feed.online;
  if (was === "live" || was === "reconnecting") away();
  if (was !== "live") return;
  clearTimeout(retry);
  retry = setTimeout(connect, DOUBT_FOR);
}

// A line may pass nothing on and stay open: it is asked in another way until something comes through again.
function listen() {
  const open = socket?.readyState === WebSocket.OPEN || socket?.readyState === WebSocket.CONNECTING;
  if (session.over || !open || Date.now() - heardAt < SILENT_AFTER) return;
  if (!polling) away();
  connect();
  poll();
}

async function poll() {
  if (polling) return;
  const mine = (polling = {});
  while (polling === mine) {
    const ok = await ask(() => polling === mine);
    if (polling !== mine) return; // The socket came back meanwhile.
    if (ok) setOnline("polling");
    else away();
    await new Promise((go) => setTimeout(go, POLL_EVERY));
  }
}

/**
 * Ask what changed; the answer is taken where it is still `wanted`. Whether one came.
 * @param {() => boolean} [wanted]
 */
async function ask(wanted = () => true) {
  /** @type {Answer<import("../types").ChangedView>} */
  const answer = await api("GET", `jobs?${place()}`, undefined, AbortSignal.timeout(PATIENCE));
  if (answer.ok && answer.data && !session.over && wanted()) follow(answer.data);
  return answer.ok;
}

// A phone that was locked or a laptop that slept may hold a socket that is dead and does not know it.
function seen() {
  if (document.hidden) hiddenAt = Date.now();
  else if (socket?.readyState === WebSocket.CONNECTING) return;
  else if (socket?.readyState !== WebSocket.OPEN || Date.now() - hiddenAt > STALE_AFTER) connect();
}

function watchTitle() {
  const name = "Multishot Studio";
  let finished = 0;
  const show = () => {
    const { running, waiting } = counts();
    const busy = running + waiting;
    const text = finished ? `${finished} finished · ${name}` : busy ? `(${busy}) ${name}` : name;
    if (document.title !== text) document.title = text;
  };
  subscribe((changes) => {
    if (document.hidden)
      finished += changes.filter(
        ({ job, before }) => before && job?.state === "done" && before.state !== "done",
      ).length;
    show();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) finished = 0;
    show();
  });
  show();
}
