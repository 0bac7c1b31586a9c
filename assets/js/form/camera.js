// Words for the camera, put into the text of a shot where the cursor is. They are text and nothing else.

import { h } from "../core/dom.js";
import { menu } from "./menu.js";

const WORDS = {
  Size: ["Extreme wide shot", "Wide shot", "Medium shot", "Close-up", "Macro shot"],
  Angle: ["Eye level", "Low angle", "High angle", "From above", "Over the shoulder", "Point of view"],
  Movement: [
    "Still camera",
    "Slow push-in",
    "Slow pull-back",
    "Pan left",
    "Pan right",
    "Tilt up",
    "Tilt down",
    "Tracking shot",
    "Orbit",
    "Crane up",
    "Handheld",
  ],
  Light: ["Soft window light", "Backlight", "Golden hour", "Blue hour", "Shallow focus"],
};

/** @param {(words: string) => void} insert */
export const camera = (insert) =>
  menu(
    "video",
    "Camera words",
    Object.entries(WORDS).map(([name, words]) =>
      h(
        "div",
        { class: "menu-group", role: "group", "aria-label": name },
        h("b", {}, name),
        words.map((each) => h("button", { type: "button", onclick: () => insert(each) }, each)),
      ),
    ),
  );
