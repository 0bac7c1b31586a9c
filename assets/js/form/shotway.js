// How the job of the multishot that was sent last fares, said where it was started: its result appears below the cards.

import { h, say } from "../core/dom.js";
import { jobs, newestFirst, subscribe } from "../core/store.js";
import { everySecond } from "../core/ticks.js";
import { isOpen, words } from "../core/words.js";

const KIND = "multishot";
/** @typedef {ReturnType<typeof made>} Way */

/** The line over the cards, kept true. */
export function makeWay() {
  const way = made();
  const follow = () => progress(way);
  subscribe(follow);
  everySecond(follow);
  follow();
  return way.element;
}

function made() {
  const [state, more, fill] = [h("b"), h("span"), h("i")];
  const bar = h("div", { class: "prog" }, fill);
  const show = h("button", { type: "button", class: "act" }, "Show");
  const element = h("div", { class: "shots-way", hidden: true }, state, more, show, bar);
  const way = { element, state, more, fill, bar, followed: "" };
  show.addEventListener("click", () => showJob(way.followed));
  return way;
}

/** @param {Way} way */
function progress(way) {
  const job = newestFirst([...jobs.values()].filter((one) => one.kind === KIND))[0];
  if (job && isOpen(job)) way.followed = job.id;
  way.element.hidden = !job || job.id !== way.followed;
  if (!job || way.element.hidden) return;
  const { state, more } = words(job);
  say(way.state, state);
  say(way.more, more);
  way.bar.hidden = !isOpen(job) || job.state === "waiting";
  way.fill.style.transform = `scaleX(${job.state === "saving" ? 1 : (job.progress ?? 0.06)})`;
}

/** @param {string} id */
function showJob(id) {
  const stage = document.querySelector(`[data-part=stage][data-tab=${KIND}]`);
  window.dispatchEvent(new CustomEvent("studio:show", { detail: { kind: KIND, id } }));
  const place = stage?.checkVisibility() ? stage : document.querySelector(`#jobs [data-job="${id}"]`);
  place?.scrollIntoView({ block: stage === place ? "start" : "center" });
}
