// Which references a shot names in its text, and which are named in vain or by none.

import assert from "node:assert/strict";
import { test } from "node:test";
import { namedIn, nameOf, unnamed, without } from "../../assets/js/form/bound.js";

const NAMED = { tag: "@IMG_{n}", count: 3 };

test("a text names references by their whole number", () => {
  assert.deepEqual(namedIn("@IMG_12 beside @IMG_1, then @IMG_1", NAMED), [1, 12]);
  assert.deepEqual(namedIn("(ref 2) and (ref 3", { tag: "(ref {n})", count: 3 }), [2]);
  assert.equal(nameOf(NAMED, 2), "@IMG_2");
});

test("a name goes out of a text alone, and longer ones stay", () => {
  assert.equal(without("Mara @IMG_1 and @IMG_12", NAMED, 1), "Mara and @IMG_12");
  assert.equal(without("@IMG_1 walks", NAMED, 1), "walks");
});

test("what no shot names is known", () => {
  assert.deepEqual(unnamed(["@IMG_1 walks", "@IMG_30"], NAMED), [2, 3]);
});
