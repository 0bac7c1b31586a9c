// Every step of a plan can be taken back and made again: order, seconds and texts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { merged, moved, shifted, shot, split } from "../../assets/js/form/edits.js";
import { past } from "../../assets/js/form/past.js";

const LIMITS = { seconds: { low: 3, high: 12 } };
const RULE = /** @type {never} */ (LIMITS);
const plan = (...shots) => ({ shots });
const seconds = (shots) => shots.map((one) => one.seconds);
const prompts = (shots) => shots.map((one) => one.prompt);

// A generator of numbers that are the same in every run.
function chance(seed) {
  let state = seed;
  return (most) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state % most;
  };
}

test("a hundred edits are taken back one by one and made again", () => {
  const draw = chance(7);
  const memory = past();
  let shots = [shot("A door", 5), shot("A hand", 5), shot("A cup", 5)];
  const seen = [shots];
  memory.note({ shots });
  for (let step = 0; step < 100; step += 1) {
    const at = draw(shots.length - 1);
    const edits = [
      () => moved(shots, at, at + 1),
      () => (shots.length < 7 ? split(shots, at, 0, RULE) : merged(shots, at, RULE)),
      () => merged([...shots, shot("More", 4)], at, RULE),
      () => shots.map((one, place) => (place === at ? { ...one, seconds: 3 + draw(9) } : one)),
    ];
    const next = edits[draw(edits.length)]();
    if (JSON.stringify(next) === JSON.stringify(shots)) continue;
    shots = next;
    seen.push(shots);
    memory.note({ shots });
  }
  assert.ok(seen.length > 50);
  for (const before of seen.slice(0, -1).reverse()) assert.deepEqual(memory.back(), plan(...before));
  assert.equal(memory.back(), null);
  for (const after of seen.slice(1)) assert.deepEqual(memory.again(), plan(...after));
  assert.equal(memory.again(), null);
});

test("letters of one word are one step, and a new change forgets what was taken back", () => {
  const memory = past();
  const one = shot("", 5);
  for (const end of Array.from("A red door", (_, place) => place + 1))
    memory.note(plan({ ...one, prompt: "A red door".slice(0, end) }));
  assert.deepEqual(prompts(memory.back().shots), ["A red "]);
  assert.deepEqual(prompts(memory.back().shots), ["A "]);
  memory.note(plan({ ...one, prompt: "A blue sea" }));
  assert.equal(memory.again(), null);
  assert.deepEqual(prompts(memory.back().shots), ["A "]);
});

test("what is dragged is one step", () => {
  const memory = past();
  const before = [shot("A", 5), shot("B", 5)];
  memory.note({ shots: before });
  memory.hold(true);
  for (const by of [1, 2, 1]) memory.note({ shots: shifted(before, 0, by, RULE) });
  memory.hold(false);
  assert.deepEqual(seconds(memory.back().shots), [5, 5]);
  assert.equal(memory.back(), null);
});

test("an edge moves as far as both shots may, and the total stays", () => {
  const shots = [shot("A", 5), shot("B", 4), shot("C", 6)];
  for (let by = -20; by <= 20; by += 1) {
    const found = seconds(shifted(shots, 1, by, RULE));
    assert.equal(found[0], 5);
    assert.equal(found[1] + found[2], 10);
    assert.ok(found.every((each) => each >= 3 && each <= 12));
  }
  assert.deepEqual(seconds(shifted(shots, 1, 9, RULE)), [5, 7, 3]);
  const wild = [shot("A", 90), shot("B", null)];
  assert.equal(shifted(wild, 0, 1, RULE), wild);
});

test("a shot is split at the cursor, else between sentences, and merged again", () => {
  const [one] = [shot("Wide: a kettle. Steam curls up, slowly", 7)];
  const cut = split([one], 0, 5, RULE);
  assert.deepEqual(prompts(cut), ["Wide:", "a kettle. Steam curls up, slowly"]);
  assert.deepEqual(seconds(cut), [4, 3]);
  const parted = split([one], 0, 0, RULE);
  assert.deepEqual(prompts(parted), ["Wide: a kettle.", "Steam curls up, slowly"]);
  assert.deepEqual(prompts(merged(parted, 0, RULE)), [one.prompt]);
  assert.deepEqual(seconds(merged(parted, 0, RULE)), [7]);
  assert.deepEqual(seconds(merged([shot("A", 8), shot("B", 9)], 0, RULE)), [12]);
});
