// What Python and the page must read alike: the page's own modules answer what Python asks, as JSON on standard input.

import { readFileSync } from "node:fs";

const { catalogue, question, asked } = JSON.parse(readFileSync(0, "utf8"));
const elements = { "studio-catalogue": { textContent: JSON.stringify(catalogue) } };
globalThis.document = { getElementById: (id) => elements[id] ?? null };

const { estimate } = await import("../../assets/js/core/prices.js");
const { inOrder, rulesFor } = await import("../../assets/js/core/rules.js");
const { ALL, abilities, found } = await import("../../assets/js/form/offers.js");
const { folded, hasWords, wordsOf } = await import("../../assets/js/core/sought.js");
const { lasting, off } = await import("../../assets/js/form/lengths.js");
const { faults, final, finals } = await import("../../assets/js/form/fit.js");
const { repairs } = await import("../../assets/js/form/repairs.js");
const { slotsIn } = await import("../../assets/js/form/slots.js");
const { beyond, cut, cutting, fitted, nearest, shrunk } = await import("../../assets/js/core/files.js");
const { FAILED, FOUND, OPEN, RECENT, spec } = await import("../../assets/js/core/store.js");
const { FREE } = await import("../../assets/js/core/words.js");

// What each repair mends: where nothing else is wrong, it ends in a plan that can be sent.
const MENDS = {
  scale: ["seconds", "total"],
  spread: ["seconds", "total"],
  merge: ["count"],
  trim: ["long"],
  line: ["sign"],
};

function repaired([shots, limits]) {
  const plan = { style: "", cast: "", shots: shots.map((one, key) => ({ ...one, key })) };
  const wrong = faults(finals(plan), limits).filter(({ soft }) => !soft);
  const ways = repairs(plan, limits).filter(({ name }) => wrong.every(({ kind }) => MENDS[name].includes(kind)));
  return ways.filter((one) => one.plan).map((one) => [one.name, finals(one.plan)]);
}

const ANSWERS = {
  repaired,
  rules: ([id, given]) => rulesFor(spec(id), given),
  prices: ([id, given, seconds]) => estimate(spec(id), given, seconds),
  totals: ([shots, limits]) => off(lasting(shots), limits),
  faults: ([shots, limits]) =>
    faults(shots, limits).map(({ kind, shot, soft }) => [
      shot === null ? "shots" : `shots.${shot}.${kind === "seconds" ? "seconds" : "prompt"}`,
      soft,
    ]),
  texts: ([style, cast, prompt]) => final({ style, cast }, prompt),
  slots: (text) => slotsIn(text),
  files: ([takes, file, scale]) => [shrunk(file.width, file.height, takes), beyond(takes, file, scale)],
  cuts: ([width, height, options, ratio]) => [
    nearest(width, height, options),
    cut(width, height, ratio),
    fitted({ options, default: ratio }, width, height),
  ],
  cutting: ([id, given]) => cutting(rulesFor(spec(id), given), given) ?? null,
  order: (options) => inOrder(options),
  words: (text) => [folded(text), wordsOf(text)],
  found: ([text, search]) => hasWords(text, search),
  constants: () => ({ OPEN: [...OPEN], FAILED: [...FAILED], RECENT, FOUND, FREE }),
  filters: (kind) => abilities(kind).map(([name]) => [name, found(kind, { offeredBy: ALL, able: [name] }).length]),
};

process.stdout.write(JSON.stringify(asked.map(ANSWERS[question])));
