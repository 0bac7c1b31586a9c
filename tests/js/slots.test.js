// Words in braces: each is asked for once and fills all texts; what is left out stays, and words are not read again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { filledPlan, slotsOf } from "../../assets/js/form/slots.js";

const shots = (...prompts) => prompts.map((prompt, key) => ({ key, prompt, seconds: 5 }));
const plan = {
  prompt: "{mood}",
  style: "{film}, {mood}",
  cast: "{hero}",
  shots: shots("{hero} waits", "A {place}", "{ hero }"),
};

test("names are told once, in the order in which they are read", () => {
  assert.deepEqual(slotsOf(plan), ["mood", "film", "hero", "place"]);
});

test("words fill every text, and what has none stays as it is", () => {
  const made = filledPlan(plan, { hero: "Mara", mood: " ", film: "$& 16 mm", toString: "no" });
  assert.deepEqual(
    [made.prompt, made.style, made.cast, ...made.shots.map((one) => one.prompt)],
    ["{mood}", "$& 16 mm, {mood}", "Mara", "Mara waits", "A {place}", "Mara"],
  );
  assert.deepEqual(slotsOf(made), ["mood", "place"]);
  assert.deepEqual([made.shots[0].key, made.shots[0].seconds], [0, 5]);
});

test("words that hold braces are words", () => {
  const made = filledPlan(plan, { hero: "{place}", place: "pier" });
  assert.deepEqual([made.cast, made.shots[1].prompt], ["{place}", "A pier"]);
});

test("names of what every object has are names as any other", () => {
  const made = filledPlan({ ...plan, cast: "{constructor}" }, {});
  assert.equal(made.cast, "{constructor}");
});
