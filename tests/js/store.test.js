// What the page knows: only the feed moves its cursor, and what belongs to another folder goes.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const elements = { "studio-page": { textContent: '"this page"' } };
globalThis.document = { getElementById: (id) => elements[id] ?? null };
const said = [];
globalThis.window = { dispatchEvent: (event) => said.push(event.type) };
const { drop, feed, follow, forget, jobs, put, snapshot } = await import("../../assets/js/core/store.js");

const job = (id, revision, more = {}) => ({ id, revision, created: revision, state: "done", ...more });
const told = (more) => ({
  revision: 10,
  store: "first",
  page: "this page",
  gone: [],
  jobs: [],
  connections: [],
  ...more,
});

beforeEach(() => {
  forget();
  Object.assign(feed, { store: "", outdated: false });
  said.length = 0;
});

test("an answer of another kind leaves the cursor where the feed has put it", () => {
  follow(told({ revision: 10 }));
  put(job("pressed here", 99));
  drop("deleted here");
  assert.equal(feed.revision, 10);
  follow(told({ revision: 40, jobs: [job("pressed here", 99), job("meanwhile", 30)] }));
  assert.equal(feed.revision, 40);
  follow(told({ revision: 20 }));
  assert.equal(feed.revision, 40);
});

test("of what has ended the newest of each kind are kept, and all that is open or waits for the person", () => {
  put(job("an old clip", 1, { kind: "video" }));
  put(job("on its way", 2, { kind: "image", state: "running" }));
  put(job("to be looked at", 3, { kind: "image", state: "unsure" }));
  for (let revision = 4; revision < 2000; revision += 1) put(job(`picture ${revision}`, revision, { kind: "image" }));
  assert.ok(jobs.size < 400);
  for (const id of ["an old clip", "on its way", "to be looked at", "picture 1999", "picture 1700"])
    assert.ok(jobs.has(id), id);
  assert.ok(!jobs.has("picture 1000"));
});

test("another folder's revisions and jobs begin anew, also one that was deleted in the first", () => {
  follow(told({ revision: 90, jobs: [job("old", 80), job("both", 70)], gone: ["both"] }));
  follow(told({ revision: 50, store: "second", jobs: [job("both", 5)] }));
  assert.deepEqual([...jobs.keys()], ["both"]);
  assert.deepEqual([feed.revision, feed.store], [50, "second"]);
  assert.deepEqual(said, ["studio:forgotten"]);
});

test("a newer page is told of once", () => {
  follow(told({ page: "" }));
  follow(told({}));
  assert.deepEqual(said, []);
  follow(told({ page: "another page" }));
  follow(told({ page: "another page" }));
  assert.deepEqual(said, ["studio:outdated"]);
});

test("what a snapshot should name and does not is looked up", () => {
  const recent = Array.from({ length: 60 }, (_, place) => job(`recent ${place}`, 100 + place));
  for (const each of [job("long ago", 3), job("open", 4, { state: "running" }), job("vanished", 130)]) put(each);
  put(job("pressed since", 500));
  assert.deepEqual(snapshot(told({ revision: 200, jobs: recent })), ["open", "vanished"]);
  assert.deepEqual(snapshot(told({ revision: 200, jobs: recent.slice(1) })).includes("long ago"), true);
});
