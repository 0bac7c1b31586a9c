// The small picture of a file; in its place, where there can be none, a drawing.

import { address } from "../core/calls.js";
import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { unshown } from "../core/words.js";

/**
 * A file's `thumb` or `poster`; of one that cannot be shown here nothing is asked for.
 * @param {Artifact} file
 * @param {"thumb" | "poster"} size
 * @param {Props<HTMLImageElement>} [props]
 */
export function picture(file, size, props = {}) {
  if (unshown(file)) return blank(file);
  return h("img", { src: address(`${file.url}/${size}`), decoding: "async", ...props });
}

/**
 * What stands where a file cannot be shown.
 * @param {Artifact} file
 */
export const blank = (file) =>
  h(
    "span",
    { class: "blank", title: unshown(file) },
    icon(file.kind === "video" ? "video" : "image"),
    h("span", {}, "Can't be shown here"),
  );
