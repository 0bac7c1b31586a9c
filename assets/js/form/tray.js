// The reference tray: files of one form with their order and roles.

import { arrange, h, kindOf, say } from "../core/dom.js";
import * as form from "./form.js";
import { better } from "./frames.js";
import { gather } from "./gather.js";
import { cancel, hand, take } from "./handing.js";
import { icon } from "../core/icons.js";
import { remove, shift } from "./order.js";
import { isAdmin } from "../core/person.js";
import { connection, indefinite, vendorLabel } from "../core/store.js";
import { moreTile, referenceTile, sendingTile, slotTile } from "./tiles.js";
import { FIELDS, held, named, onTheWay, refusals, slotOf, taken, tray, turn } from "./trays.js";

/**
 * @typedef {import("./trays.js").Shown} Shown
 * @typedef {import("./trays.js").Group} Group
 * @typedef {import("./trays.js").Sending} Sending
 */

/** @param {HTMLElement} element */
export function mount(element) {
  const kind = kindOf(element);
  const here = tray(kind);
  here.fields = FIELDS.filter((field) => (element.dataset.fields ?? "").split(" ").includes(field));
  const groups = { frames: group(kind, "frames"), references: group(kind, "references") };
  const note = h("p", { class: "tray-error", role: "alert", hidden: true });
  here.redraw = () => render(kind);
  here.shown = { element, tools: h("div", { class: "tray-tools" }), note, groups };
  element.replaceChildren(groups.frames.box, groups.references.box, note);
  render(kind);
}

/**
 * @param {Kind} kind
 * @param {"frames" | "references"} name
 * @returns {Group}
 */
function group(kind, name) {
  const [title, tally, row] = [h("span"), h("span", { class: "n" }), h("div", { class: "tray" })];
  const here = h(
    "button",
    {
      type: "button",
      class: "plain from-here",
      title: "Choose from your library",
      onclick: () => fromHere(kind, name),
    },
    "From the library",
  );
  const there = h("button", {
    type: "button",
    class: "plain from-there",
    hidden: true,
    onclick: () => fromHere(kind, name, form.row(kind).vendor),
  });
  const sources = h("span", { class: "sources" }, here, there);
  const head = h("div", { class: "lab" }, title, sources, tally);
  const box = h("div", { class: "tray-group", dataset: { group: name }, role: "group" }, head, row);
  box.id = `${kind}-${name}`;
  return { box, title, tally, row, there };
}

form.onChange(render);

/** @param {Kind} kind */
function render(kind) {
  const { shown, fields, refused } = tray(kind);
  if (!shown || !form.current(kind)) return;
  const slots = fields.filter((field) => slotOf(kind, field));
  const place = whereabouts(shown);
  const { vendor } = form.row(kind);
  for (const { there } of Object.values(shown.groups)) {
    there.hidden = !isAdmin || !connection(vendor)?.lists_assets;
    say(there, `From ${vendorLabel(vendor)}`);
    there.title = `Choose a file in your ${vendorLabel(vendor)} account`;
  }
  renderTools(kind, shown);
  renderFrames(
    kind,
    shown,
    slots.filter((field) => field !== "references"),
  );
  renderReferences(kind, shown, slots.includes("references"));
  say(shown.note, refusals(refused));
  shown.note.hidden = !refused.size;
  shown.element.hidden = !slots.length;
  if (place && !shown.element.contains(document.activeElement)) refocus(shown, place);
}

/** @typedef {NonNullable<ReturnType<typeof whereabouts>>} Whereabouts */

/**
 * Where the focus is, in words that still hold when tiles are drawn anew.
 * @param {Shown} shown
 */
function whereabouts({ element }) {
  const focused = document.activeElement;
  if (!focused || !element.contains(focused)) return null;
  const tools = focused.closest(".tray-tools");
  const tile = tools ? element.querySelector(".ref.on") : focused.closest(".ref");
  const row = focused.closest(".tray");
  return {
    row,
    index: row && tile ? [...row.querySelectorAll(".ref")].indexOf(tile) : 0,
    field: tile?.dataset.field,
    artifact: tile?.dataset.artifact,
    tool: tools ? focused.textContent : "",
    chip: focused.matches(".tag-chip"),
  };
}

/**
 * The same thing again, else its neighbour, else the next place for a file: never the page's beginning.
 * @param {Shown} shown
 * @param {Whereabouts} place
 */
function refocus({ element, tools }, { row, index, field, artifact, tool, chip }) {
  const tiles = [...(row ?? element).querySelectorAll(".ref")];
  const same =
    tiles.find((one) => artifact && one.dataset.artifact === artifact) ??
    tiles[Math.min(Math.max(index, 0), tiles.length - 1)] ??
    tiles.find((one) => one.dataset.field === field);
  const again = tool && [...tools.querySelectorAll("button")].find((one) => one.textContent === tool);
  const wanted = again || same?.querySelector(chip ? ".tag-chip" : "button") || same?.querySelector("button") || same;
  (wanted ?? element.querySelector("button"))?.focus();
}

/**
 * @param {Kind} kind
 * @param {Shown} shown
 * @param {string[]} slots
 */
function renderFrames(kind, shown, slots) {
  const { box, title, tally, row } = shown.groups.frames;
  box.hidden = !slots.length;
  if (!slots.length) return;
  const one = slots.length === 1;
  say(title, one ? named(kind, slots[0]) : slots.includes("driving_video") ? "Image and video" : "Frames");
  const filled = slots.filter((field) => held(kind, field).length).length;
  const needed = slotOf(kind, slots[0])?.least ? "needed" : "optional";
  say(tally, one ? needed : `${filled} of ${slots.length}`);
  box.setAttribute("aria-label", title.textContent);
  const tiles = slots.flatMap((field) => {
    const rule = slotOf(kind, field);
    return rule ? withTools(kind, field, shown, slotTile(kind, field, rule, one, acts)) : [];
  });
  arrange(row, tiles);
  renderOffer(kind, box);
}

/**
 * The ratio that cuts off less of the start frame is one press away.
 * @param {Kind} kind
 * @param {HTMLElement} box
 */
function renderOffer(kind, box) {
  const ratio = better(form.current(kind));
  const known = box.querySelector(":scope > .other-ratio");
  if (known?.dataset.ratio === (ratio ?? undefined)) return;
  known?.remove();
  if (!ratio) return;
  const use = () => form.setOption(kind, "ratio", ratio);
  const button = h("button", { type: "button", class: "act", onclick: use }, `Use ${ratio}`);
  box.append(h("div", { class: "other-ratio", dataset: { ratio } }, button));
}

/**
 * What can be done with the picked file stands right under its row.
 * @param {Kind} kind
 * @param {string} key
 * @param {Shown} shown
 * @param {HTMLElement} tile
 */
const withTools = (kind, key, { tools }, tile) =>
  tray(kind).picked === `${kind}/${key}` && tools.childElementCount ? [tile, tools] : [tile];

/**
 * @param {Kind} kind
 * @param {Shown} shown
 * @param {boolean} wanted
 */
function renderReferences(kind, shown, wanted) {
  const { box, title, tally, row } = shown.groups.references;
  const rule = slotOf(kind, "references");
  box.hidden = !wanted;
  if (!wanted || !rule) return;
  const list = held(kind, "references");
  say(title, rule.most > 1 ? named(kind, "references") : rule.label || "Reference");
  const aside = form.current(kind).parked.references?.length ?? 0;
  const missing = rule.least && !list.length ? ", needs one" : "";
  // As the model's card says it; above that the vendor may refuse.
  const most = list.length > (rule.doubtful ?? rule.most) ? rule.most : (rule.doubtful ?? rule.most);
  say(tally, `${list.length} of ${most}${missing}${aside ? ` · ${aside} kept aside` : ""}`);
  tally.title = aside ? "They come back when you choose a model with room for them" : "";
  box.setAttribute("aria-label", title.textContent);
  /** @type {(Handed | Sending)[]} */
  const all = [...list];
  for (const one of onTheWay(kind, "references")) all.splice(turn(kind, all, one.key), 0, one);
  const tiles = all.flatMap((one, place) => {
    if ("part" in one) return [sendingTile(kind, one, "uploading", acts)];
    const tile = referenceTile(kind, rule, one, place, list.indexOf(one), acts);
    return withTools(kind, `references/${one.id}`, shown, tile);
  });
  arrange(row, all.length < rule.most ? [...tiles, moreTile(kind, rule, acts)] : tiles);
}

/**
 * @param {Kind} kind
 * @param {string} key
 */
function pick(kind, key) {
  const here = tray(kind);
  here.picked = here.picked === key ? null : key;
  render(kind);
}

/**
 * What can be done with the picked file stands in words: nothing hides behind a hovering pointer.
 * @param {Kind} kind
 * @param {Shown} shown
 */
function renderTools(kind, { tools }) {
  const { picked } = tray(kind);
  const [, field, id] = (picked ?? "").split("/");
  const list = field ? held(kind, field) : [];
  const place = id ? list.findIndex((artifact) => artifact.id === id) : 0;
  const artifact = form.rules(kind)[field] ? list[place] : null;
  const signature = artifact ? `${picked} ${place} ${list.length}` : "";
  if (tools.dataset.signature === signature) return;
  tools.dataset.signature = signature;
  if (!artifact) return tools.replaceChildren();
  const order = field === "references" ? [mover(kind, place, -1, list.length), mover(kind, place, 1, list.length)] : [];
  const gone = () => remove(kind, field, artifact);
  tools.replaceChildren(
    ...order,
    h("button", { type: "button", class: "act", onclick: gone }, icon("trash"), "Remove"),
  );
}

/**
 * A button that moves the picked reference by one place.
 * @param {Kind} kind
 * @param {number} place
 * @param {-1 | 1} by
 * @param {number} count
 */
function mover(kind, place, by, count) {
  const able = place + by >= 0 && place + by < count;
  const words = by < 0 ? "Earlier" : "Later";
  return h(
    "button",
    {
      type: "button",
      class: "act",
      "aria-disabled": String(!able),
      title: able ? words : `This is already the ${by < 0 ? "first" : "last"} one`,
      onclick: () => able && shift(kind, place, place + by),
    },
    icon(by < 0 ? "left" : "right"),
    words,
  );
}

/** What its tiles ask of the tray. */
const acts = { pick, hand, cancel };

/**
 * Opens the list of what was made here, for the first slot of the group that is empty, else for the last one.
 * @param {Kind} kind
 * @param {"frames" | "references"} name
 * @param {string} [vendor] whose files are listed instead
 */
function fromHere(kind, name, vendor) {
  const slots = tray(kind).fields.filter(
    (field) => slotOf(kind, field) && (field === "references") === (name === "references"),
  );
  const field = slots.find((one) => taken(kind, one) < (slotOf(kind, one)?.most ?? 0)) ?? slots.at(-1);
  const rule = field && slotOf(kind, field);
  if (!rule) return;
  const word = named(kind, field).toLowerCase();
  gather(indefinite(word), {
    kind: rule.kind,
    one: rule.most === 1,
    vendor,
    has: (artifact) => held(kind, field).some((one) => one.id === artifact.id),
    take: (artifact) => take(kind, artifact, field),
  });
}
