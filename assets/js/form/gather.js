// Files that were made here, handed to a form again: chosen from a list, or dragged from anywhere on the page.

import { address, api, queried, reason } from "../core/calls.js";
import { closesBeside, hang } from "../core/dialog.js";
import { h, say } from "../core/dom.js";
import { working } from "../core/focus.js";
import { vendorLabel } from "../core/store.js";
import { since } from "../core/time.js";
import { title, unshown } from "../core/words.js";

const FIRST = 60;
/**
 * @typedef {object} View
 * @property {HTMLDialogElement} dialog
 * @property {HTMLElement} title
 * @property {HTMLInputElement} search
 * @property {HTMLElement} grid
 * @property {HTMLElement} note
 * @property {HTMLButtonElement} more further pages of a service's list
 */

/**
 * @typedef {object} Wish
 * @property {"image" | "video"} kind of file
 * @property {boolean} one a single file is wanted
 * @property {string} [vendor] the service in whose accounts the files lie; else they are from the library
 * @property {(artifact: Artifact) => boolean} has whether it is in the form
 * @property {(artifact: Artifact) => string | void} take puts it there, or says why not
 */

const view = /** @type {View} */ ({});
/** @type {Wish} */
let ask;
let asked = 0;

/**
 * Open the list. `one`: a single file is wanted; `has(artifact)`: it is in the form; `take(artifact)`: puts it there.
 * @param {string} name
 * @param {Wish} wish
 */
export function gather(name, wish) {
  ask = wish;
  dialog();
  say(view.title, `Choose ${name}${wish.vendor ? ` on ${vendorLabel(wish.vendor)}` : ""}`);
  view.search.hidden = Boolean(wish.vendor);
  view.search.value = "";
  view.dialog.showModal();
  load();
}

function dialog() {
  if (view.dialog) return;
  view.title = h("h2", {});
  view.search = h("input", {
    type: "search",
    class: "field",
    placeholder: "Search prompts",
    "aria-label": "Search prompts",
    dir: "auto",
    oninput: typed,
  });
  view.grid = h("div", { class: "gather-grid", role: "group", "aria-label": "Your results" });
  view.note = h("p", { class: "gather-note", role: "status" });
  view.more = h("button", { type: "button", class: "act gather-more", hidden: true }, "Show more");
  const close = h("button", { type: "button", class: "act", onclick: () => view.dialog.close() }, "Close");
  view.dialog = h(
    "dialog",
    { class: "tool-dialog gather" },
    h("div", { class: "tool-head" }, view.title, view.search, close),
    view.note,
    view.grid,
    view.more,
  );
  closesBeside(view.dialog);
  view.dialog.addEventListener("close", () => view.grid.replaceChildren());
  hang("gather", view.dialog);
}

let waits = 0;
function typed() {
  clearTimeout(waits);
  waits = setTimeout(load, 200);
}

/**
 * What lies in the accounts of a service's key; further pages join those that are shown.
 * @param {string} vendor
 * @param {number} mine
 * @param {number} [page]
 */
async function loadFrom(vendor, mine, page = 0) {
  say(view.note, "Listing…");
  if (!page) view.grid.replaceChildren();
  view.more.hidden = !page;
  /** @type {Answer<import("../types").AssetsView>} */
  const answer = await api("GET", `${filesOf(vendor)}?kind=${ask.kind}&page=${page}`);
  if (mine !== asked || !view.dialog.open) return;
  if (!answer.ok) return say(view.note, reason(answer));
  const tiles = answer.data.assets.map((asset) => remote(vendor, asset));
  view.grid.append(...tiles);
  say(view.note, view.grid.childElementCount ? "" : `${vendorLabel(vendor)} has no such files.`);
  view.more.hidden = !answer.data.more;
  view.more.onclick = () => working(view.more, () => loadFrom(vendor, mine, page + 1));
  if (page) (tiles[0] ?? view.grid.lastElementChild)?.focus();
}

/** @param {string} vendor */
const filesOf = (vendor) => `connections/${encodeURIComponent(vendor)}/assets`;

/**
 * @param {string} vendor
 * @param {import("../types").AssetView} asset
 */
function remote(vendor, asset) {
  const made = asset.created === null ? "" : since(asset.created);
  const name = [asset.name || "Untitled", asset.account, made].filter(Boolean).join(" · ");
  /** @type {HTMLButtonElement} */
  const face = h(
    "button",
    {
      type: "button",
      class: "gather-tile remote",
      title: name,
      "aria-pressed": "false",
      onclick: () => working(face, () => bring(vendor, asset, face)),
    },
    h("img", {
      src: address(`${filesOf(vendor)}/${encodeURIComponent(asset.asset)}/thumb`),
      alt: "",
      loading: "lazy",
      decoding: "async",
      draggable: "false",
      onerror: ({ target }) => target instanceof Element && target.remove(),
    }),
    h("span", { dir: "auto" }, asset.name || "Untitled"),
    h("small", {}, [made, asset.account].filter(Boolean).join(" · ")),
  );
  return face;
}

/**
 * @param {string} vendor
 * @param {import("../types").AssetView} asset
 * @param {HTMLElement} face
 */
async function bring(vendor, asset, face) {
  /** @type {Answer<Artifact>} */
  const answer = await api("POST", filesOf(vendor), { asset: asset.asset });
  if (!view.dialog.open) return;
  if (answer.ok) press(face, answer.data);
  else say(view.note, reason(answer));
}

// Videos come from two kinds of jobs.
async function load() {
  const mine = ++asked;
  view.more.hidden = true;
  if (ask.vendor) return loadFrom(ask.vendor, mine);
  const kinds = ask.kind === "image" ? ["image"] : ["video", "multishot"];
  const text = queried(view.search.value.trim());
  /** @type {(kind: string) => Promise<Answer<import("../types").FirstJobsView>>} */
  const made = (kind) => api("GET", `jobs?kind=${kind}&state=done,unsure&limit=${FIRST}&text=${text}`);
  const answers = await Promise.all(kinds.map(made));
  if (mine !== asked || !view.dialog.open) return;
  const failed = answers.find((answer) => !answer.ok);
  const found = answers
    .flatMap((answer) => (answer.ok ? answer.data.jobs : []))
    .sort((one, other) => other.created - one.created);
  const tiles = found.flatMap((job) =>
    job.artifacts
      .filter((artifact) => artifact.kind === ask.kind && !unshown(artifact))
      .map((artifact, place, all) => tile(job, artifact, all.length > 1 ? `, ${place + 1} of ${all.length}` : "")),
  );
  view.grid.replaceChildren(...tiles);
  const empty = text
    ? "No results match this search."
    : `Nothing here yet. ${ask.kind === "image" ? "Images" : "Videos"} you generate show up here.`;
  say(view.note, failed ? reason(failed) : tiles.length ? "" : empty);
}

/**
 * @param {Job} job
 * @param {Artifact} artifact
 * @param {string} place which of several it is
 */
function tile(job, artifact, place) {
  const name = `${title(job)}${place}`;
  /** @type {HTMLButtonElement} */
  const face = h(
    "button",
    {
      type: "button",
      class: "gather-tile",
      title: name,
      "aria-label": name,
      "aria-pressed": String(ask.has(artifact)),
      onclick: () => press(face, artifact),
    },
    h("img", {
      src: address(`${artifact.url}/thumb`),
      alt: "",
      loading: "lazy",
      decoding: "async",
      draggable: "false",
    }),
  );
  return face;
}

/**
 * @param {HTMLElement} face
 * @param {Artifact} artifact
 */
function press(face, artifact) {
  const refused = ask.take(artifact);
  say(view.note, refused || "");
  if (refused) return;
  if (ask.one) return view.dialog.close();
  face.setAttribute("aria-pressed", String(ask.has(artifact)));
}

const OWN = /\/media\/([\w-]+)(?:\/(?:thumb|poster))?(?:\?.*)?$/;

/**
 * Whether something dragged may be one of our own pictures; what it is can be read only once it is dropped.
 * @param {DataTransfer | null} transfer
 */
export const mayBeOwn = (transfer) => transfer?.types.includes("text/uri-list");

/**
 * The id of our own file that was dragged here, or null. A browser offers its small picture as a new file, too.
 * @param {DataTransfer | null} transfer
 */
export function ownDragged(transfer) {
  const [url] = (transfer?.getData("text/uri-list") ?? "").split("\n");
  return url.startsWith(address("media/")) ? (OWN.exec(url.trim())?.[1] ?? null) : null;
}

/**
 * What is known of a stored file by its id: {id, kind, url}, or null where it is gone.
 * @param {string} id
 * @returns {Promise<Handed | null>}
 */
export async function stored(id) {
  const answer = await fetch(address(`media/${id}`), { method: "HEAD", credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return null;
  return { id, kind: answer.headers.get("Content-Type")?.startsWith("video/") ? "video" : "image", url: `media/${id}` };
}
