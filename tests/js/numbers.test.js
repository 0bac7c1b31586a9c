// Values as people write them: sizes in one spelling, whatever case a service writes them in.

import assert from "node:assert/strict";
import { test } from "node:test";
import { withUnit } from "../../assets/js/core/numbers.js";
import { fits, meant } from "../../assets/js/core/rules.js";

const SIZES = { rule: "choice", options: ["1k", "2k", "4k"], default: "1k", unit: "" };

test("sizes are written in one way", () => {
  const values = ["4k", "4K", "720P", "720p", 8, "auto", "16:9", "10 k"];
  const written = ["4K", "4K", "720p", "720p", "8", "auto", "16:9", "10 k"];
  assert.deepEqual(
    values.map((value) => withUnit(value, "")),
    written,
  );
  assert.equal(withUnit(15, "s"), "15 s");
  assert.equal(withUnit(4, "×"), "4×");
});

test("a size that was chosen elsewhere is the same size here, as this service writes it", () => {
  assert.equal(meant(SIZES, "4K"), "4k");
  assert.equal(meant({ ...SIZES, options: ["4K", "4k"] }, "4K"), "4K");
  assert.ok(fits(SIZES, "4K"));
  assert.ok(!fits(SIZES, "8K"));
});
