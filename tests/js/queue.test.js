// Who stands before whom at a vendor, told without counting all jobs for each of them.

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { getElementById: () => null };
globalThis.window = { dispatchEvent: () => true };
const { jobs, putAll } = await import("../../assets/js/core/store.js");
const { words } = await import("../../assets/js/core/words.js");

const COUNT = 400;
const job = (place, more = {}) => ({
  id: `job ${place}`,
  revision: 1,
  created: 1000 + place,
  vendor: place % 2 ? "odd" : "even",
  state: "waiting",
  phase: "slot",
  artifacts: [],
  shots: [],
  ...more,
});

test("each of many waiting jobs is told how many stand ahead in the queue, and the jobs are walked through once", () => {
  let walks = 0;
  const values = jobs.values.bind(jobs);
  jobs.values = () => ((walks += 1), values());
  const all = Array.from({ length: COUNT }, (_, place) => job(place));
  putAll(all);
  walks = 0;
  const told = all.map((one) => words(one).more);
  assert.equal(told[COUNT - 1], `${COUNT / 2 - 1} ahead in the queue`);
  assert.equal(told[10], "5 ahead in the queue");
  assert.ok(walks <= 2, `${walks} walks for ${COUNT} jobs`);
  putAll([job(0, { revision: 2, state: "running", phase: "making" })]);
  assert.equal(words(all[10]).more, "4 ahead in the queue");
});

test("where several people wait, a card says how many jobs of anybody have their turn first", () => {
  const queue = { whose: "", ahead: 2, of: 2, turns: 3 };
  const waits = job(1000, { vendor: "shared", queue });
  const next = job(1001, { vendor: "shared", queue: { ...queue, turns: 0 } });
  putAll([waits, next]);
  assert.equal(words(waits).more, "3 ahead in the queue");
  assert.equal(words(next).more, "2 of 2 slots busy");
});
