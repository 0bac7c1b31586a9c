// On a phone the stage lies below the form: the page goes there with what was just sent, and shows it when it is done.

import { toast } from "../core/dom.js";
import { motion, narrow } from "../core/screen.js";
import { jobs, subscribe } from "../core/store.js";
import { isOpen, title } from "../core/words.js";

/** The job that the page went to; a newer one takes its place. */
let followed = "";

/** @param {Kind} kind */
const stageOf = (kind) => document.querySelector(`[data-part=stage][data-tab=${kind}]`);

/** @param {HTMLElement} stage */
const goTo = (stage) => stage.scrollIntoView({ block: "start", behavior: motion() });

/** @param {string} id */
function sent(id) {
  const job = jobs.get(id);
  const stage = job && stageOf(job.kind);
  if (!stage || !narrow.matches || document.body.dataset.tab !== job.kind) return;
  followed = id;
  stage.classList.add("shown");
  window.dispatchEvent(new CustomEvent("studio:show", { detail: { kind: job.kind, id } }));
  // The keyboard of the phone goes away first: it would leave room for a line.
  if (document.activeElement instanceof HTMLElement && document.activeElement.matches("input, textarea"))
    document.activeElement.blur();
  goTo(stage);
}

/**
 * Who still looks at it sees the result whole; who has gone elsewhere is told where it is.
 * @param {Change[]} changes
 */
function ended(changes) {
  const job = changes.find((change) => change.job?.id === followed)?.job;
  if (!job || isOpen(job)) return;
  followed = "";
  const stage = stageOf(job.kind);
  if (!stage || !narrow.matches || document.body.dataset.tab !== job.kind || document.querySelector("dialog[open]"))
    return;
  const { top, bottom } = stage.getBoundingClientRect();
  const seen = bottom > 0 && top < innerHeight * 0.75;
  if (seen) goTo(stage);
  else if (job.state === "done") toast(`Done: ${title(job).slice(0, 60)}. See it below the form.`);
}

/** Go along with what is sent. */
export function follow() {
  window.addEventListener("studio:sent", (event) => sent(event.detail));
  // The stages draw it first.
  subscribe((changes) => queueMicrotask(() => ended(changes)));
}
