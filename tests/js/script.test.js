// A multishot as one text: what people paste becomes shots, and shots become text again without loss.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FORMS, readScript } from "../../assets/js/form/script.js";

const TEXTS = {
  numbered: [
    "1. A door\n2. A hand\n",
    [
      [null, "A door"],
      [null, "A hand"],
    ],
  ],
  named: [
    "Shot 1 (5s): A door: it opens\nand light falls in\n\nShot 2 (4 s): A hand",
    [
      [5, "A door: it opens and light falls in"],
      [4, "A hand"],
    ],
  ],
  bars: [
    "5s | A door\n3 sec | A hand",
    [
      [5, "A door"],
      [3, "A hand"],
    ],
  ],
  lines: [
    "A door (5s)\n\n[3s] A hand",
    [
      [5, "A door"],
      [3, "A hand"],
    ],
  ],
  words: [
    "3 seconds of rain\n2001, a star",
    [
      [null, "3 seconds of rain"],
      [null, "2001, a star"],
    ],
  ],
  table: [
    "| # | Seconds | Prompt |\n|---|---|---|\n| 1 | 5 | A door |\n| 2 | 4 s | A hand |",
    [
      [5, "A door"],
      [4, "A hand"],
    ],
  ],
  json: [
    '{"shots": [{"prompt": "A door", "seconds": 5}, {"text": "A hand", "duration": 4}, "A cup"]}',
    [
      [5, "A door"],
      [4, "A hand"],
      [null, "A cup"],
    ],
  ],
  nothing: ["  \n ", []],
};

const LOSSLESS = [
  { prompt: "2. A list within (3s)", seconds: 5 },
  { prompt: "- 5s | bars | and [2s] signs", seconds: 12 },
  { prompt: "Shot 3: said in a prompt", seconds: 3 },
];

for (const [name, [text, shots]] of Object.entries(TEXTS)) {
  test(`what people write a plan in becomes shots: ${name}`, () => {
    const found = readScript(text).shots.map((shot) => [shot.seconds, shot.prompt]);
    assert.deepEqual(found, shots);
  });
}

test("shots become text and shots again without loss", () => {
  assert.deepEqual(readScript(FORMS.Script({ style: "", cast: "", shots: LOSSLESS })).shots, LOSSLESS);
});
