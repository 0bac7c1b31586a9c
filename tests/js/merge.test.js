// Two windows write one draft: each puts its own changes over what stands there.

import assert from "node:assert/strict";
import { test } from "node:test";

const { merged } = await import("../../assets/js/core/merge.js");

test("only what changed here is written over what stands there", () => {
  const before = { tab: "image", forms: { image: { prompt: "", wish: {} }, video: { prompt: "" } } };
  const there = { tab: "video", forms: { image: { prompt: "typed there", wish: {} }, video: { prompt: "too" } } };
  const now = { tab: "image", forms: { image: { prompt: "", wish: { ratio: "9:16" } }, video: { prompt: "" } } };
  assert.deepEqual(merged(there, before, now), {
    tab: "video",
    forms: { image: { prompt: "typed there", wish: { ratio: "9:16" } }, video: { prompt: "too" } },
  });
});

test("what was taken away on either side stays away, and lists are one thing", () => {
  assert.deepEqual(merged({ a: 1, b: 2 }, { a: 1, b: 2 }, { b: 2 }), { b: 2 });
  assert.deepEqual(merged({ b: 2 }, { a: 1, b: 2 }, { a: 1, b: 3 }), { b: 3 });
  assert.deepEqual(merged({ shots: [1, 2] }, { shots: [1] }, { shots: [3] }), { shots: [3] });
});
