// Entry of the page's script: makes `window.studio`, mounts every part, and keeps the open tab's name.

import * as ask from "./js/form/ask.js";
import { bridge } from "./js/form/controls.js";
import * as drop from "./js/form/drop.js";
import * as doors from "./js/form/elsewhere.js";
import * as finder from "./js/form/finder.js";
import * as form from "./js/form/form.js";
import { follow } from "./js/jobs/arrival.js";
import * as header from "./js/settings/header.js";
import * as jobs from "./js/jobs/jobs.js";
import * as layers from "./js/core/layers.js";
import * as library from "./js/library/library.js";
import * as lines from "./js/form/lines.js";
import * as live from "./js/core/live.js";
import * as many from "./js/form/many.js";
import * as notes from "./js/form/notes.js";
import * as picker from "./js/form/picker.js";
import * as pruning from "./js/form/pruning.js";
import * as settings from "./js/settings/settings.js";
import * as shortcuts from "./js/core/shortcuts.js";
import * as shots from "./js/form/shots.js";
import * as stage from "./js/jobs/stage.js";
import * as storage from "./js/core/storage.js";
import * as store from "./js/core/store.js";
import * as summary from "./js/form/summary.js";
import { openTab } from "./js/core/tabs.js";
import * as tray from "./js/form/tray.js";
import * as viewer from "./js/jobs/viewer.js";

/** @type {Record<string, { mount: (element: HTMLElement) => void }>} */
const parts = {
  doors,
  finder,
  header,
  jobs,
  library,
  lines,
  many,
  picker,
  problems: ask,
  settings,
  shots,
  stage,
  summary,
  tray,
  viewer,
};

/** @param {HTMLElement} element */
function mount(element) {
  for (const place of element.querySelectorAll("[data-part]")) {
    if (place.dataset.mounted) continue;
    place.dataset.mounted = "yes";
    parts[place.dataset.part ?? ""]?.mount(place);
  }
  window.dispatchEvent(new CustomEvent("studio:drawn"));
}

const TAB = "studio-tab";

/** @param {string} name */
function tab(name) {
  document.body.dataset.tab = name;
  storage.keep(storage.WINDOW, TAB, name);
  window.dispatchEvent(new CustomEvent("studio:tab", { detail: name }));
  form.keepDraft();
}

// All this is ready before Gradio has drawn anything, on most machines: nothing here may look for an element.
layers.watch();
const elsewhere = form.start();
// A window comes back to its own tab, a new one opens where another was last.
const own = storage.kept(storage.WINDOW, TAB);
const last = typeof own === "string" ? own : elsewhere;
notes.watch();
ask.listen();
drop.listen();
pruning.listen();
follow();
shortcuts.listen();
tab("image");
window.addEventListener("studio:signed-out", leave);
window.studioReady({
  mount,
  tab,
  bridge,
  heard: form.heard,
  generate: ask.generate,
  form: { ...form, openTab },
  store,
});
live.start();
reopen(last);

// Whoever was signed out leaves nothing behind that they made or wrote, in any of their windows.
function leave() {
  store.forget();
  form.empty();
  shots.forget();
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.close();
    for (const field of dialog.querySelectorAll("input, textarea")) Object.assign(field, { value: "" });
    for (const list of dialog.querySelectorAll("ul, ol")) list.replaceChildren();
  }
  for (const message of document.querySelectorAll(".toast")) message.remove();
}

// Gradio may still be drawing its tabs when this script is ready.
/** @param {string | undefined} name */
function reopen(name) {
  if (!name || name === document.body.dataset.tab) return;
  if (document.getElementById(`tab-${name}-button`)) openTab(name);
  else if (/^[a-z]+$/.test(name)) requestAnimationFrame(() => reopen(name));
}
