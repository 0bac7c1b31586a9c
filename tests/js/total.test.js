// The total on the screen is the total sent: of every plan that may be sent, and after every repair.

import assert from "node:assert/strict";
import { test } from "node:test";
import { faults, finals } from "../../assets/js/form/fit.js";
import { lasting } from "../../assets/js/form/lengths.js";
import { repairs } from "../../assets/js/form/repairs.js";
import { chance, drawn, RULES } from "./plans.js";

const sent = (plan) => finals(plan).reduce((sum, { seconds }) => sum + seconds, 0);
const isLegal = (plan, rule) => !faults(finals(plan), rule).some(({ kind, soft }) => kind === "seconds" && !soft);

test("what is shown of a plan's length is what its shots add up to as they are sent", () => {
  const draw = chance(5);
  let seen = 0;
  for (const rule of RULES)
    for (let turn = 0; turn < 200; turn += 1) {
      const plan = drawn(draw, { odd: turn % 2 === 1 });
      const made = [plan, ...repairs(plan, rule).flatMap((one) => one.plan ?? [])];
      for (const one of made.filter((each) => isLegal(each, rule))) {
        assert.equal(lasting(one.shots), sent(one), JSON.stringify(one));
        assert.equal(finals(one).length, one.shots.length);
        seen += 1;
      }
    }
  assert.ok(seen > 1000, String(seen));
});
