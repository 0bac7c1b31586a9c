// The tiles of a tray: a place for a file, a file on its way, a file that is there.

import { address } from "../core/calls.js";
import { h } from "../core/dom.js";
import * as form from "./form.js";
import { cutOff, isUnfit, learn } from "./frames.js";
import { icon } from "../core/icons.js";
import { insert, keys, movable, remove } from "./order.js";
import { indefinite } from "../core/store.js";
import { held, named, slotOf, tray } from "./trays.js";

/**
 * @typedef {import("./trays.js").Sending} Sending
 *
 * @typedef {object} Acts what the tray does for its tiles
 * @property {(kind: Kind, key: string) => void} pick
 * @property {(kind: Kind, files: File[], field: string) => void} hand
 * @property {(kind: Kind, sent: Sending) => void} cancel
 */

/** @type {Record<string, string>} */
const ROLES = { start_frame: "Start", end_frame: "End", driving_video: "Driving" };

/** @type {Map<string, HTMLElement>} */
const kept = new Map(); // tile key -> element

/**
 * A tile that is there under this key, drawn anew only when something else is to be seen.
 * @param {string} key
 * @param {string} signature
 * @param {() => HTMLElement} make
 */
function reuse(key, signature, make) {
  const known = kept.get(key);
  if (known?.dataset.signature === signature) return known;
  const made = make();
  made.dataset.signature = signature;
  kept.set(key, made);
  return made;
}

/**
 * The tile of a field that holds one file.
 * @param {Kind} kind
 * @param {string} field
 * @param {Slot} rule
 * @param {boolean} alone
 * @param {Acts} acts
 */
export function slotTile(kind, field, rule, alone, acts) {
  const key = `${kind}/${field}`;
  const role = rule.label || ROLES[field];
  const sent = [...tray(kind).sending.values()].find((one) => one.field === field);
  if (sent) return sendingTile(kind, sent, role, acts);
  const [artifact] = held(kind, field);
  const wrap = (/** @type {HTMLElement} */ tile) => {
    tile.id = `${kind}-${field}`;
    return tile;
  };
  const needed = Boolean(rule.least) && !alone;
  if (!artifact)
    return reuse(key, `empty ${rule.least} ${role} ${alone}`, () => wrap(addTile(kind, field, role, needed, acts)));
  const picked = tray(kind).picked === key;
  const cut = cutOff(form.current(kind), field);
  const unfit = isUnfit(form.current(kind), field, artifact);
  return reuse(key, `${artifact.id} ${picked} ${role} ${cut?.part} ${cut?.sides} ${unfit}`, () =>
    wrap(fileTile(kind, field, artifact, { caption: role, key, picked, cut, unfit }, acts)),
  );
}

/**
 * The tile of a reference. `place` counts files on the way too, `index` is the place in the list.
 * @param {Kind} kind
 * @param {Slot} rule
 * @param {Handed} artifact
 * @param {number} place
 * @param {number} index
 * @param {Acts} acts
 */
export function referenceTile(kind, rule, artifact, place, index, acts) {
  const key = `${kind}/references/${artifact.id}`;
  const picked = tray(kind).picked === key;
  const tag = rule.tag?.replace("{n}", String(place + 1));
  const unfit = isUnfit(form.current(kind), "references", artifact);
  const look = { badge: place + 1, caption: tag ?? "Reference", tag, key, picked, place: index, unfit };
  return reuse(key, `${place} ${index} ${tag} ${picked} ${unfit}`, () =>
    fileTile(kind, "references", artifact, look, acts),
  );
}

/**
 * The place for one more reference.
 * @param {Kind} kind
 * @param {Slot} rule
 * @param {Acts} acts
 */
export const moreTile = (kind, rule, acts) =>
  reuse(`${kind}/references/add`, String(rule.most > 1), () => addTile(kind, "references", "or drop", false, acts));

/** @typedef {NonNullable<ReturnType<typeof cutOff>>} Cut what of a frame is cut off */
/**
 * @typedef {object} Look how the tile of a file looks
 * @property {string} caption
 * @property {string} key
 * @property {boolean} picked
 * @property {number} [badge]
 * @property {string} [tag]
 * @property {number} [place]
 * @property {boolean} [unfit] whether the model would refuse the file
 * @property {Cut | null} [cut]
 */

/** Width divided by height of a tile's own place for an image. */
const PLACE = 76 / 56;

/**
 * The whole image with what is cut off shaded.
 * @param {HTMLElement} image
 * @param {Cut} cut
 */
function shaded(image, { part, sides, shape }) {
  const [wide, high] = [Math.min(1, shape / PLACE), Math.min(1, PLACE / shape)].map((share) => `${100 * share}%`);
  const band = `${50 * part}%`;
  const bands = ["start", "end"].map((end) => h("i", { class: `band ${sides ? "beside" : "across"} ${end}` }));
  for (const one of bands) one.style[sides ? "width" : "height"] = band;
  return h("span", { class: "framed", style: { width: wide, height: high } }, image, bands);
}

/** @param {Cut} cut */
const told = ({ part, sides }) =>
  `, ${Math.round(100 * part)}% cut off at the ${sides ? "left and right" : "top and bottom"}`;

/**
 * @param {Kind} kind
 * @param {Handed} artifact
 */
function picture(kind, artifact) {
  const src = address(`${artifact.url ?? `media/${artifact.id}`}/thumb`);
  const image = h("img", { alt: "", decoding: "async", draggable: "false", src });
  const failed = () => image.replaceWith(icon(artifact.kind === "video" ? "video" : "image"));
  image.addEventListener("error", failed, { once: true });
  image.addEventListener("load", () => learn(artifact, image) && form.settle(kind), { once: true });
  return image;
}

/**
 * @param {Kind} kind
 * @param {string} field
 * @param {Handed} artifact
 * @param {Look} look
 * @param {Acts} acts
 */
function fileTile(kind, field, artifact, { badge, caption, tag, key, picked, place, unfit, cut }, acts) {
  const several = field === "references" && (slotOf(kind, field)?.most ?? 0) > 1;
  const name = several ? `Reference ${badge}` : named(kind, field);
  const face = h(
    "button",
    {
      type: "button",
      class: "im",
      "aria-pressed": String(picked),
      "aria-label": `${name}: ${artifact.name || artifact.kind}${cut ? told(cut) : ""}`,
      title: artifact.name || name,
      onclick: () => acts.pick(kind, key),
      onkeydown: (event) => keys(event, kind, field, place),
    },
    cut ? shaded(picture(kind, artifact), cut) : picture(kind, artifact),
    badge !== undefined && h("b", {}, String(badge)),
  );
  const gone = h(
    "button",
    {
      type: "button",
      class: "gone",
      "aria-label": `Remove ${name.toLowerCase()}`,
      title: "Remove",
      onclick: () => remove(kind, field, artifact),
    },
    icon("x"),
  );
  const foot = tag ? tagChip(kind, tag, caption) : h("small", {}, caption);
  const made = h(
    "div",
    { class: `ref${picked ? " on" : ""}${unfit ? " unfit" : ""}`, dataset: { artifact: artifact.id, field } },
    face,
    gone,
    foot,
  );
  if (field === "references") movable(made, kind, place ?? 0);
  return made;
}

/**
 * @param {Kind} kind
 * @param {string} tag
 * @param {string} caption
 */
const tagChip = (kind, tag, caption) =>
  h(
    "button",
    {
      type: "button",
      class: "tag-chip",
      title: `Insert ${tag} into the prompt`,
      "aria-label": `Insert ${tag} into the prompt`,
      onclick: () => insert(kind, tag),
    },
    caption,
  );

/**
 * @param {Kind} kind
 * @param {string} field
 * @param {string} caption
 * @param {boolean} needed
 * @param {Acts} acts
 */
function addTile(kind, field, caption, needed, acts) {
  const accept = slotOf(kind, field)?.kind === "video" ? "video/*" : "image/*";
  const props = { type: "file", class: "sr-only", tabindex: "-1", "aria-hidden": "true", accept, dataset: { field } };
  const input = h("input", props);
  input.multiple = field === "references";
  input.addEventListener("change", () => {
    acts.hand(kind, [...(input.files ?? [])], field);
    input.value = "";
  });
  const what = field === "references" ? "a reference" : indefinite(named(kind, field).toLowerCase());
  const face = h(
    "button",
    {
      type: "button",
      class: "im",
      "aria-label": `Add ${what}`,
      title: "Choose a file, drop one here, or paste an image",
      onclick: () => input.click(),
    },
    icon("plus"),
  );
  return h(
    "div",
    { class: `ref add${needed ? " needed" : ""}`, dataset: { field } },
    face,
    input,
    h("small", {}, caption),
  );
}

/**
 * The tile of a file on its way, which can be called back.
 * @param {Kind} kind
 * @param {Sending} sent
 * @param {string} caption
 * @param {Acts} acts
 */
export function sendingTile(kind, sent, caption, acts) {
  const name = sent.name || "the pasted file";
  sent.bar ??= h("progress", { max: "1", "aria-label": `Uploading ${name}` });
  sent.bar.value = sent.part;
  const cancel = () => acts.cancel(kind, sent);
  sent.tile ??= h(
    "div",
    { class: "ref sending", title: name, tabindex: "-1", dataset: { field: sent.field } },
    h("div", { class: "im" }, sent.bar),
    h(
      "button",
      {
        type: "button",
        class: "gone",
        "aria-label": `Cancel upload of ${name}`,
        title: "Cancel",
        onclick: cancel,
        onkeydown: (event) => ["Delete", "Backspace"].includes(event.key) && cancel(),
      },
      icon("x"),
    ),
    h("small", {}, caption),
  );
  return sent.tile;
}
