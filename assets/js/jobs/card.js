// One job in the list: its card is made once, drawn anew with its state and files, and only set where it moves.

import { nameFor } from "../core/buttons.js";
import { h, say } from "../core/dom.js";
import { refocused } from "../core/focus.js";
import { icon } from "../core/icons.js";
import { evidence } from "../core/money.js";
import { now } from "../core/time.js";
import {
  filesKey,
  harm,
  hint,
  isBad,
  isOpen,
  mark,
  needsLook,
  questionable,
  showDeadline,
  tells,
  title,
  words,
} from "../core/words.js";
import { ended } from "./actions.js";
import { cancel, cancelNote, jobActions } from "./decide.js";
import { picture } from "./picture.js";
import { openViewer } from "./viewer.js";

const NEW_FOR = 3600;

/**
 * @typedef {object} Card
 * @property {Job} job
 * @property {string} drawn what is drawn, as a key
 * @property {string} asked what a question was asked of
 * @property {HTMLElement} element
 * @property {HTMLElement} thumb
 * @property {HTMLElement} name
 * @property {HTMLElement} state
 * @property {HTMLElement} more
 * @property {HTMLElement} bar
 * @property {HTMLElement} fill
 * @property {HTMLElement} hint
 * @property {HTMLElement} deadline
 * @property {HTMLElement} note
 * @property {HTMLElement} buttons
 * @property {HTMLElement} host
 * @property {HTMLButtonElement} cancel
 * @property {HTMLElement} away
 */

/**
 * A card of this job, nothing drawn yet.
 * @param {Job} job
 * @param {{ choose: (job: Job) => void, putAway: (card: Card) => void }} doors
 * @returns {Card}
 */
export function card(job, { choose, putAway }) {
  const close = (/** @type {Props<HTMLButtonElement>} */ props) =>
    h("button", { type: "button", class: "cancel", ...props }, icon("x"));
  const progress = { role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100" };
  const fill = h("i");
  /** @type {Card} */
  const made = {
    job,
    drawn: "",
    asked: "",
    fill,
    element: h("li", { class: "job", dataset: { job: job.id, state: job.state } }),
    thumb: h("div", { class: "th wait" }),
    name: h("button", { type: "button", class: "p", dir: "auto", onclick: () => choose(made.job) }),
    state: h("span"),
    more: h("b"),
    bar: h("div", { class: "prog", ...progress }, fill),
    hint: h("p", { class: "hint" }),
    deadline: h("p", { class: "deadline" }),
    note: h("div", { class: "note" }),
    buttons: h("div", { class: "fix" }),
    host: h("div", { class: "host" }),
    cancel: close({ onclick: () => cancel(made.job, made.host) }),
    away: close({
      title: "Remove from this list (it stays in the library)",
      onclick: () => putAway(made),
    }),
  };
  const line = h("div", { class: "line" }, made.name, h("div", { class: "m" }, made.state, made.more));
  made.element.append(made.thumb, line, made.cancel, made.away, made.bar, made.hint, made.deadline);
  made.element.append(made.note, made.buttons, made.host);
  return made;
}

/**
 * What follows from the state and the files is drawn once per state, what moves is only set.
 * @param {Card} card
 * @param {Job} job
 */
export function update(card, job) {
  card.job = job;
  const wrong = [job.error?.code ?? "", job.error?.message ?? "", job.task, job.evidence?.now_at ?? ""];
  const key = [job.state, filesKey(job), ...wrong, job.parked ? job.detail : ""].join(" ");
  if (card.drawn !== key)
    refocused(
      card.element,
      () => redraw(card, job, key),
      () => card.name,
    );
  refresh([card]);
}

/**
 * @param {Card} card
 * @param {Job} job
 * @param {string} key
 */
function redraw(card, job, key) {
  card.element.dataset.state = job.state;
  card.element.classList.toggle("sandboxed", job.sandbox);
  card.element.classList.toggle("bad", isBad(job) || needsLook(job));
  const name = title(job);
  say(card.name, name);
  card.name.title = name;
  card.cancel.setAttribute("aria-label", `Cancel: ${name}`);
  card.away.setAttribute("aria-label", `Remove from this list: ${name}`);
  card.bar.setAttribute("aria-label", `Progress: ${name}`);
  card.host.dataset.of = name;
  thumbnail(card.thumb, job);
  const open = isOpen(job);
  card.cancel.hidden = !open || job.state === "saving" || Boolean(job.parked);
  card.away.hidden = !ended(job);
  card.cancel.title = `Cancel. ${cancelNote(job)}`;
  card.bar.hidden = !open || job.state === "waiting" || Boolean(job.parked);
  const folded = !needsLook(job) && now() - (job.finished ?? job.created) > NEW_FOR;
  const tell = (job.error || job.parked) && (isBad(job) || needsLook(job)) && !folded;
  card.note.hidden = !tell;
  card.note.replaceChildren(
    ...(tell ? [...tells(job).map((line) => h("p", {}, line)), evidence(job)].filter(Boolean) : []),
  );
  if (card.drawn && card.asked !== questionable(job)) card.host.replaceChildren();
  card.asked = questionable(job);
  const buttons = tell || needsLook(job) || (job.state === "cancelled" && !folded);
  const ways = buttons ? jobActions(job, card.host, { details: () => openViewer(job.id) }) : [];
  card.buttons.replaceChildren(...ways.map((button) => nameFor(button, name)));
  card.buttons.hidden = !buttons;
  card.drawn = key;
}

/**
 * @param {HTMLElement} box
 * @param {Job} job
 */
function thumbnail(box, job) {
  const first = job.artifacts[0];
  box.classList.toggle("wait", !first);
  box.replaceChildren(...(first ? [picture(first, "thumb", { alt: "", loading: "lazy" })] : []));
  if (mark(job)) box.append(h("span", { class: `tag${job.artifacts.some(harm) ? " harm" : ""}` }, mark(job)));
}

/**
 * Say what changes by itself.
 * @param {Card[]} some
 */
export function refresh(some) {
  for (const card of some) {
    const { job } = card;
    const { state, more } = words(job);
    say(card.state, state);
    say(card.more, more);
    card.more.title = more;
    say(card.hint, hint(job));
    card.hint.hidden = !card.hint.textContent;
    showDeadline(card.deadline, job);
    card.cancel.disabled = Boolean(job.cancelling);
    if (card.bar.hidden) continue;
    // A job that has no number yet shows that it moves, without claiming how far it is.
    const part = job.state === "saving" ? 1 : job.progress;
    card.bar.classList.toggle("vague", part === null || part === undefined);
    card.fill.style.transform = `scaleX(${part ?? 0.06})`;
    if (part === null || part === undefined) card.bar.removeAttribute("aria-valuenow");
    else card.bar.setAttribute("aria-valuenow", String(Math.round(part * 100)));
  }
}
