// The search of a model picker: one model at several doors, found by its names and by what it can do.

import assert from "node:assert/strict";
import { test } from "node:test";

import { models, search } from "../../assets/js/form/search.js";

const row = (id, label, family = "") => ({ id, label, family });
const entry = (spec, ...own) => ({ row: spec, names: [spec.label, spec.family, spec.id], own });

const [veoA, veoB, fast] = [
  row("a:video/veo-3.1", "Veo 3.1", "veo-3.1"),
  row("b:video/veo3.1", "Veo 3.1", "veo-3.1"),
  row("b:video/veo3.1_fast", "Veo 3.1 Fast", "veo-3.1-fast"),
];
const kling = row("a:video/kling-3.0-pro", "Kling 3.0 Pro", "kling-3.0-pro");
const large = row("b:video/upscaler", "Magnific", "magnific");
const alone = row("a:video/gen4", "Gen-4");
const all = [
  entry(veoA, "Alpha", "sound"),
  entry(kling, "Alpha", "sound", "like Veo"),
  entry(alone, "Alpha", "text or image"),
  entry(veoB, "Beta", "sound", "up to 4K"),
  entry(fast, "Beta"),
  entry(large, "Beta", "upscaling"),
];
const found = (text) => search(all, text).map((model) => [model.label, ...model.rows.map((spec) => spec.id[0])]);

test("rows of one family are one model, and a row without one stands for itself", () => {
  assert.deepEqual(
    models([veoA, alone, veoB, row("b:video/gen4", "Gen-4")]).map((model) => model.rows.length),
    [2, 1, 1],
  );
});

test("a name finds every door of the model, and names come before what is only said of a model", () => {
  assert.deepEqual(found("veo"), [
    ["Veo 3.1", "a", "b"],
    ["Veo 3.1 Fast", "b"],
    ["Kling 3.0 Pro", "a"],
  ]);
  assert.deepEqual(
    found(""),
    search(all, "  ").map((model) => [model.label, ...model.rows.map(({ id }) => id[0])]),
  );
  assert.equal(found("").length, 5);
});

test("what one door alone can do, or who sells it, finds that door", () => {
  assert.deepEqual(found("veo 4k"), [["Veo 3.1", "b"]]);
  assert.deepEqual(found("veo alpha"), [
    ["Veo 3.1", "a"],
    ["Kling 3.0 Pro", "a"],
  ]);
  assert.deepEqual(found("sound"), [
    ["Veo 3.1", "a", "b"],
    ["Kling 3.0 Pro", "a"],
  ]);
});

test("the end of a word, accents, case, signs and gaps in a version do not matter", () => {
  for (const text of ["upscale", "Upscaler", "upscaling", "UPSCALES", "upscal", "ups"])
    assert.deepEqual(found(text), [["Magnific", "b"]], text);
  for (const text of ["kling3", "Kling 3.0", "kling-3", "klíng", "kling30pro", "PRO kling"])
    assert.deepEqual(found(text), [["Kling 3.0 Pro", "a"]], text);
  for (const text of ["gen 4", "gen-4", "gen4", "GEN4"]) assert.deepEqual(found(text), [["Gen-4", "a"]], text);
});

test("a short word means itself in what is said of a model, and the beginning of a name", () => {
  const told = [entry(kling, "Prompt"), entry(alone, "product shots")];
  const labels = (text) => search(told, text).map(({ label }) => label);
  assert.deepEqual(labels("pro"), ["Kling 3.0 Pro"]);
  assert.deepEqual(labels("prod"), ["Gen-4"]);
  assert.deepEqual(labels("kl"), ["Kling 3.0 Pro"]);
});

test("a word that nobody says finds nothing", () => {
  assert.deepEqual(found("veo zz"), []);
  assert.deepEqual(found("zz"), []);
});
