// The time bar over the cards: a segment a shot, as long as it lasts, and edges that are dragged between two of them.

import { arrange, h, say } from "../core/dom.js";
import { wholeSeconds } from "../core/rules.js";
import { goal, lasting } from "./lengths.js";

/**
 * @typedef {object} Acts what the bar asks of the editor
 * @property {(key: number) => void} open write in the card of this shot
 * @property {(event: KeyboardEvent, key: number) => void} keys
 * @property {(key: number, by: number) => void} shift the edge after this shot, so many seconds later
 * @property {(key: number) => (by: number) => void} drag the same while the edge is held: from where it stood
 * @property {() => void} drop
 *
 * @typedef {ReturnType<typeof makePart>} Part
 */

/** @param {Acts} acts */
export function makeBar(acts) {
  /** @type {Map<number, Part>} */
  const parts = new Map();
  const list = h("div", { class: "seglist", role: "list", "aria-label": "Timeline of shots" });
  const ruler = h("div", { class: "rul", "aria-hidden": "true" });
  const scaled = { list, scale: 1 };
  let drawn = "";

  /**
   * @param {EditedShot[]} shots
   * @param {ShotsRule} limits
   */
  function draw(shots, limits) {
    const total = lasting(shots);
    // What is far too long is drawn as too long, not to scale.
    const widest = 2 * limits.total;
    const scale = Math.min(Math.max(total, limits.total), widest);
    const text = JSON.stringify([shots.map((shot) => [shot.key, shot.seconds]), scale, limits.sums, limits.seconds]);
    if (drawn === text) return;
    drawn = text;
    scaled.scale = scale;
    for (const key of parts.keys()) if (!shots.some((shot) => shot.key === key)) parts.delete(key);
    const wanted = shots.map((shot, index) => {
      const part = parts.get(shot.key) ?? makePart(shot.key, scaled, acts);
      parts.set(shot.key, part);
      showPart(part, shots, index, (100 * Math.min(wholeSeconds(shot.seconds), widest)) / scale);
      return part.element;
    });
    arrange(list, wanted);
    list.classList.toggle("over", total > goal(total, limits));
    list.style.setProperty("--limit", `${(100 * goal(total, limits)) / scale}%`);
    ruler.replaceChildren(...marks(scale));
  }

  return { list, ruler, draw, segment: (/** @type {number} */ key) => parts.get(key)?.segment };
}

/** @param {number} scale */
function marks(scale) {
  const step = [3, 5, 10, 30, 60].find((each) => scale / each <= 8) ?? Math.ceil(scale / 8);
  const seconds = Array.from({ length: Math.floor(scale / step) + 1 }, (_, index) => index * step);
  return seconds.map((mark) => {
    const sign = h("span", {}, mark === seconds.at(-1) ? `${mark} s` : String(mark));
    sign.style.left = `${(100 * mark) / scale}%`;
    return sign;
  });
}

/**
 * @param {number} key
 * @param {{ list: HTMLElement, scale: number }} bar
 * @param {Acts} acts
 */
function makePart(key, bar, acts) {
  const [number, length] = [h("b"), h("span")];
  const segment = h(
    "button",
    {
      type: "button",
      class: "segment",
      dataset: { key: String(key) },
      onclick: () => acts.open(key),
      onkeydown: (event) => acts.keys(event, key),
    },
    number,
    length,
  );
  const edge = h("span", {
    class: "edge",
    role: "separator",
    tabindex: "0",
    "aria-orientation": "vertical",
    onkeydown: (event) => {
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
      if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      acts.shift(key, by);
    },
    onpointerdown: (event) => hold(event, key, bar, acts),
  });
  const element = h("div", { role: "listitem", style: { display: "contents" } }, segment, edge);
  return { element, segment, edge, number, length };
}

/**
 * @param {Part} part
 * @param {EditedShot[]} shots
 * @param {number} index
 * @param {number} width percent
 */
function showPart({ segment, edge, number, length }, shots, index, width) {
  const [here, next] = shots.slice(index, index + 2).map((shot) => wholeSeconds(shot.seconds));
  // The first word is there for whoever doesn't see that this is a bar of shots.
  number.replaceChildren(h("span", { class: "sr-only" }, "Shot "), String(index + 1));
  say(length, ` ${here} s`);
  segment.style.width = `${width}%`;
  edge.hidden = next === undefined;
  edge.setAttribute("aria-label", `Edge between shots ${index + 1} and ${index + 2}`);
  edge.setAttribute("aria-valuenow", String(here));
  edge.setAttribute("aria-valuetext", `${here} s and ${next} s`);
  edge.title = "Drag, or use the arrow keys: one shot gains what the other loses";
}

/**
 * @param {PointerEvent & { currentTarget: HTMLElement }} event
 * @param {number} key
 * @param {{ list: HTMLElement, scale: number }} bar
 * @param {Acts} acts
 */
function hold(event, key, { list, scale }, acts) {
  const edge = event.currentTarget;
  if (event.button) return;
  event.preventDefault();
  edge.focus({ preventScroll: true });
  edge.setPointerCapture(event.pointerId);
  const second = list.clientWidth / scale;
  const from = event.clientX;
  const drag = acts.drag(key);
  const move = (/** @type {PointerEvent} */ to) => drag(Math.round((to.clientX - from) / second));
  const end = () => {
    edge.removeEventListener("pointermove", move);
    acts.drop();
  };
  edge.addEventListener("pointermove", move);
  edge.addEventListener("lostpointercapture", end, { once: true });
}
