// The dialog in which a multishot is written, pasted and copied as one text.

import { copyText } from "../core/clipboard.js";
import { hang } from "../core/dialog.js";
import { h, say } from "../core/dom.js";
import { composes } from "../core/shortcuts.js";
import { readScript, timed, writeScript } from "./script.js";

const HINT =
  "Shot 1 (4s): Wide, a kettle on the stove\nShot 2 (6s): Close-up, steam curls over the cup\n\nOne line " +
  "per shot. Lists, tables and JSON work too.";
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

/** @typedef {{ dialog: HTMLDialogElement, area: HTMLTextAreaElement, note: HTMLElement, go: HTMLElement }} View */

const view = /** @type {View} */ ({});
/** @type {{ limits: ShotsRule, use: (shots: Shot[]) => void }} */
let asked;

/**
 * Open the dialog over these shots; `use(shots)` is called with what was read, each with its seconds.
 * @param {Shot[]} shots
 * @param {ShotsRule} limits
 * @param {(shots: Shot[]) => void} use
 */
export function script(shots, limits, use) {
  build();
  asked = { limits, use };
  view.area.value = shots.some((shot) => shot.prompt.trim()) ? writeScript(shots) : "";
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
    "aria-label": "Shots as text",
    oninput: read,
  });
  view.note = h("p", { class: "tool-note", role: "status" });
  view.go = h("button", { type: "button", class: "act go", onclick: apply }, "Use these shots");
  const patterns = Object.entries(PATTERNS).map(([name, lines]) =>
    h("button", { type: "button", class: "act", onclick: () => begin(lines) }, name),
  );
  view.dialog = h(
    "dialog",
    { class: "tool-dialog script", "aria-label": "Shots as text" },
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
    ),
    view.area,
    view.note,
    h(
      "div",
      { class: "tool-foot" },
      view.go,
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
  view.area.value = writeScript(
    timed(
      lines.map((prompt) => ({ prompt, seconds: null })),
      asked.limits,
    ),
  );
  view.area.focus();
  read();
}

const found = () => timed(readScript(view.area.value), asked.limits);

function read() {
  const shots = found();
  view.go.setAttribute("aria-disabled", String(!shots.length));
  say(view.note, shots.length ? told(shots) : "");
}

// What does not fit is said here and taken over all the same: the cards show where, and nothing is lost.
/** @param {Shot[]} shots */
function told(shots) {
  const { least, most, total, prompt } = asked.limits;
  const sum = shots.reduce((all, shot) => all + Number(shot.seconds), 0);
  const long = shots.flatMap((shot, index) => ([...shot.prompt].length > prompt.longest ? [index + 1] : []));
  const troubles = [
    shots.length > most && `this model makes at most ${most}`,
    shots.length < least && `this model needs at least ${least}`,
    sum > total && `${sum - total} s too long`,
    long.length && `prompt too long in shot ${long.join(", ")}`,
  ].filter(Boolean);
  return [`${shots.length} ${shots.length === 1 ? "shot" : "shots"} · ${sum} of ${total} s`, ...troubles].join(" · ");
}

function apply() {
  const shots = found();
  if (!shots.length) return view.area.focus();
  view.dialog.close();
  asked.use(shots);
}
