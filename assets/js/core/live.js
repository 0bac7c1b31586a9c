// The feed: a WebSocket that heals by itself, and a poll in its place while it cannot be had.

import { address, api } from "./calls.js";
import { claimed, session, signedOut } from "./person.js";
import { counts } from "./words.js";
import { drop, feed, learn, put, putAll, setOnline, snapshot, subscribe } from "./store.js";

const POLL_EVERY = 2000;
const FAILURES_BEFORE_POLL = 3;
const STALE_AFTER = 20000;
const DOUBT_FOR = 2000;
const NOT_SIGNED_IN = 4401;

/** @type {WebSocket | null} */
let socket = null;
let retry = 0;
let failures = 0;
let polling = 0;
let hiddenAt = 0;
let started = false;

/** Begin to listen; further calls do nothing. */
export function start() {
  if (started) return;
  started = true;
  connect();
  window.addEventListener("online", () => connect());
  window.addEventListener("studio:silent", doubt);
  window.addEventListener("studio:signed-out", end);
  window.addEventListener("pageshow", (event) => event.persisted && connect());
  document.addEventListener("visibilitychange", seen);
  window.addEventListener("pagehide", () => socket?.readyState === WebSocket.OPEN && socket.close());
  watchTitle();
}

/** Open a new socket now, whatever became of the last one. */
function connect() {
  clearTimeout(retry);
  if (session.over) return;
  const last = socket;
  const since = feed.revision ? `&since=${feed.revision}` : "";
  const fresh = new WebSocket(
    address("live")
      .replace(/^http/, "ws")
      .replace(/[?#].*$/, "") + `?${claimed}${since}`,
  );
  socket = fresh;
  last?.close();
  fresh.addEventListener("message", (event) => fresh === socket && heard(JSON.parse(event.data)));
  fresh.addEventListener("close", (event) => (event.code === NOT_SIGNED_IN ? signedOut() : fresh === socket && lost()));
}

// Nothing more is asked: only signing in again helps.
function end() {
  clearTimeout(retry);
  stopPolling();
  setOnline("out");
  socket?.close();
}

/** @param {any} message what the feed sends; its `type` tells the rest */
function heard(message) {
  failures = 0;
  stopPolling();
  setOnline("live");
  if (message.type === "snapshot") snapshot(message).forEach(lookUp);
  else if (message.type === "job") put(message.job);
  else if (message.type === "gone") drop(message.id);
  else if (message.type === "connections") learn(message.connections);
}

// An open job that a fresh snapshot no longer names has ended unseen, or is gone.
/** @param {string} id */
async function lookUp(id) {
  const answer = await api("GET", `jobs/${encodeURIComponent(id)}`);
  if (answer.ok) put(answer.data);
  else if (answer.status === 404) drop(id);
}

function lost() {
  if (session.over) return;
  failures += 1;
  if (!polling) setOnline("reconnecting");
  if (failures >= FAILURES_BEFORE_POLL && !polling) poll();
  const wait = Math.min(8000, 300 * 2 ** Math.min(failures, 6)) * (0.7 + Math.random() * 0.6);
  clearTimeout(retry);
  retry = setTimeout(connect, document.hidden ? wait * 4 : wait);
}

// A call that was not answered says more than a socket that still seems open.
function doubt() {
  if (feed.online !== "live") return;
  setOnline("reconnecting");
  clearTimeout(retry);
  retry = setTimeout(connect, DOUBT_FOR);
}

function stopPolling() {
  clearTimeout(polling);
  polling = 0;
}

function poll() {
  polling = setTimeout(async () => {
    const answer = await api("GET", `jobs?since=${feed.revision}`);
    if (!polling || session.over) return; // The socket came back meanwhile.
    setOnline(answer.ok ? "polling" : "reconnecting");
    if (answer.ok && answer.data) {
      (answer.data.gone ?? []).forEach((/** @type {string} */ id) => drop(id));
      putAll(answer.data.jobs);
      feed.revision = Math.max(feed.revision, answer.data.revision);
    }
    poll();
  }, POLL_EVERY);
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
