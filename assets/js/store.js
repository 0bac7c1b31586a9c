// @ts-nocheck
// What the page knows: the catalogue, the vendors, and the newest state of every job that it has seen.

const embedded = JSON.parse(document.getElementById("studio-catalogue")?.textContent || "{}");

/** All model rows, in the order in which a picker shows them. */
export const catalogue = embedded.specs ?? [];
/** Vendors: {name, label, sandbox, cancel_note, …}; `sandbox` follows the feed. */
export const vendors = embedded.vendors ?? [];
/** Field names for people. */
export const labels = embedded.labels ?? {};
/** id -> job, as `/live` and `/jobs` give it. */
export const jobs = new Map();
/** How the feed reaches us (live, reconnecting or polling), and the revision up to which nothing was missed: the studio names it. */
export const feed = { online: "reconnecting", revision: 0 };

// In place of a vendor: files that lay in the data folder without a record.
const FOUND = "found";
// What was deleted: an answer that was on its way meanwhile must not bring it back.
const gone = new Set();
const byId = new Map(catalogue.map((spec) => [spec.id, spec]));
const listeners = { jobs: new Set(), online: new Set(), connections: new Set() };

export const OPEN = new Set(["waiting", "submitting", "queued", "running", "saving"]);
export const FAILED = new Set(["rejected", "failed", "cancelled", "expired"]);

/** The row of one model, or undefined. */
export const spec = (id) => byId.get(id);
/** All rows that make this kind. */
export const specs = (kind) => catalogue.filter((row) => row.kind === kind);
/** What is known about a vendor's connection. */
export const connection = (name) => vendors.find((vendor) => vendor.name === name);
/** A vendor's name for people, known here or not. */
export const vendorLabel = (name) => connection(name)?.label ?? (name === FOUND ? "Data folder" : name);
/** A model's name for people, known here or not. */
export const modelLabel = (id) =>
  byId.get(id)?.label ?? (id.startsWith(`${FOUND}:`) ? "Found file" : id.replace(/^[^/]*\//, ""));
/** A field's name for people. */
export const label = (field) =>
  labels[field] ?? field.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());

/** Be told: `jobs` with a list of {job, before}, `online` with the state, `connections` with the list. */
export function subscribe(listener, topic = "jobs") {
  listeners[topic].add(listener);
  return () => listeners[topic].delete(listener);
}

function tell(topic, news) {
  for (const listener of listeners[topic]) {
    try {
      listener(news);
    } catch (error) {
      console.error(error); // One broken view must not stop the others.
    }
  }
}

/** Take one job in; older revisions than the one that we hold are ignored. */
export const put = (job) => putAll([job]);

/** Take several jobs in and tell listeners once. Returns what changed. */
export function putAll(list) {
  const changed = [];
  for (const job of list) {
    const before = jobs.get(job.id);
    if (gone.has(job.id) || (before && before.revision >= job.revision)) continue;
    jobs.set(job.id, job);
    changed.push({ job, before });
  }
  if (changed.length) tell("jobs", changed);
  return changed;
}

/** Whether a job was deleted. */
export const isGone = (id) => gone.has(id);

/** Forget a job that the studio no longer knows. Views may show it though it is none of the newest: they are told its id. */
export function drop(id) {
  if (gone.has(id)) return;
  gone.add(id);
  const before = jobs.get(id) ?? { id };
  jobs.delete(id);
  tell("jobs", [{ job: null, before }]);
}

/** The whole state as the feed sends it at first; returns ids of open jobs that it no longer names. */
export function snapshot(message) {
  feed.revision = Math.max(feed.revision, message.revision ?? 0);
  (message.gone ?? []).forEach((id) => drop(id));
  putAll(message.jobs ?? []);
  if (message.connections) learn(message.connections);
  const named = new Set((message.jobs ?? []).map((job) => job.id));
  return [...jobs.values()].filter((job) => OPEN.has(job.state) && !named.has(job.id)).map((job) => job.id);
}

/** Take in what the studio says about its connections. */
export function learn(connections) {
  for (const news of connections) {
    const name = news.vendor ?? news.name;
    const known = connection(name);
    if (known) Object.assign(known, news, { name });
    else vendors.push({ ...news, name });
  }
  tell("connections", vendors);
}

export function setOnline(state) {
  if (feed.online === state) return;
  const healed = feed.online === "reconnecting";
  feed.online = state;
  tell("online", state);
  // What was said during an outage is taken back by whoever said it.
  if (healed) window.dispatchEvent(new CustomEvent("studio:online"));
}

/** Newest first. */
export const newestFirst = (list) => [...list].sort((a, b) => b.created - a.created || (a.id < b.id ? 1 : -1));
