// The dialog in which a multishot is written, pasted and copied as one text.

import { copyText } from "../core/clipboard.js";
import { hang } from "../core/dialog.js";
import { h, say } from "../core/dom.js";
import { composes } from "../core/shortcuts.js";
import { goal, lasting, off, remark } from "./lengths.js";
import { FORMS, readScript, timed } from "./script.js";

const HINT =
  "Shot 1 (4s): Wide, a kettle on the stove\nShot 2 (6s): Close-up, steam curls over the cup\n\nOne line " +
  "per shot. Lists, time codes, scenes, tables, CSV and JSON work too.";
// Beginnings: what each shot is for; a person writes the rest.
const PATTERNS = {
  "Wide, medium, close": [
    "Wide: the place and the light, the camera moves in slowly",
    "Medium: who is there and what they do",
    "Close: the detail that matters, almost still",
  ],
  "Product reveal": [
    "Close: a detail of the material, light moves across it",
    "Medium: the product turns into view",
    "Wide: the product in use, the camera comes to rest",
  ],
  Dialogue: [
    "Two people face each other, both in frame",
    "Over the shoulder: the first one speaks",
    "Over the shoulder: the second one answers",
  ],
};

/** @type {Record<string, number[]>} */
const LENGTHS = { "3 × 5 s": [5, 5, 5], "5 × 3 s": [3, 3, 3, 3, 3], "4, 4, 4, 3 s": [4, 4, 4, 3] };

/** @typedef {import("./script.js").Read} Read */
/**
 * @typedef {object} View
 * @property {HTMLDialogElement} dialog
 * @property {HTMLTextAreaElement} area
 * @property {HTMLSelectElement} form
 * @property {HTMLElement} note
 * @property {HTMLElement} left
 * @property {HTMLElement} go
 */

const view = /** @type {View} */ ({});
/** @type {{ limits: ShotsRule, use: (read: Read) => void }} */
let asked;

/**
 * Open the dialog over this plan; `use(read)` is called with what was read, each shot with its seconds.
 * @param {Plan} plan
 * @param {ShotsRule} limits
 * @param {(read: Read) => void} use
 */
export function script(plan, limits, use) {
  build();
  asked = { limits, use };
  view.form.value = "Script";
  view.area.value = [plan.style, plan.cast, ...plan.shots.map((shot) => shot.prompt)].some((text) => text.trim())
    ? FORMS.Script(plan)
    : "";
  read();
  view.dialog.showModal();
  view.area.focus();
}

function build() {
  if (view.dialog) return;
  view.area = h("textarea", {
    rows: "10",
    dir: "auto",
    placeholder: HINT,
    "aria-label": "Script",
    oninput: read,
  });
  view.note = h("p", { class: "tool-note", role: "status" });
  view.left = h("ul", { class: "script-left", "aria-label": "What has no place in a plan" });
  view.form = h(
    "select",
    { class: "field", "aria-label": "Written as", onchange: rewrite },
    Object.keys(FORMS).map((name) => h("option", { value: name }, name)),
  );
  view.go = h("button", { type: "button", class: "act go", onclick: apply }, "Use these shots");
  const patterns = Object.entries(PATTERNS).map(([name, lines]) =>
    h("button", { type: "button", class: "act", onclick: () => begin(lines) }, name),
  );
  const lengths = Object.entries(LENGTHS).map(([name, seconds]) =>
    h("button", { type: "button", class: "act", onclick: () => pace(seconds) }, name),
  );
  view.dialog = h(
    "dialog",
    { class: "tool-dialog script" },
    h(
      "div",
      { class: "tool-head" },
      h("h2", {}, "Script"),
      h(
        "div",
        { class: "fix", role: "group", "aria-label": "Start from a pattern" },
        h("span", {}, "Start from"),
        patterns,
      ),
      h(
        "div",
        { class: "fix", role: "group", "aria-label": "Lengths of the shots" },
        h("span", {}, "Lengths"),
        lengths,
      ),
    ),
    view.area,
    view.note,
    view.left,
    h(
      "div",
      { class: "tool-foot" },
      view.go,
      view.form,
      h("button", { type: "button", class: "act", onclick: () => copyText(view.area.value) }, "Copy"),
      h("button", { type: "button", class: "act", onclick: () => view.dialog.close() }, "Cancel"),
    ),
  );
  view.dialog.addEventListener(
    "keydown",
    (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && !composes(event) && apply(),
  );
  hang("script", view.dialog);
}

/** @param {string[]} lines */
function begin(lines) {
  const { style, cast } = readScript(view.area.value);
  const shots = lines.map((prompt) => ({ prompt, seconds: null }));
  fill({ style, cast, shots: timed(shots, asked.limits) });
}

/**
 * What is written gets these lengths, and no shot is taken away. One that is missing waits for words in braces,
 * which are asked about before they are sent.
 * @param {number[]} lengths
 */
function pace(lengths) {
  const { style, cast, shots } = readScript(view.area.value);
  const paced = Array.from({ length: Math.max(lengths.length, shots.length) }, (_, index) => ({
    prompt: shots[index]?.prompt || "{describe this shot}",
    seconds: lengths[index] ?? shots[index].seconds,
  }));
  fill({ style, cast, shots: timed(paced, asked.limits) });
}

/** @param {Omit<Read, "left">} plan */
function fill(plan) {
  view.form.value = "Script";
  view.area.value = FORMS.Script(plan);
  view.area.focus();
  read();
}

function found() {
  const read = readScript(view.area.value);
  return { ...read, shots: timed(read.shots, asked.limits) };
}

function read() {
  const { shots, left } = found();
  view.go.setAttribute("aria-disabled", String(!shots.length));
  say(view.note, shots.length ? told(shots) : left.length ? "No shots found" : "");
  view.left.replaceChildren(...left.map(({ text, why }) => h("li", {}, h("q", { dir: "auto" }, text), ` ${why}.`)));
}

// The same plan in another form. What has no place in it would be lost on the way.
function rewrite() {
  const { left, ...plan } = found();
  if (!left.length && plan.shots.length) view.area.value = FORMS[view.form.value](plan);
  read();
  if (left.length) say(view.note, "Take out what has no place in a plan first. It would be lost in another form.");
}

// What does not fit is said here and taken over all the same: the cards show where, and nothing is lost.
/** @param {Shot[]} shots */
function told(shots) {
  const { least, most, prompt } = asked.limits;
  const sum = lasting(shots);
  const long = shots.flatMap((shot, index) => ([...shot.prompt].length > prompt.longest ? [index + 1] : []));
  const troubles = [
    shots.length > most && `this model makes at most ${most}`,
    shots.length < least && `this model needs at least ${least}`,
    off(sum, asked.limits) && remark(sum, asked.limits),
    long.length && `prompt too long in shot ${long.join(", ")}`,
  ].filter(Boolean);
  return [
    `${shots.length} ${shots.length === 1 ? "shot" : "shots"} · ${sum} of ${goal(sum, asked.limits)} s`,
    ...troubles,
  ].join(" · ");
}

function apply() {
  const read = found();
  if (!read.shots.length) return view.area.focus();
  view.dialog.close();
  asked.use(read);
}
