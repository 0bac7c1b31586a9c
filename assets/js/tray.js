// @ts-nocheck
// The reference tray: files of one form with their order and roles, handed in by choosing, dropping or pasting.

import { address } from "./calls.js";
import { arrange, h, say } from "./dom.js";
import { icon } from "./icons.js";
import * as form from "./form.js";
import { gather } from "./gather.js";
import { examine, show } from "./restore.js";
import { label } from "./store.js";
import { upload } from "./upload.js";
import { unshown } from "./words.js";

const FIELDS = ["start_frame", "end_frame", "driving_video", "references"];
const ROLES = { start_frame: "Start", end_frame: "End", driving_video: "Driving" };
const trays = {}; // kind -> {element, fields, sending: Map, came: artifact id -> its turn, refused: reason -> file names, picked}

const tray = (kind) => (trays[kind] ??= { sending: new Map(), came: new Map(), refused: new Map(), picked: null, fields: FIELDS });

/** How many files of this form are still on the way. */
export const uploading = (kind) => trays[kind]?.sending.size ?? 0;

export function mount(element) {
  const kind = element.dataset.tab;
  const here = tray(kind);
  here.fields = FIELDS.filter((field) => (element.dataset.fields ?? "").split(" ").includes(field));
  here.element = element;
  here.tools = h("div", { class: "tray-tools" });
  here.note = h("p", { class: "tray-error", role: "alert", hidden: true });
  here.groups = Object.fromEntries(["frames", "references"].map((name) => [name, group(kind, name)]));
  element.replaceChildren(...Object.values(here.groups).map((one) => one.box), here.note);
  render(kind);
}

function group(kind, name) {
  const made = { title: h("span"), tally: h("span", { class: "n" }), row: h("div", { class: "tray" }) };
  const here = h("button", { type: "button", class: "plain from-here", title: "Choose from what was made here", onclick: () => fromHere(kind, name) }, "From the library");
  made.box = h("div", { class: "tray-group", dataset: { group: name }, role: "group" }, h("div", { class: "lab" }, made.title, here, made.tally), made.row);
  made.box.id = `${kind}-${name}`;
  return made;
}

form.onChange(render);

function render(kind) {
  const here = trays[kind];
  if (!here?.element || !form.current(kind)) return;
  const rules = form.rules(kind);
  const slots = here.fields.filter((field) => rules[field]?.rule === "slot");
  const place = whereabouts(here);
  renderTools(kind);
  renderFrames(kind, slots.filter((field) => field !== "references"));
  renderReferences(kind, slots.includes("references"));
  say(here.note, [...here.refused].map(([reason, names]) => refusals(reason, names)).join("\n"));
  here.note.hidden = !here.refused.size;
  here.element.hidden = !slots.length;
  if (place && !here.element.contains(document.activeElement)) refocus(here, place);
}

// Equal reasons are said once, for all their files.
function refusals(reason, names) {
  const files = [...new Set(names)].filter(Boolean).sort((one, other) => one.localeCompare(other, undefined, { numeric: true }));
  const count = names.length > 1 ? `${names.length} files` : "";
  return [count ? `${count}${files.length ? ` (${files.join(", ")})` : ""}` : files[0], reason].filter(Boolean).join(": ");
}

function refuse(kind, reason, name) {
  const { refused } = tray(kind);
  refused.set(reason, [...(refused.get(reason) ?? []), name]);
}

// Where the focus is, in words that still hold when tiles are drawn anew.
function whereabouts(here) {
  const focused = document.activeElement;
  if (!focused || !here.element.contains(focused)) return null;
  const tile = focused.closest(".tray-tools") ? here.element.querySelector(".ref.on") : focused.closest(".ref");
  const row = focused.closest(".tray");
  const index = row ? [...row.querySelectorAll(".ref")].indexOf(tile) : 0;
  return { row, index, field: tile?.dataset.field, artifact: tile?.dataset.artifact, tool: focused.closest(".tray-tools") ? focused.textContent : "", chip: focused.matches(".tag-chip") };
}

// The same thing again, else its neighbour, else the next place for a file: never the page's beginning.
function refocus(here, { row, index, field, artifact, tool, chip }) {
  const tiles = [...(row ?? here.element).querySelectorAll(".ref")];
  const same = tiles.find((one) => artifact && one.dataset.artifact === artifact) ?? tiles[Math.min(Math.max(index, 0), tiles.length - 1)] ?? tiles.find((one) => one.dataset.field === field);
  const wanted = (tool && [...here.tools.querySelectorAll("button")].find((one) => one.textContent === tool)) || same?.querySelector(chip ? ".tag-chip" : "button") || same?.querySelector("button") || same;
  (wanted ?? here.element.querySelector("button"))?.focus();
}

// What a field is called here: a row may have a better word for it.
const named = (kind, field) => form.rules(kind)[field]?.label || label(field);
const held = (kind, field) => form.current(kind).media[field] ?? [];

function renderFrames(kind, slots) {
  const { box, title, tally, row } = trays[kind].groups.frames;
  box.hidden = !slots.length;
  if (!slots.length) return;
  const one = slots.length === 1;
  say(title, one ? named(kind, slots[0]) : slots.includes("driving_video") ? "Picture and video" : "Frames");
  const rules = form.rules(kind);
  const filled = slots.filter((field) => held(kind, field).length).length;
  say(tally, one ? (rules[slots[0]].least ? "needed" : "optional") : `${filled} of ${slots.length}`);
  box.setAttribute("aria-label", title.textContent);
  arrange(row, slots.flatMap((field, place) => withTools(kind, field, slotTile(kind, field, place, one))));
}

const kept = new Map(); // tile key -> element
function reuse(key, signature, make) {
  const known = kept.get(key);
  if (known?.dataset.signature === signature) return known;
  const made = make();
  made.dataset.signature = signature;
  kept.set(key, made);
  return made;
}

// What can be done with the picked file stands right under its row.
const withTools = (kind, key, tile) => (trays[kind].picked === `${kind}/${key}` && trays[kind].tools.childElementCount ? [tile, trays[kind].tools] : [tile]);

function slotTile(kind, field, place, alone) {
  const key = `${kind}/${field}`;
  const rule = form.rules(kind)[field];
  const role = rule.label || ROLES[field];
  const sent = [...tray(kind).sending.values()].find((one) => one.field === field);
  if (sent) return sendingTile(sent, role);
  const [artifact] = held(kind, field);
  const wrap = (tile) => {
    tile.id = `${kind}-${field}`;
    return tile;
  };
  if (!artifact) return reuse(key, `empty ${rule.least} ${role} ${alone}`, () => wrap(addTile(kind, field, role, Boolean(rule.least) && !alone)));
  const picked = tray(kind).picked === key;
  return reuse(key, `${artifact.id} ${picked} ${role}`, () => wrap(tile(kind, field, artifact, { badge: place + 1, caption: role, key, picked })));
}

function renderReferences(kind, wanted) {
  const { box, title, tally, row } = trays[kind].groups.references;
  box.hidden = !wanted;
  if (!wanted) return;
  const rule = form.rules(kind).references;
  const list = held(kind, "references");
  say(title, rule.most > 1 ? named(kind, "references") : rule.label || "Reference");
  const aside = form.current(kind).parked.references?.length ?? 0;
  say(tally, `${list.length} of ${rule.most}${rule.least && !list.length ? ", needs one" : ""}${aside ? ` · ${aside} kept aside` : ""}`);
  tally.title = aside ? "They come back with a model that has room for them" : "";
  box.setAttribute("aria-label", title.textContent);
  const all = [...list];
  for (const one of onTheWay(kind, "references")) all.splice(turn(kind, all, one.key), 0, one);
  const tiles = all.flatMap((one, place) => ("part" in one ? [sendingTile(one, "on the way")] : withTools(kind, `references/${one.id}`, referenceTile(kind, rule, one, place, list.indexOf(one)))));
  const room = all.length < rule.most;
  const add = room ? [reuse(`${kind}/references/add`, String(rule.most > 1), () => addTile(kind, "references", "or drop", false))] : [];
  arrange(row, [...tiles, ...add]);
}

const onTheWay = (kind, field) => [...tray(kind).sending.values()].filter((one) => one.field === field);

// Files stand in the order in which they were chosen, whichever arrives first.
function turn(kind, list, key) {
  const later = list.findIndex((one) => (tray(kind).came.get(one.id) ?? 0) > key);
  return later < 0 ? list.length : later;
}

// `place` counts files on the way too, `index` is the place in the list.
function referenceTile(kind, rule, artifact, place, index) {
  const key = `${kind}/references/${artifact.id}`;
  const picked = tray(kind).picked === key;
  const tag = rule.tag?.replace("{n}", place + 1);
  return reuse(key, `${place} ${index} ${tag} ${picked}`, () => tile(kind, "references", artifact, { badge: place + 1, caption: tag ?? "Reference", tag, key, picked, place: index }));
}

function picture(artifact) {
  const image = h("img", { alt: "", decoding: "async", draggable: "false", src: address(`${artifact.url ?? `media/${artifact.id}`}/thumb`) });
  image.addEventListener("error", () => image.replaceWith(icon(artifact.kind === "video" ? "video" : "image")), { once: true });
  return image;
}

function tile(kind, field, artifact, { badge, caption, tag, key, picked, place }) {
  const name = `${named(kind, field)} ${field === "references" && form.rules(kind)[field].most > 1 ? badge : ""}`.trim();
  const face = h("button", { type: "button", class: "im", "aria-pressed": String(picked), "aria-label": `${name}: ${artifact.name || artifact.kind}`, title: artifact.name || name,
    onclick: () => pick(kind, key), onkeydown: (event) => keys(event, kind, field, place) }, picture(artifact), h("b", {}, String(badge)));
  const gone = h("button", { type: "button", class: "gone", "aria-label": `Remove ${name.toLowerCase()}`, title: "Remove", onclick: () => remove(kind, field, artifact) }, icon("x"));
  const foot = tag
    ? h("button", { type: "button", class: "tag-chip", title: `Write ${tag} into the prompt`, "aria-label": `Insert ${tag} into the prompt`, onclick: () => insert(kind, tag) }, caption)
    : h("small", {}, caption);
  const made = h("div", { class: `ref${picked ? " on" : ""}`, dataset: { artifact: artifact.id, field } }, face, gone, foot);
  if (field === "references") movable(made, kind, place);
  return made;
}

function addTile(kind, field, caption, needed) {
  const rule = form.rules(kind)[field];
  const accept = rule.kind === "video" ? "video/*" : "image/*";
  const input = h("input", { type: "file", class: "sr-only", tabindex: "-1", "aria-hidden": "true", accept, dataset: { field } });
  input.multiple = field === "references";
  input.addEventListener("change", () => {
    hand(kind, [...input.files], field);
    input.value = "";
  });
  const face = h("button", { type: "button", class: "im", "aria-label": `Add ${field === "references" ? "a reference" : `a ${named(kind, field).toLowerCase()}`}`, title: "Choose a file, drop one here, or paste a picture", onclick: () => input.click() }, icon("plus"));
  return h("div", { class: `ref add${needed ? " needed" : ""}`, dataset: { field } }, face, input, h("small", {}, caption));
}

function sendingTile(sent, caption) {
  sent.bar ??= h("progress", { max: "1", "aria-label": `Sending ${sent.name}` });
  sent.bar.value = sent.part;
  sent.tile ??= h("div", { class: "ref sending", title: sent.name, tabindex: "-1" }, h("div", { class: "im" }, sent.bar), h("small", {}, caption));
  return sent.tile;
}

function pick(kind, key) {
  const here = tray(kind);
  here.picked = here.picked === key ? null : key;
  render(kind);
}

// What can be done with the picked file stands in words: nothing hides behind a hovering pointer.
function renderTools(kind) {
  const here = trays[kind];
  const [, field, id] = (here.picked ?? "").split("/");
  const list = field ? held(kind, field) : [];
  const place = id ? list.findIndex((artifact) => artifact.id === id) : 0;
  const artifact = form.rules(kind)[field] ? list[place] : null;
  const signature = artifact ? `${here.picked} ${place} ${list.length}` : "";
  if (here.tools.dataset.signature === signature) return;
  here.tools.dataset.signature = signature;
  if (!artifact) return here.tools.replaceChildren();
  const move = (by, words, name) => {
    const able = place + by >= 0 && place + by < list.length;
    return h("button", { type: "button", class: "act", "aria-disabled": String(!able), title: able ? words : `It is the ${by < 0 ? "first" : "last"} already`, onclick: () => able && shift(kind, place, place + by) }, icon(name), words);
  };
  const order = field === "references" ? [move(-1, "Earlier", "left"), move(1, "Later", "right")] : [];
  here.tools.replaceChildren(...order, h("button", { type: "button", class: "act", onclick: () => remove(kind, field, artifact) }, icon("trash"), "Remove"));
}

function keys(event, kind, field, place) {
  if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    remove(kind, field, held(kind, field)[place ?? 0]);
  }
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (by && event.altKey && field === "references") {
    event.preventDefault();
    shift(kind, place, place + by);
  }
}

function shift(kind, from, to) {
  const list = [...held(kind, "references")];
  if (to < 0 || to >= list.length || from === to) return;
  const [moved] = list.splice(from, 1);
  list.splice(to, 0, moved);
  form.setMedia(kind, "references", list);
}

function remove(kind, field, artifact) {
  form.setMedia(kind, field, held(kind, field).filter((one) => one.id !== artifact?.id));
}

// Text goes in where the cursor is, through the control itself, so that undo keeps working.
function insert(kind, tag) {
  const area = document.querySelector(`#${kind}-prompt textarea`);
  if (!area) return;
  area.focus();
  const before = area.value.slice(0, area.selectionStart);
  const after = area.value.slice(area.selectionEnd);
  const text = `${before && !/\s$/.test(before) ? " " : ""}${tag}${after && !/^[\s.,;:!?]/.test(after) ? " " : ""}`;
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const DRAG = "application/x-studio-reference";
function movable(element, kind, place) {
  element.draggable = true;
  element.addEventListener("dragstart", (event) => event.dataTransfer.setData(DRAG, `${kind} ${place}`));
  element.addEventListener("dragover", (event) => event.dataTransfer.types.includes(DRAG) && event.preventDefault());
  element.addEventListener("drop", (event) => {
    const [from, start] = event.dataTransfer.getData(DRAG).split(" ");
    if (from !== kind) return;
    event.preventDefault();
    event.stopPropagation();
    shift(kind, Number(start), place);
  });
}

/** Hand files in: into `field`, else into the first slots that take them. With `look` one that tells its settings shows them instead. */
export function hand(kind, files, field, look = false) {
  const here = tray(kind);
  if (!here.sending.size) here.refused.clear();
  for (const file of files) {
    const into = field ?? place(kind, file);
    const reason = into ? unfit(kind, into, file) : noPlace(kind);
    if (reason && look) examine(file, { otherwise: reason });
    else if (reason) refuse(kind, reason, file.name);
    else send(kind, into, file, look);
  }
  render(kind);
}

/** What hands a file in on this form, or null where no place takes it. */
export const handing = (kind, file) => (place(kind, file) ? () => hand(kind, [file]) : null);

function taken(kind, field) {
  const sent = [...tray(kind).sending.values()].filter((one) => one.field === field).length;
  return held(kind, field).length + sent;
}

function place(kind, file) {
  const rules = form.rules(kind);
  const wanted = file.type.startsWith("video/") ? "video" : "image";
  const open = tray(kind).fields.filter((field) => rules[field]?.kind === wanted);
  return open.find((field) => taken(kind, field) < rules[field].most) ?? open.find((field) => field !== "references");
}

function unfit(kind, field, file) {
  const rule = form.rules(kind)[field];
  if (!rule) return `${form.row(kind).label} takes no ${label(field).toLowerCase()}.`;
  const other = rule.kind === "image" ? "video/" : "image/";
  if (file.type.startsWith(other)) return `${named(kind, field)} takes a ${rule.kind === "image" ? "picture" : "video"}, and this is none.`;
  if (field === "references" && taken(kind, field) >= rule.most) return `${form.row(kind).label} takes ${rule.most} references, and there is no more room.`;
  return "";
}

let sent = 0;
async function send(kind, field, file, look) {
  const here = tray(kind);
  const one = { name: file.name, field, part: 0, key: ++sent };
  here.sending.set(one.key, one);
  const { artifact, settings, refused } = await upload(file, (part) => {
    one.part = part;
    if (one.bar) one.bar.value = part;
  }, look ? "first" : "");
  here.sending.delete(one.key);
  if (settings) show(settings, file, () => hand(kind, [file]));
  else if (artifact) arrived(kind, one, artifact);
  else refuse(kind, refused, file.name || "The pasted file");
  if (!here.sending.size) here.came.clear();
  render(kind);
}

/** Take in a file that the studio has already; answers why not, or nothing. */
export function take(kind, artifact, wanted) {
  if (unshown(artifact)) return `This file cannot be handed in. ${artifact.flaw}`;
  const like = { type: `${artifact.kind}/` };
  const field = wanted ?? place(kind, like);
  if (!field) return noPlace(kind);
  if (held(kind, field).some((one) => one.id === artifact.id)) return "This is in the form already.";
  const reason = unfit(kind, field, like);
  if (!reason) arrived(kind, { field, key: ++sent, name: artifact.name }, artifact);
  return reason;
}

/** Say under the tiles why a file was not taken, in place of what was said before. */
export function complain(kind, reason) {
  tray(kind).refused.clear();
  if (reason) refuse(kind, reason, "");
  render(kind);
}

const noPlace = (kind) => `${form.row(kind).label} has no free place for it.`;

// Opens the list of what was made here, for the first slot of the group that is empty, else for the last one.
function fromHere(kind, name) {
  const slots = tray(kind).fields.filter((field) => form.rules(kind)[field]?.rule === "slot" && (field === "references") === (name === "references"));
  const field = slots.find((one) => taken(kind, one) < form.rules(kind)[one].most) ?? slots.at(-1);
  const { kind: wanted, most } = form.rules(kind)[field];
  const word = named(kind, field).toLowerCase();
  gather(most > 1 ? word : `${/^[aeiou]/.test(word) ? "an" : "a"} ${word}`, {
    kind: wanted,
    one: most === 1,
    has: (artifact) => held(kind, field).some((one) => one.id === artifact.id),
    take: (artifact) => take(kind, artifact, field),
  });
}

function arrived(kind, { field, key, name }, artifact) {
  const rule = form.rules(kind)[field];
  if (rule && artifact.kind !== rule.kind) return refuse(kind, `${named(kind, field)} takes a ${rule.kind === "image" ? "picture" : "video"}, and this is none.`, name);
  if (field !== "references") return form.setMedia(kind, field, [artifact]);
  const list = held(kind, field);
  if (list.some((one) => one.id === artifact.id)) return refuse(kind, "This is among the references already.", name);
  // The model may have changed while the file was on its way.
  if (list.length >= (rule?.most ?? 0)) return form.park(kind, field, artifact);
  const place = turn(kind, list, key);
  tray(kind).came.set(artifact.id, key);
  form.setMedia(kind, field, list.toSpliced(place, 0, artifact));
}
