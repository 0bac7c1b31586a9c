// A press is one press until it was answered, whatever becomes of the answers.

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { getElementById: () => null, baseURI: "http://here/" };
globalThis.window = { dispatchEvent: () => {} };
const { Presses } = await import("../../assets/js/jobs/presses.js");

const answers = (...list) => {
  const keys = [];
  const send = async (key) => {
    keys.push(key);
    return list.shift();
  };
  return { keys, send };
};
const ok = { ok: true, status: 201, data: {} };
const failed = (status) => ({ ok: false, status, data: { problems: [] } });

test("two presses before the answer, and one after it, are one", async () => {
  const presses = new Presses();
  const { keys, send } = answers(ok);
  const [first, second] = await Promise.all([presses.once("a", send), presses.once("a", send)]);
  assert.equal(first, second);
  assert.equal(await presses.once("a", send), first);
  assert.equal(presses.isTaken("a"), true);
  assert.equal(keys.length, 1);
});

test("what was not answered, or broke, goes out again under the same key", async () => {
  const presses = new Presses();
  const { keys, send } = answers(failed(0), failed(500), failed(503), ok);
  for (let time = 0; time < 4; time += 1) await presses.once("a", send);
  assert.deepEqual([keys.length, new Set(keys).size], [4, 1]);
});

test("after a refusal it is another press, and so it is once forgotten", async () => {
  const presses = new Presses();
  const { keys, send } = answers(failed(409), failed(422), ok, ok);
  await presses.once("a", send);
  await presses.once("a", send);
  await presses.once("a", send);
  presses.forget("a");
  assert.equal(presses.isTaken("a"), false);
  await presses.once("a", send);
  assert.equal(new Set(keys).size, 4);
});

test("presses of two jobs have nothing in common", async () => {
  const presses = new Presses();
  const { keys, send } = answers(ok, ok);
  await presses.once("a", send);
  assert.equal(presses.isTaken("b"), false);
  await presses.once("b", send);
  assert.equal(new Set(keys).size, 2);
});
