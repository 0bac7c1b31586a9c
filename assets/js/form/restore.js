// A file that tells how it was made: its settings are shown first, and fill the form when that is wanted.

import { address } from "../core/calls.js";
import { closesBeside, hang } from "../core/dialog.js";
import { h, say } from "../core/dom.js";
import { act } from "../core/buttons.js";
import { useSettings } from "./filling.js";
import { connection, label, modelLabel, spec, vendorLabel } from "../core/store.js";
import { moment } from "../core/time.js";
import { upload } from "../core/upload.js";
import { optionWords } from "../core/words.js";

/**
 * @typedef {{ text: string, press: () => void }} Use what hands a file in, and the words of its button
 * @typedef {(file: File) => Use | null} Otherwise what hands a file in instead, or null where that cannot be
 */

export const REFERENCE = "Use as reference";
const BARE = "This file can be used in the form. It has no settings to apply.";

/**
 * @typedef {object} View
 * @property {HTMLDialogElement} dialog
 * @property {HTMLInputElement} input
 * @property {HTMLElement} title
 * @property {HTMLElement} note
 * @property {HTMLElement} bar
 * @property {HTMLElement} fill
 * @property {HTMLElement} body
 * @property {HTMLElement} foot
 * @property {Otherwise} [reference]
 */

const view = /** @type {View} */ ({});
let asked = 0;
let sending = new AbortController();

/**
 * Choose a file, and look at what it tells. `reference(file)` gives what hands it in instead, or null.
 * @param {Otherwise} reference
 */
export function choose(reference) {
  build();
  view.reference = reference;
  view.input.click();
}

/**
 * Look at what a file tells. `reference` hands it in instead, where that can be; `otherwise` is what else is to be
 * said. Of a file that was dropped, nobody has said that it tells anything.
 * @param {File} file
 * @param {{ reference?: Use | null, otherwise?: string, dropped?: boolean }} [also]
 */
export async function examine(file, { reference = null, otherwise = "", dropped = false } = {}) {
  const mine = open(file);
  say(view.note, "Reading file…");
  view.bar.hidden = false;
  sending = new AbortController();
  const { settings, refused, bare } = await upload(
    file,
    (part) => (view.fill.style.transform = `scaleX(${part})`),
    "settings",
    sending.signal,
  );
  if (mine !== asked) return;
  if (settings) draw(settings, reference);
  else if (bare && dropped && reference) refuse(BARE, reference);
  else refuse([refused, otherwise].filter(Boolean).join(" "), reference);
}

/**
 * Show what a file told.
 * @param {Recipe} settings
 * @param {File} file
 * @param {Use | null} reference
 */
export function show(settings, file, reference) {
  open(file);
  draw(settings, reference);
}

function build() {
  if (view.dialog) return;
  view.title = h("h2", { dir: "auto" });
  view.note = h("p", { class: "tool-note", role: "status" });
  view.fill = h("i");
  view.bar = h("div", { class: "prog", hidden: true }, view.fill);
  view.body = h("div", { class: "told" });
  view.foot = h("div", { class: "tool-foot" });
  view.input = h("input", {
    type: "file",
    accept: "image/*,video/*",
    class: "sr-only",
    tabindex: "-1",
    "aria-hidden": "true",
    dataset: { settingsFrom: "" },
  });
  view.input.addEventListener("change", () => {
    const [file] = view.input.files ?? [];
    view.input.value = "";
    if (file) examine(file, { reference: view.reference?.(file) });
  });
  view.dialog = h(
    "dialog",
    { class: "tool-dialog restore" },
    h("div", { class: "tool-head" }, view.title),
    view.note,
    view.bar,
    view.body,
    view.foot,
  );
  closesBeside(view.dialog);
  // An answer that comes after the dialog was closed is not wanted any more.
  view.dialog.addEventListener("close", () => {
    asked += 1;
    sending.abort();
    view.body.replaceChildren();
  });
  hang("restore", view.input, view.dialog);
}

/** @param {File} file */
function open(file) {
  build();
  asked += 1;
  say(view.title, `Settings from ${file.name || "a pasted file"}`);
  view.bar.hidden = true;
  view.fill.style.transform = "scaleX(0)";
  view.body.replaceChildren();
  view.foot.replaceChildren(act("Cancel", close));
  if (!view.dialog.open) view.dialog.showModal();
  return asked;
}

const close = () => view.dialog.close();

/**
 * @param {string} sentence
 * @param {Use | null} reference
 */
function refuse(sentence, reference) {
  view.bar.hidden = true;
  say(view.note, sentence);
  const leave = act("Close", close);
  view.foot.replaceChildren(...handing(reference), leave);
  leave.focus({ preventScroll: true });
}

/** @param {Use | null} reference */
const handing = (reference) =>
  reference
    ? [
        act(reference.text, () => (close(), reference.press()), {
          title: "Add the file to this form and leave the settings as they are",
        }),
      ]
    : [];

/**
 * @param {Recipe} settings
 * @param {Use | null} reference
 */
function draw(settings, reference) {
  view.bar.hidden = true;
  say(view.note, origin(settings));
  view.body.replaceChildren(...facts(settings), ...misfits(settings));
  const apply = act("Apply", () => (close(), useSettings(settings)), {
    class: "act go",
    title: "Fill the form with these settings",
  });
  view.foot.replaceChildren(apply, ...handing(reference), act("Cancel", close));
  apply.focus({ preventScroll: true });
}

/** @param {Recipe} settings */
function origin({ job, made, studio }) {
  const when = made ? ` on ${moment(Date.parse(made) / 1000)}` : "";
  return job ? `Made here${when}.` : `Made${when}${studio ? ` in ${studio}` : ""}.`;
}

/** @param {Recipe} settings */
function facts(settings) {
  const { model, prompt, options, shots, media } = settings;
  const vendor = model.split(":")[0];
  const rows = /** @type {[string, string | Node][]} */ (
    [
      ["Model", spec(model) ? modelLabel(model) : model],
      connection(vendor) && ["Service", vendorLabel(vendor)],
      ...Object.entries(media).map(([field, held]) => [
        label(field),
        h(
          "span",
          { class: "view-refs" },
          held.map((one) => h("img", { src: address(`${one.url}/thumb`), alt: one.name || label(field) })),
        ),
      ]),
      ...Object.entries(options)
        .filter(([, value]) => value !== null && value !== "")
        .map(([name, value]) => [label(name), optionWords(settings, name, value)]),
    ].filter(Boolean)
  );
  return [
    prompt && h("p", { class: "told-prompt", dir: "auto", tabindex: "0" }, prompt),
    shots.length > 0 &&
      h(
        "ol",
        { class: "view-shots" },
        shots.map((shot) =>
          h(
            "li",
            {},
            h("b", {}, shot.seconds === null ? "" : `${shot.seconds} s`),
            h("span", { dir: "auto" }, shot.prompt),
          ),
        ),
      ),
    h(
      "dl",
      {},
      rows.map(([name, value]) => [h("dt", {}, name), h("dd", { dir: "auto" }, value)]),
    ),
  ].filter(Boolean);
}

// In the words of the studio's own check: what would be left out, or has to be mended before it can be sent.
/** @param {Recipe} settings */
function misfits({ kind, model, away, problems }) {
  const stays =
    spec(model)?.kind !== kind && "The form keeps its current model and drops what that one doesn't support.";
  const lines = [...away, ...problems.map((one) => one.message), stays].filter(Boolean);
  if (!lines.length) return [];
  return [
    h(
      "div",
      { class: "note plain" },
      h("p", {}, h("b", {}, "What doesn't fit here")),
      h(
        "ul",
        { class: "told-misfits" },
        lines.map((line) => h("li", {}, line)),
      ),
    ),
  ];
}
