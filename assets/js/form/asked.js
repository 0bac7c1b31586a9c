// What is asked for in one form: how it begins, what a draft gives back, and the request that it stands for.

import { isGiven, isOption, slot } from "../core/rules.js";
import { isObject } from "../core/storage.js";
import { shot } from "./edits.js";
import { finals } from "./fit.js";
import { ALL, firstOffered, home } from "./offers.js";
import { connection, indefinite, label, spec } from "../core/store.js";

/** @type {Kind[]} */
export const KINDS = ["image", "video", "multishot"];
/** Fields that hold one file, and all that hold files. */
export const SINGLE = ["start_frame", "end_frame", "driving_video"];
export const SLOTS = ["start_frame", "end_frame", "references", "driving_video"];

/** @type {("style" | "cast")[]} */
const LINES = ["style", "cast"];

/**
 * A form as it begins.
 * @param {Kind} kind
 * @returns {FormState}
 */
export function fresh(kind) {
  const first = home(kind);
  const seconds = first?.rules.shots?.seconds.default ?? 5;
  return {
    kind,
    vendor: first?.vendor ?? "",
    offeredBy: firstOffered(kind),
    able: [],
    model: first?.id ?? "",
    prompt: "",
    options: {},
    wish: {},
    media: {},
    parked: {},
    style: "",
    cast: "",
    // A model that cuts by itself may stand first: the next one begins with cards all the same.
    shots: kind === "multishot" ? Array.from({ length: first?.rules.shots?.least ?? 3 }, () => shot("", seconds)) : [],
    opened: null,
    slots: [],
    notice: "",
    undo: null,
    pressed: false,
    touched: {},
    rules: {},
  };
}

/** @param {unknown} held */
const fields = (held) => (isObject(held) ? held : {});

/**
 * Take in what a draft holds, as far as it can be read.
 * @param {FormState} state
 * @param {unknown} draft
 */
export function recall(state, draft) {
  const held = fields(draft);
  const model = typeof held.model === "string" ? spec(held.model) : undefined;
  if (model?.kind === state.kind) Object.assign(state, { model: model.id, vendor: model.vendor });
  if (typeof held.shelf === "string") state.offeredBy = held.shelf === ALL ? ALL : state.vendor;
  if (typeof held.prompt === "string") state.prompt = held.prompt;
  if (isObject(held.wish)) state.wish = /** @type {Options} */ ({ ...held.wish });
  for (const field of SLOTS) {
    const [list, aside] = [fields(held.media)[field], fields(held.parked)[field]];
    if (Array.isArray(list)) state.media[field] = list.filter(isFile);
    if (Array.isArray(aside)) state.parked[field] = aside.filter(isFile);
  }
  if (isList(held.many)) state.many = listed(held.many);
  for (const line of LINES) if (typeof held[line] === "string") state[line] = held[line];
  if (isOpened(held.opened)) state.opened = held.opened;
  if (Array.isArray(held.slots)) state.slots = held.slots.filter((name) => typeof name === "string");
  const kept = Array.isArray(held.shots) ? held.shots.filter(isShot) : [];
  if (kept.length) state.shots = kept.map((one) => shot(one.prompt, one.seconds ?? null));
}

/**
 * @param {unknown} held
 * @returns {held is Handed}
 */
const isFile = (held) => typeof fields(held).id === "string";
/**
 * @param {unknown} held
 * @returns {held is Pick<Shot, "prompt"> & Partial<Shot>}
 */
const isShot = (held) => typeof fields(held).prompt === "string";
/**
 * @param {unknown} held
 * @returns {held is OpenedPlan}
 */
const isOpened = (held) => typeof fields(held).id === "string" && typeof fields(held).revision === "number";
/**
 * @param {unknown} held
 * @returns {held is Pick<ManyList, "text"> & Partial<ManyList>}
 */
const isList = (held) => typeof fields(held).text === "string";

/**
 * @param {Pick<ManyList, "text"> & Partial<ManyList>} held
 * @returns {ManyList}
 */
const listed = (held) => ({
  takes: 1,
  press: "",
  last: "",
  ...held,
  more: [held.more ?? []].flat(),
  changes: { ...held.changes },
});

/**
 * What a draft keeps of a form.
 * @param {FormState} state
 */
export function drafted(state) {
  const { model, offeredBy, prompt, wish, media, parked, many, style, cast, opened, slots } = state;
  const shots = state.shots.map(plain);
  return { model, shelf: offeredBy, prompt, wish, media, parked, many, style, cast, opened, slots, shots };
}

/**
 * A shot as it is sent.
 * @param {Shot} shot
 */
const plain = ({ prompt, seconds }) => ({ prompt, seconds });

/** @type {("vendor" | "model" | "prompt" | "style" | "cast" | "shots" | "opened" | "slots" | "pressed")[]} */
const COPIED = ["vendor", "model", "prompt", "style", "cast", "shots", "opened", "slots", "pressed"];
/**
 * What of a form is given back once it was replaced.
 * @param {FormState} state
 * @returns {Partial<FormState>}
 */
export const copy = ({ options, wish, media, parked, touched, ...state }) => ({
  ...Object.fromEntries(COPIED.map((name) => [name, state[name]])),
  options: { ...options },
  wish: { ...wish },
  media: { ...media },
  parked: { ...parked },
  touched: { ...touched },
});

/**
 * Whether somebody has written or chosen anything.
 * @param {FormState} state
 */
export const holds = (state) =>
  isGiven(state.prompt) ||
  state.shots.some((one) => isGiven(one.prompt)) ||
  SLOTS.some((field) => isGiven(state.media[field]));

/**
 * Everything given, keyed by catalogue field.
 * @param {FormState} state
 * @returns {Given}
 */
export function given(state) {
  /** @type {Given} */
  const fields = { prompt: state.prompt, ...state.options };
  for (const field of SLOTS) {
    const ids = (state.media[field] ?? []).map((artifact) => artifact.id);
    fields[field] = SINGLE.includes(field) ? (ids[0] ?? null) : ids;
  }
  return fields;
}

/**
 * The request as it would be sent: only what the row has.
 * @param {FormState} state
 * @returns {Requested}
 */
export function requested(state) {
  /** @type {Requested} */
  const body = { kind: state.kind, model: state.model, options: {} };
  if (state.rules.prompt) body.prompt = state.prompt;
  for (const [field, rule] of Object.entries(state.rules)) {
    const value = given(state)[field];
    if (isOption(rule) && isGiven(value)) body.options[field] = value;
    if (rule.rule === "slot" && isGiven(value)) body[field] = value;
    if (rule.rule === "shots") body.shots = finals(state);
  }
  const account = accounts(state.vendor).find(({ mark }) => mark === state.wish.account);
  if (account) body.options.account = account.mark;
  return body;
}

/**
 * A multishot as it is saved: what it holds, also where its model takes only a part of it.
 * @param {FormState} state
 * @returns {import("../types").Plan}
 */
export function planOf(state) {
  const ids = (/** @type {string} */ field) => (state.media[field] ?? []).map(({ id }) => id);
  const { model, prompt, style, cast } = state;
  const options = /** @type {Record<string, Value>} */ (requested(state).options);
  const [start_frame = null] = ids("start_frame");
  return {
    model,
    prompt,
    style,
    cast,
    shots: state.shots.map(plain),
    options,
    start_frame,
    references: ids("references"),
  };
}

/**
 * How the shots of a request were written down, to be kept with its job.
 * @param {FormState} state
 */
export function written(state) {
  if (state.kind !== "multishot") return {};
  const { id = "", name = "", revision = 0 } = state.opened ?? {};
  const { style, cast, shots } = state.rules.shots ? state : { style: "", cast: "", shots: [] };
  const prompts = shots.map(({ prompt }) => prompt);
  return { plan: { id, name, revision, slots: state.slots, style, cast, prompts } };
}

/**
 * The accounts of a service's key, where there are several to choose from.
 * @param {string} vendor
 */
export const accounts = (vendor) => connection(vendor)?.accounts ?? [];

/**
 * Files of an earlier job as a form keeps them: field -> artifact, its id, or a list of them.
 * @param {Record<string, string | Handed | (string | Handed)[]>} media
 * @returns {Media}
 */
export function handed(media) {
  const list = (/** @type {string} */ field) => [media[field] ?? []].flat().map((file) => whole(field, file));
  return Object.fromEntries(SLOTS.map((field) => [field, list(field)]));
}

/**
 * @param {string} field
 * @param {string | Handed} file
 * @returns {Handed}
 */
function whole(field, file) {
  if (typeof file !== "string") return file;
  return { id: file, kind: field === "driving_video" ? "video" : "image", url: `media/${file}` };
}

/**
 * Files beyond a model's slots wait aside and come back with a model that has room for them. Tells what was put aside.
 * @param {FormState} state
 * @param {Spec} wanted
 */
export function shareSlots(state, wanted) {
  const lost = [];
  for (const field of SLOTS) {
    const all = [...(state.media[field] ?? []), ...(state.parked[field] ?? [])];
    const most = slot(wanted.rules, field)?.most ?? 0;
    const had = (state.media[field] ?? []).length;
    state.media[field] = all.slice(0, most);
    state.parked[field] = all.slice(most);
    if (had > most)
      lost.push(
        field === "references"
          ? { name: most ? `${had - most} of ${had} references` : "references", many: had - most > 1 || !most }
          : { name: indefinite(label(field).toLowerCase()), many: false },
      );
  }
  return lost;
}
