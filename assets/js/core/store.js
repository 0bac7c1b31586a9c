// What the page knows: the catalogue, the vendors, and the newest state of every job that it has seen.

import { session } from "./person.js";

/** @type {Partial<Catalogue>} */
const embedded = JSON.parse(document.getElementById("studio-catalogue")?.textContent || "{}");

/** All model rows, in the order in which a picker shows them. */
export const catalogue = embedded.specs ?? [];
/** Vendors: {name, label, sandbox, cancel_note, …}; `sandbox` follows the feed. */
export const vendors = embedded.vendors ?? [];
/** Field names for people. */
const labels = embedded.labels ?? {};
/**
 * id -> job, as `/live` and `/jobs` give it.
 * @type {Map<string, Job>}
 */
export const jobs = new Map();
/** Which page this is; the studio may have a newer one. */
const PAGE = JSON.parse(document.getElementById("studio-page")?.textContent || '""');
/**
 * How the feed reaches us, and the revision up to which nothing was missed, as the studio names it, in which data
 * folder. The feed alone moves it on: other answers tell of some jobs and not of what lay between.
 * @type {{ online: Online, revision: number, store: string, page: string, links: string, outdated: boolean }}
 */
export const feed = { online: "reconnecting", revision: 0, store: "", page: PAGE, links: "", outdated: false };

// A snapshot holds what is open, and so many of the newest.
export const RECENT = 60;
// Of each kind so many of the newest are known, besides what is open or waits for the person;
const KEPT = 300;
// and so many more before the oldest are forgotten.
const SLACK = 60;
// In place of a vendor: files that lay in the data folder without a record.
export const FOUND = "found";
// How many there were when the oldest were forgotten last.
let rest = 0;
// What was deleted: an answer that was on its way meanwhile must not bring it back.
/** @type {Set<string>} */
const gone = new Set();
const byId = new Map(catalogue.map((spec) => [spec.id, spec]));
/** @type {{ [T in keyof News]: Set<(news: News[T]) => void> }} */
const listeners = { jobs: new Set(), online: new Set(), connections: new Set() };

/** @type {ReadonlySet<string>} */
export const OPEN = new Set(["waiting", "submitting", "queued", "running", "saving"]);
/** @type {ReadonlySet<string>} */
export const FAILED = new Set(["rejected", "failed", "cancelled", "expired"]);

/**
 * The row of one model, or undefined.
 * @param {string} id
 */
export const spec = (id) => byId.get(id);
/**
 * All rows that make this kind.
 * @param {string} kind
 */
export const specs = (kind) => catalogue.filter((row) => row.kind === kind);
/**
 * What is known about a vendor's connection.
 * @param {string} name
 */
export const connection = (name) => vendors.find((vendor) => vendor.name === name);
/**
 * From how many seconds to how many a task takes, as its vendor says, in the queue that these options choose.
 * @param {Spec} row
 * @param {Readonly<Record<string, unknown>>} [options]
 */
export function usualSeconds(row, options = {}) {
  const lane = connection(row.vendor)?.lane;
  return lane && options[lane.option] === true ? lane.usual_seconds : row.usual_seconds;
}
/**
 * A vendor's name for people, known here or not.
 * @param {string} name
 */
export const vendorLabel = (name) => connection(name)?.label ?? (name === FOUND ? "Data folder" : name);
/**
 * A model's name for people, known here or not.
 * @param {string} id
 */
export const modelLabel = (id) =>
  byId.get(id)?.label ?? (id.startsWith(`${FOUND}:`) ? "Found file" : id.replace(/^[^/]*\//, ""));
/**
 * A field's name for people.
 * @param {string} field
 */
export const label = (field) =>
  labels[field] ?? field.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());

/**
 * A thing as one asks for it: "a seed", "an end frame", "references".
 * @param {string} name
 */
export const indefinite = (name) => (/s$/.test(name) ? name : `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`);

/**
 * Be told: `jobs` with a list of {job, before}, `online` with the state, `connections` with the list.
 * @template {keyof News} [T="jobs"]
 * @param {(news: News[T]) => void} listener
 * @param {T} [topic]
 */
export function subscribe(listener, topic = /** @type {T} */ ("jobs")) {
  listeners[topic].add(listener);
  return () => listeners[topic].delete(listener);
}

/**
 * @template {keyof News} T
 * @param {T} topic
 * @param {News[T]} news
 */
function tell(topic, news) {
  for (const listener of listeners[topic]) {
    try {
      listener(news);
    } catch (error) {
      console.error(error); // One broken view must not stop the others.
    }
  }
}

/**
 * Take one job in; older revisions than the one that we hold are ignored.
 * @param {Job} job
 */
export const put = (job) => putAll([job]);

/**
 * Take several jobs in and tell listeners once. Returns what changed.
 * @param {Job[]} list
 */
export function putAll(list) {
  /** @type {Change[]} */
  const changed = [];
  if (session.over) return changed; // What was asked before is nobody's any more.
  for (const job of list) {
    const before = jobs.get(job.id);
    if (gone.has(job.id) || (before && before.revision >= job.revision)) continue;
    jobs.set(job.id, job);
    changed.push({ job, before });
  }
  if (changed.length) tell("jobs", changed);
  if (jobs.size > rest + SLACK) forgetOldest();
  return changed;
}

/** @param {Job} job */
const isDecided = (job) => !OPEN.has(job.state) && job.state !== "unsure" && !job.late && !job.parked;

// Views ask the studio for older ones where they show them: nobody is told.
function forgetOldest() {
  const ended = newestFirst([...jobs.values()].filter(isDecided));
  for (const kind of new Set(ended.map((job) => job.kind)))
    for (const job of ended.filter((each) => each.kind === kind).slice(KEPT)) jobs.delete(job.id);
  rest = jobs.size;
}

/**
 * Whether a job was deleted.
 * @param {string} id
 */
export const isGone = (id) => gone.has(id);

/**
 * Forget a job that the studio no longer knows. Views may show it though it is none of the newest: they are told its
 * id.
 * @param {string} id
 */
export function drop(id) {
  if (gone.has(id)) return;
  gone.add(id);
  const before = jobs.get(id) ?? { id };
  jobs.delete(id);
  tell("jobs", [{ job: null, before }]);
}

/** Forget every job: the studio that knew them is not there any more, or is not ours. */
export function forget() {
  const all = [...jobs.values()];
  jobs.clear();
  gone.clear();
  feed.revision = 0;
  rest = 0;
  if (all.length)
    tell(
      "jobs",
      all.map((before) => ({ job: null, before })),
    );
  window.dispatchEvent(new CustomEvent("studio:forgotten"));
}

/**
 * Take in what the feed says changed, and move its cursor to there.
 * @param {import("../types").ChangedView} message
 */
export function follow({ revision, store, page, gone, jobs, links, connections }) {
  // Revisions, and jobs, are those of one folder.
  if (feed.store && store !== feed.store) forget();
  feed.store = store;
  feed.revision = Math.max(feed.revision, revision);
  gone.forEach((id) => drop(id));
  putAll(jobs);
  feed.links = links;
  if (connections.length) learn(connections);
  if (!page || !feed.page || page === feed.page || feed.outdated) return;
  feed.outdated = true;
  window.dispatchEvent(new CustomEvent("studio:outdated"));
}

/**
 * The whole state as the feed sends it at first; returns ids of jobs that it should name and does not.
 * @param {import("../types").SnapshotFrame} message
 */
export function snapshot(message) {
  follow(message);
  const named = new Set(message.jobs.map((job) => job.id));
  const oldest = newestFirst(message.jobs)[RECENT - 1];
  const known = [...jobs.values()].filter((job) => !named.has(job.id) && job.revision <= message.revision);
  return known.filter((job) => OPEN.has(job.state) || !oldest || job.created > oldest.created).map((job) => job.id);
}

/**
 * Whether only some accounts have this model, and the service doesn't list it for this one.
 * @param {Spec} row
 */
export const isWithheld = (row) => Boolean(connection(row.vendor)?.withheld?.includes(row.id));
export const NOT_ENABLED = "not enabled for this account";

/**
 * Whether the service said last that it doesn't have this model.
 * @param {Spec} row
 */
export const isUnoffered = (row) => Boolean(connection(row.vendor)?.unoffered?.includes(row.id));
/**
 * Whether the service may refuse this model, as its maker or the service itself said.
 * @param {Spec} row
 */
export const isDoubted = (row) => Boolean(row.at_risk) || isUnoffered(row);

/**
 * Take in what the studio says about its connections.
 * @param {ConnectionNews[]} connections
 */
export function learn(connections) {
  for (const news of connections) {
    const name = news.vendor;
    const known = connection(name);
    if (known) Object.assign(known, news, { name });
    else vendors.push(/** @type {Connection} */ ({ lane: null, lists_assets: false, ...news, name }));
  }
  tell("connections", vendors);
}

/** @type {ReadonlySet<string>} */
const AWAY = new Set(["reconnecting", "offline"]);

/** @param {Online} state */
export function setOnline(state) {
  if (feed.online === state) return;
  const healed = AWAY.has(feed.online) && (state === "live" || state === "polling");
  feed.online = state;
  tell("online", state);
  // What was said during an outage is taken back by whoever said it.
  if (healed) window.dispatchEvent(new CustomEvent("studio:online"));
}

/**
 * Newest first.
 * @template {{ id: string, created: number }} J
 * @param {J[]} list
 * @returns {J[]}
 */
export const newestFirst = (list) => [...list].sort((a, b) => b.created - a.created || (a.id < b.id ? 1 : -1));
