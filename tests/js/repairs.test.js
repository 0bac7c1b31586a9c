// Each repair gives a plan that is legal in what it repairs, or says in a sentence why there is none.

import assert from "node:assert/strict";
import { test } from "node:test";
import { faults, finals } from "../../assets/js/form/fit.js";
import { lasting } from "../../assets/js/form/lengths.js";
import { repairs } from "../../assets/js/form/repairs.js";
import { chance, drawn, RULES } from "./plans.js";

const MENDS = {
  scale: ["seconds", "total"],
  spread: ["seconds", "total"],
  merge: ["count"],
  trim: ["long"],
  line: ["sign"],
};
const hard = (plan, rule) => faults(finals(plan), rule).filter(({ soft }) => !soft);
const kinds = (plan, rule) => new Set(hard(plan, rule).map(({ kind }) => kind));

function* plans() {
  const draw = chance(12);
  for (const rule of RULES) for (let turn = 0; turn < 150; turn += 1) yield [drawn(draw), rule];
}

test("each repair ends legal in what it repairs and makes nothing else worse, or says why not", () => {
  const seen = { plans: {}, sentences: {} };
  for (const [plan, rule] of plans()) {
    const before = kinds(plan, rule);
    const whole = JSON.stringify(plan);
    for (const { name, plan: made, why } of repairs(plan, rule)) {
      const count = made ? seen.plans : seen.sentences;
      count[name] = (count[name] ?? 0) + 1;
      if (!made) assert.match(why, /^[A-Z0-9].*\.$/);
      if (!made) continue;
      const after = kinds(made, rule);
      const tell = JSON.stringify([name, plan, made, hard(made, rule)]);
      for (const kind of MENDS[name]) assert.ok(!after.has(kind), tell);
      for (const kind of after) assert.ok(before.has(kind), tell);
    }
    assert.equal(JSON.stringify(plan), whole);
  }
  for (const name of Object.keys(MENDS))
    assert.ok(seen.plans[name] > 20 && seen.sentences[name] > 5, JSON.stringify(seen));
});

test("where one thing is wrong, its repair ends in a plan that can be sent", () => {
  let ended = 0;
  for (const [plan, rule] of plans()) {
    const wrong = kinds(plan, rule);
    for (const { name, plan: made } of repairs(plan, rule)) {
      if (!made || ![...wrong].every((kind) => MENDS[name].includes(kind))) continue;
      assert.deepEqual(hard(made, rule), []);
      ended += 1;
    }
  }
  assert.ok(ended > 100, String(ended));
});

test("a scaled plan keeps the order of lengths, and all repairs keep every style and cast", () => {
  for (const [plan, rule] of plans()) {
    for (const { name, plan: made } of repairs(plan, rule)) {
      if (!made) continue;
      if (name !== "line") assert.deepEqual([made.style, made.cast], [plan.style, plan.cast]);
      if (name !== "scale") continue;
      const pairs = made.shots.map((one, index) => [plan.shots[index].seconds, one.seconds]);
      for (const [was, is] of pairs)
        for (const [old, now] of pairs) assert.ok(!(was > old && is < now - 1), String(pairs));
    }
  }
});

test("a plan of fifteen seconds goes into ten, and into one that takes 5, 10 or 15", () => {
  const [plan] = [
    { style: "", cast: "", shots: [6, 6, 6].map((seconds, key) => ({ key, prompt: "A door", seconds })) },
  ];
  const ends = (rule) => repairs(plan, rule).find(({ name }) => name === "scale").plan.shots;
  assert.equal(lasting(ends(RULES[0])), 15);
  assert.equal(lasting(ends(RULES[1])), 15);
  assert.equal(lasting(ends(RULES[3])), 10);
});
