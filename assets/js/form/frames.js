// The frames of a form beside its ratio: what of an image would be cut off, and the ratio that cuts off less.

import { beyond, cut, cutting, fitted, nearest, shrunk } from "../core/files.js";
import { given } from "./asked.js";
import { fits, isGiven, slot } from "../core/rules.js";

/** @type {Map<string, [width: number, height: number]>} */
const seen = new Map(); // artifact id -> size of its thumbnail, where nothing more is known of the file

/**
 * Width and height of a file, or of a smaller one of the same shape.
 * @param {Handed | undefined} artifact
 * @returns {[width: number, height: number] | undefined}
 */
const sizeOf = (artifact) =>
  artifact?.width && artifact.height ? [artifact.width, artifact.height] : artifact && seen.get(artifact.id);

/**
 * Note the shape of a file by its thumbnail. Tells whether that is news.
 * @param {Handed} artifact
 * @param {HTMLImageElement} image
 */
export function learn(artifact, { naturalWidth, naturalHeight }) {
  if (!naturalWidth || !naturalHeight || sizeOf(artifact)) return false;
  seen.set(artifact.id, [naturalWidth, naturalHeight]);
  return true;
}

/**
 * How much of a frame is cut off by the ratio of its form, and whether at its left and right.
 * @param {FormState} state
 * @param {string} field
 */
export function cutOff(state, field) {
  const size = sizeOf(state.media[field]?.[0]);
  if (!size || !isFrame(state.rules, field) || !cutting(state.rules, given(state))) return null;
  const found = cut(...size, state.options.ratio);
  return found && { ...found, shape: size[0] / size[1] };
}

/**
 * @param {Rules} rules
 * @param {string} field
 */
function isFrame(rules, field) {
  const rule = slot(rules, field);
  return (field === "start_frame" || field === "end_frame") && Boolean(rule) && !rule?.uncut;
}

/**
 * The ratio that cuts off less of the start frame; nothing where none does.
 * @param {FormState} state
 */
export function better(state) {
  const size = sizeOf(state.media.start_frame?.[0]);
  const rule = cutting(state.rules, given(state));
  if (!size || !rule || !cutOff(state, "start_frame")) return null;
  const best = nearest(...size, rule.options);
  return best === state.options.ratio ? null : best;
}

/**
 * The ratio of a form: what a person chose, else that of the start frame.
 * @param {FormState} state
 */
export function suited(state) {
  const { ratio } = state.rules;
  if (ratio?.rule !== "choice" || (isGiven(state.wish.ratio) && fits(ratio, state.wish.ratio)))
    return state.options.ratio;
  const size = sizeOf(state.media.start_frame?.[0]);
  const rule = cutting(state.rules, given(state));
  return (rule && size && isFrame(state.rules, "start_frame") ? fitted(rule, ...size) : ratio.default) ?? undefined;
}

/**
 * Whether a file is none that its field takes, as far as the page knows it.
 * @param {FormState} state
 * @param {string} field
 * @param {Handed} artifact
 */
export function isUnfit(state, field, artifact) {
  const rule = slot(state.rules, field);
  if (!rule || !artifact.width || !artifact.height) return false;
  const [width, height] = shrunk(artifact.width, artifact.height, rule.takes);
  const { kind, media_type = "", seconds, rate } = artifact;
  // How many bytes of an image leave is known to the studio alone.
  const bytes = kind === "video" ? artifact.bytes : null;
  const broken = beyond(rule.takes, { kind, media_type, width, height, bytes, seconds, rate });
  return broken.some((limit) => limit !== "made" && !rule.takes.soft.includes(limit));
}
