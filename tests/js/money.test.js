// Money in words: what many jobs come to.

import assert from "node:assert/strict";
import { test } from "node:test";

const catalogue = { vendors: [{ name: "runway", label: "Runway" }] };
const elements = { "studio-catalogue": { textContent: JSON.stringify(catalogue) } };
globalThis.document = { getElementById: (id) => elements[id] ?? null };
const { bill } = await import("../../assets/js/core/money.js");

const about = { amount: 60, unit: "credits", at_least: false };
const least = { amount: 0.4, unit: "$", at_least: true };
const left = { scope: "owner_day", unit: "credits", amount: 90 };
const plain = { vendor: "runway", sandbox: false, unknown: 0, at_once: 2, left: [] };

test("the bill says what is known, what is not, and what the caps leave", () => {
  const told = bill([
    { ...plain, jobs: 12, sums: [about], left: [left] },
    { ...plain, jobs: 3, sums: [about, least], unknown: 1, left: [left] },
    { ...plain, jobs: 1, sums: [], unknown: 1 },
    { ...plain, jobs: 2, sums: [], unknown: 2, sandbox: true },
  ]);
  assert.deepEqual(told, [
    "12 jobs on Runway cost about 60 credits, 2 at a time. 90 credits left of your daily cap.",
    "3 jobs on Runway cost about 60 credits and at least $0.40, plus 1 of unknown price, " +
      "2 at a time. 90 credits left of your daily cap. Jobs of unknown price don't count toward the caps.",
    "1 job on Runway, price unknown.",
    "2 jobs on Runway (sandbox, free).",
  ]);
});
