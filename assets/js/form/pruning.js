// The forms let go of files that the studio no longer has: it may have come back with another data folder.

import { address } from "../core/calls.js";
import { session } from "../core/person.js";
import { KINDS } from "./asked.js";
import * as form from "./form.js";
import { refuse, tray } from "./trays.js";

const GONE = "This file is not in the data folder that is open now.";

/** Begin to look whenever all jobs were forgotten. */
export const listen = () =>
  window.addEventListener("studio:forgotten", () => session.over || KINDS.forEach((kind) => prune(kind)));

/** @param {Kind} kind */
async function prune(kind) {
  const files = Object.values(form.current(kind)?.media ?? {}).flat();
  const aside = Object.values(form.current(kind)?.parked ?? {}).flat();
  const lost = await Promise.all([...files, ...aside].map(async (file) => ((await isLost(file.id)) ? file : null)));
  const gone = lost.filter((file) => file !== null);
  if (!gone.length) return;
  // The form may have been filled anew meanwhile.
  const { media, parked } = form.current(kind);
  const ids = new Set(gone.map(({ id }) => id));
  tray(kind).refused.clear();
  for (const { name } of gone) refuse(kind, GONE, name ?? "");
  form.write(kind, { media: without(media, ids), parked: without(parked, ids) });
}

/** @param {string} id */
async function isLost(id) {
  const answer = await fetch(address(`media/${id}`), { method: "HEAD", credentials: "same-origin" }).catch(() => null);
  return answer?.status === 404;
}

/**
 * @param {Record<string, Handed[]>} lists
 * @param {Set<string>} ids
 */
const without = (lists, ids) =>
  Object.fromEntries(Object.entries(lists).map(([field, list]) => [field, list.filter(({ id }) => !ids.has(id))]));
