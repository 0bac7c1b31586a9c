// The library's listing: answers that come late, in any order, while jobs change.

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { getElementById: () => null };
const { drop, jobs, put, subscribe } = await import("../../assets/js/core/store.js");
const { Filters } = await import("../../assets/js/library/filters.js");
const { Listing } = await import("../../assets/js/library/listing.js");

globalThis.document.createElement = () => ({ append: () => {} });
let revision = 0;
let run = 0;
const job = (number, more = {}) => ({
  id: `run${run} ${String(number).padStart(4, "0")}`,
  ...{ created: number, revision: ++revision, state: "done", kind: "image", vendor: "v", model: "m" },
  ...{ prompt: "A heron", shots: [], tags: [], starred: false, batch: null, ...more },
});
const numbers = (listing) => listing.all.map((each) => each.created);
const range = (from, to) => Array.from({ length: from - to + 1 }, (_, place) => from - place);

/** A listing whose questions are answered when the test says so, from what the studio holds by then. */
function listed(all) {
  const waiting = [];
  const ask = (query) => new Promise((go) => waiting.push({ asked: new URLSearchParams(query), go }));
  const filters = new Filters(() => {});
  const listing = new Listing(filters, ask);
  subscribe((changes) => listing.learn(changes));
  const page = (asked) => {
    const before = Number(asked.get("before") || Infinity);
    const fits = [...all.values()].filter(
      (each) => each.created < before && (!asked.get("kind") || each.kind === "image"),
    );
    const jobs = fits.sort((one, other) => other.created - one.created).slice(0, Number(asked.get("limit")));
    const next = jobs.length < fits.length ? String(jobs.at(-1).created) : null;
    return { ok: true, status: 200, data: { jobs, next, counts: {}, total: fits.length } };
  };
  /** What is answered now, given when it is called. */
  const answer = () => {
    const { asked, go } = waiting.shift();
    const told = page(asked);
    return async () => {
      go(told);
      await new Promise((later) => setImmediate(later));
    };
  };
  return { listing, filters, answer, waiting };
}

/** A studio of its own with so many jobs; the page has seen none of them. */
function studio(count) {
  run += 1;
  jobs.clear();
  return new Map(range(count, 1).map((number) => [number, job(number)]));
}

/** A job comes or changes, and the feed brings it. */
const tell = (all, number, more) => {
  all.set(number, job(number, more));
  put(all.get(number));
};

test("what is shown stays when it changes, and what lies further down does not come", async () => {
  const all = studio(100);
  const { listing, answer } = listed(all);
  listing.load();
  await answer()();
  tell(all, 101);
  tell(all, 60, { starred: true });
  tell(all, 20, { starred: true });
  assert.deepEqual(numbers(listing), range(101, 41));
  drop(all.get(50).id);
  assert.deepEqual(numbers(listing), [...range(101, 51), ...range(49, 41)]);
});

test("an outage takes away what was deleted and nothing else, though a further page comes meanwhile", async () => {
  const all = studio(3000);
  const { listing, answer } = listed(all);
  listing.load();
  await answer()();
  for (let place = 0; place < 4; place += 1) {
    listing.more();
    await answer()();
  }
  assert.deepEqual(numbers(listing), range(3000, 2701));
  for (let number = 3001; number <= 3100; number += 1) all.set(number, job(number));
  all.delete(2800);
  const again = listing.again();
  const first = answer();
  listing.more();
  const further = answer();
  await first();
  await further();
  await answer()();
  await again;
  assert.deepEqual(numbers(listing).slice(0, 301), [...range(3100, 2801), 2799]);
  assert.deepEqual(numbers(listing).at(-1), 2641);
  assert.equal(listing.next, "2641");
});

test("an answer for other filters is not taken, and a late one keeps what came meanwhile", async () => {
  const all = studio(3);
  const { listing, filters, answer } = listed(all);
  listing.load();
  const old = answer();
  filters.values.kind = "image";
  const loading = listing.load();
  const late = answer();
  tell(all, 4);
  tell(all, 5, { kind: "video" });
  tell(all, 2, { kind: "video" });
  await late();
  await old();
  await loading;
  assert.deepEqual(numbers(listing), [4, 3, 1]);
});

test("where one list went on is no place in the next one, whose first page is on its way", async () => {
  const all = studio(3000);
  const { listing, filters, answer, waiting } = listed(all);
  listing.load();
  await answer()();
  for (let place = 0; place < 4; place += 1) {
    listing.more();
    await answer()();
  }
  filters.values.kind = "image";
  const loading = listing.load();
  const first = answer();
  // The foot of the old list is still in sight.
  const further = listing.more();
  assert.equal(waiting.length, 0);
  await first();
  await Promise.all([loading, further]);
  assert.deepEqual(numbers(listing), range(3000, 2941));
  listing.more();
  await answer()();
  assert.deepEqual(numbers(listing), range(3000, 2881));
});

test("what the studio found by its words stays while those are the same", async () => {
  const all = studio(2);
  const { listing, filters, answer } = listed(all);
  filters.values.text = "鷺";
  listing.load();
  await answer()();
  tell(all, 2, { starred: true });
  assert.deepEqual(numbers(listing), [2, 1]);
  tell(all, 1, { tags: ["sky"] });
  assert.deepEqual(numbers(listing), [2]);
});
