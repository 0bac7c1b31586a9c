// What Python and the page must read alike: the page's own modules answer what Python asks, as JSON on standard input.

import { readFileSync } from "node:fs";

const { catalogue, question, asked } = JSON.parse(readFileSync(0, "utf8"));
const elements = { "studio-catalogue": { textContent: JSON.stringify(catalogue) } };
globalThis.document = { getElementById: (id) => elements[id] ?? null };

const { estimate } = await import("../../assets/js/core/prices.js");
const { inOrder, rulesFor } = await import("../../assets/js/core/rules.js");
const { ALL, abilities, found } = await import("../../assets/js/form/offers.js");
const { folded, hasWords, wordsOf } = await import("../../assets/js/core/sought.js");
const { spec } = await import("../../assets/js/core/store.js");

const ANSWERS = {
  rules: ([id, given]) => rulesFor(spec(id), given),
  prices: ([id, given, seconds]) => estimate(spec(id), given, seconds),
  order: (options) => inOrder(options),
  words: (text) => [folded(text), wordsOf(text)],
  found: ([text, search]) => hasWords(text, search),
  filters: (kind) => abilities(kind).map(([name]) => [name, found(kind, { shelf: ALL, able: [name] })]),
};

process.stdout.write(JSON.stringify(asked.map(ANSWERS[question])));
