// What a job says of itself: what happened and what to do are told by its record, and printed as they are told.

import assert from "node:assert/strict";
import { test } from "node:test";

const UPSCALER = "a:image/upscaler";
const rules = { references: { rule: "slot", kind: "image" } };
const catalogue = { specs: [{ id: UPSCALER, kind: "image", vendor: "a", deed: "Upscale", rules, when: [] }] };
globalThis.document = {
  getElementById: (id) => (id === "studio-catalogue" ? { textContent: JSON.stringify(catalogue) } : null),
};
globalThis.window = { dispatchEvent: () => {} };
const { hint, tells, title, words } = await import("../../assets/js/core/words.js");

const FREE = "Sandbox: nothing is charged.";
const NOT_FETCHED = ["The result is ready at the vendor but could not be fetched.", "Check again to fetch it."];
const failure = (more) => ({ code: "storage", message: "", advice: "", charged: "yes", on_money: true, ...more });
const job = (more) => ({
  ...{ id: "a", state: "unsure", phase: null, parked: null, sandbox: true, late: false, detail: "" },
  ...{ detail_as: "phase", artifacts: [], created: 1, submitted: 1, finished: 2, model: "a:image/b", error: null },
  ...more,
});

test("a test card that was not fetched says what to do, and once that it is free", () => {
  const lines = [...NOT_FETCHED, FREE];
  assert.deepEqual(tells(job({ error: failure({ lines }) })), lines);
});

test("whatever a line says, of money too, it is printed whole and as it came", () => {
  const lines = ["It may charge $1 (or pay out). Paid twice: that may be charged twice. And charge it.", "Pay."];
  for (const sandbox of [true, false])
    for (const state of ["unsure", "failed", "rejected", "expired", "cancelled"])
      assert.deepEqual(tells(job({ state, sandbox, error: failure({ lines }) })), lines);
});

test("what a cancelled job says is the first line of its record", () => {
  const lines = ["Cancelled before it was sent.", FREE];
  assert.equal(hint(job({ state: "cancelled", error: failure({ code: "cancelled", lines }) })), lines[0]);
  assert.equal(hint(job({ state: "failed", error: failure({ code: "vendor", lines }) })), "");
  assert.equal(hint(job({ state: "cancelled" })), "");
});

test("a job that waits for its key tells that, and not what went wrong before", () => {
  const told = job({ state: "running", parked: "no_key", detail: "Set its key.", error: failure({ lines: ["x"] }) });
  assert.deepEqual(tells(told), ["Set its key."]);
  assert.equal(words(told).state, "Waiting for its key");
});

test("in the sandbox nothing that went wrong was charged", () => {
  for (const charged of ["yes", "no", "unknown"])
    for (const state of ["failed", "unsure", "rejected", "expired", "cancelled"]) {
      const { more } = words(job({ state, error: failure({ charged, lines: [] }) }));
      assert.equal(more, "not charged", `${state} ${charged}`);
    }
});

test("a job without a prompt is called by what it makes of the file that was handed in", () => {
  const made = (more) => title(job({ kind: "image", prompt: " ", shots: [], media: {}, inputs: {}, ...more }));
  const upscale = { model: UPSCALER, media: { references: ["r"] } };
  assert.equal(made({ ...upscale, inputs: { r: "r1.png" } }), "Upscale of r1.png");
  assert.equal(made(upscale), "Upscale of an image");
  const video = { kind: "video", model: "a:video/b", media: { start_frame: "s", driving_video: "v" } };
  assert.equal(made({ ...video, inputs: { s: "face.jpg", v: "dance.mp4" } }), "Video from face.jpg");
  assert.equal(made({ prompt: "A door", media: { references: ["r"] } }), "A door");
  assert.equal(made({}), "Without a prompt");
});
