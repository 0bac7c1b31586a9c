// A plan goes into each form and comes back the same; what a text holds beside shots is said.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FORMS, readScript } from "../../assets/js/form/script.js";
import { chance, drawn } from "./plans.js";

const bare = ({ style, cast, shots }) => ({
  style,
  cast,
  shots: shots.map(({ prompt, seconds }) => ({ prompt, seconds })),
});
const shots = (text) => readScript(text).shots.map((shot) => [shot.seconds, shot.prompt]);
const left = (text) => readScript(text).left.map((one) => one.text);

for (const [name, write] of Object.entries(FORMS)) {
  test(`a plan comes back from this form as it was: ${name}`, () => {
    const draw = chance(3);
    for (let turn = 0; turn < 600; turn += 1) {
      const plan = bare(drawn(draw, { odd: turn % 2 === 1 }));
      const { left, ...read } = readScript(write(plan));
      assert.deepEqual(read, plan, write(plan));
      assert.deepEqual(left, [], write(plan));
    }
  });
}

test("CSV with and without a header becomes shots", () => {
  const wanted = [
    [5, "A door, red"],
    [4, 'A "hand"'],
  ];
  assert.deepEqual(shots('shot,seconds,prompt\n1,5,"A door, red"\n2,4,"A ""hand"""'), wanted);
  assert.deepEqual(shots('Prompt;Duration\n"A door, red";5 s\n"A ""hand""";4'), wanted);
  assert.deepEqual(shots('5,"A door, red"\n4,"A ""hand"""'), wanted);
  assert.deepEqual(shots('1,5,"A door, red"\n2,4,"A ""hand"""'), wanted);
  assert.deepEqual(shots('"A door, red",5\n"A ""hand""",4s'), wanted);
  assert.deepEqual(shots("1\tA door, red\t5\n2\tA hand\t4"), [
    [5, "A door, red"],
    [4, "A hand"],
  ]);
  assert.deepEqual(shots("1,A door\n2,A hand"), [
    [null, "A door"],
    [null, "A hand"],
  ]);
  assert.deepEqual(shots("5,A door, red, old\n4,A hand"), [
    [5, "A door, red, old"],
    [4, "A hand"],
  ]);
  assert.deepEqual(shots('seconds,prompt\n5,"first\nsecond"'), [[5, "first\nsecond"]]);
});

test("columns that no shot has, and cells that are no length, are said", () => {
  const text = "shot,seconds,prompt,camera\n1,5,A door,dolly in\n2,soon,A hand,";
  assert.deepEqual(shots(text), [
    [5, "A door"],
    [null, "A hand"],
  ]);
  assert.deepEqual(left(text), ["dolly in", "soon"]);
});

test("a list with commas is no CSV", () => {
  assert.deepEqual(shots("Wide, a kettle\nClose, steam"), [
    [null, "Wide, a kettle"],
    [null, "Close, steam"],
  ]);
  assert.deepEqual(shots("1999, a star\n2001, a comet")[0], [null, "1999, a star"]);
  assert.deepEqual(shots("- A door, 5\n- A hand, 4")[0], [null, "A door, 5"]);
});

test("time codes say how long a shot lasts, and gaps between them are said", () => {
  const wanted = [
    [4, "A door"],
    [3, "A hand"],
  ];
  for (const text of [
    "[0:05-0:09] A door\n[0:09-0:12] A hand",
    "0:05 – 0:09: A door\n0:09 – 0:12: A hand",
    "(0-4s) A door\n(4-7s) A hand",
    "Shot 1 [00:00-00:04]: A door\nShot 2 [00:04-00:07]: A hand",
    "1\n00:00:05,000 --> 00:00:09,000\nA door\n\n2\n00:00:09,000 --> 00:00:12,000\nA hand",
    "**0s–4s:** A door\n**4s–7s:** A hand",
  ])
    assert.deepEqual([shots(text), left(text)], [wanted, []], text);
  assert.deepEqual(shots("[0:00] A door\n[0:04] A hand"), [
    [4, "A door"],
    [null, "A hand"],
  ]);
  assert.deepEqual(left("[0:00-0:04] A door\n[0:06-0:09] A hand"), ["0:04–0:06"]);
  assert.deepEqual(left("[0:04-0:01] A door"), ["[0:04-0:01]"]);
  assert.deepEqual(shots("A clock shows 12:30\n16:9 all the way"), [
    [null, "A clock shows 12:30"],
    [null, "16:9 all the way"],
  ]);
});

test("cuts and scenes part shots, and what is no shot is said", () => {
  const play =
    "FADE IN:\n\nINT. KITCHEN - DAWN\n\nA kettle on the stove.\nSteam.\n\nCUT TO:\n\nA hand.\n\nEXT. STREET - DAY\n\nRain.\n\nFADE OUT.\nTHE END";
  assert.deepEqual(shots(play), [
    [null, "INT. KITCHEN - DAWN. A kettle on the stove. Steam."],
    [null, "A hand."],
    [null, "EXT. STREET - DAY. Rain."],
  ]);
  assert.deepEqual(left(play), ["FADE IN:", "FADE OUT.", "THE END"]);
  assert.deepEqual(shots("A door (5s)\nCUT TO: A hand (4s)"), [
    [5, "A door"],
    [4, "A hand"],
  ]);
  assert.deepEqual(left("INT. HALL - NIGHT\nEXT. STREET - DAY\nRain."), ["INT. HALL - NIGHT"]);
});

test("what stands around numbered shots is said and no shot", () => {
  const text = "# My film\nHere is your script:\n\n## Shot 1 (5s)\nA door\n\n**Shot 2 (4s):** A hand\n\nTotal: 9 s";
  assert.deepEqual(shots(text), [
    [5, "A door"],
    [4, "A hand"],
  ]);
  assert.deepEqual(left(text), ["My film", "Here is your script:", "Total: 9 s"]);
});

test("lines for every shot are read, and half of a JSON text is none", () => {
  const read = readScript("Style: 35 mm, early light\nCast: Mara, red coat\n1. A door\n2. A hand");
  assert.deepEqual([read.style, read.cast, read.shots.length], ["35 mm, early light", "Mara, red coat", 2]);
  assert.deepEqual(shots('{"shots": [{"prompt": "A door"'), []);
  assert.equal(left('{"shots": [{"prompt": "A door"').length, 1);
  assert.deepEqual(left('[{"prompt": "A door", "camera": "dolly"}, 7]'), ['{"camera":"dolly"}', "7"]);
});
