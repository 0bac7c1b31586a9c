// Which layer of the page lies on top: the dialog that was opened last, else the page itself. What lies below it
// cannot be seen, and nobody reads it out: short messages always stand on the topmost layer.

/** @type {HTMLDialogElement[]} */
let stack = []; // in the order in which they were opened
/** @type {MutationObserver | null} */
let observer = null;
// Lines that are heard and not seen.
const HEARD = ".unseen[role=status]";

/** Follow the dialogs; further calls do nothing. */
export function watch() {
  if (observer) return;
  observer = new MutationObserver(note);
  observer.observe(document, { subtree: true, attributeFilter: ["open"] });
  // What is being said when a clip begins to fill the screen goes on being seen.
  document.addEventListener("fullscreenchange", () => messages().firstChild && lift(messages()));
  messages();
}

/** @param {MutationRecord[]} records */
function note(records) {
  for (const { target } of records) {
    if (!(target instanceof HTMLDialogElement)) continue;
    stack = stack.filter((one) => one !== target);
    if (target.matches(":modal")) stack.push(target);
  }
  if (!records.length) return;
  const top = topmost();
  messages();
  // Below a dialog nobody would hear it.
  for (const line of document.querySelectorAll(HEARD)) if (line.parentElement !== top) top.append(line);
}

/**
 * The layer that lies on top.
 * @returns {HTMLElement}
 */
export function topmost() {
  const news = observer?.takeRecords() ?? [];
  if (news.length) note(news);
  stack = stack.filter((one) => one.isConnected && one.matches(":modal"));
  return stack.at(-1) ?? document.body;
}

/**
 * Whether something can be seen: it is drawn, and no dialog lies over it.
 * @param {Element | null | undefined} element
 */
export const isSeen = (element) => Boolean(element?.checkVisibility() && topmost().contains(element));

/**
 * Where short messages stand. It is there before they come, or they would not be read out; those that stand on a layer
 * that is covered or closed move along.
 * @returns {HTMLElement}
 */
export function messages() {
  const layer = topmost();
  const place = layer.querySelector(":scope > .toasts") ?? layer.appendChild(made());
  for (const other of document.querySelectorAll(".toasts"))
    if (other !== place && other.firstChild) place.append(...other.childNodes);
  return place;
}

function made() {
  const place = document.createElement("div");
  place.className = "toasts";
  place.setAttribute("role", "status");
  place.setAttribute("aria-live", "polite");
  return place;
}

/**
 * A clip that fills the screen lies over everything but what is shown as a popover after it.
 * @param {HTMLElement} place
 */
export function lift(place) {
  if (!document.fullscreenElement) return;
  place.popover = "manual";
  if (place.matches(":popover-open")) place.hidePopover();
  place.showPopover();
  document.addEventListener("fullscreenchange", () => place.removeAttribute("popover"), { once: true });
}
