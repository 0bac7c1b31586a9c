// Claims on a form's places: the newest choice holds.

import assert from "node:assert/strict";
import { test } from "node:test";

const { chooseAnew, claim } = await import("../../assets/js/form/claims.js");

test("a claim holds until its place is chosen anew, and only there", () => {
  const older = claim("video");
  chooseAnew("video", "start_frame");
  const newer = claim("video");
  assert.equal(older("start_frame"), false);
  assert.equal(older("end_frame"), true);
  assert.equal(newer("start_frame"), true);
  chooseAnew("image", "start_frame");
  assert.equal(newer("start_frame"), true);
});

test("a form that is filled takes every older claim away", () => {
  const older = claim("multishot");
  chooseAnew("multishot", "start_frame", "references");
  assert.deepEqual(["start_frame", "references"].map(older), [false, false]);
  assert.equal(claim("multishot")("references"), true);
});
