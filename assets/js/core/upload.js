// One file on its way to the studio.

import { address, queried } from "./calls.js";
import { claim, signedOut } from "./person.js";

/**
 * @typedef {object} Sent what became of a file
 * @property {Handed} [artifact]
 * @property {Recipe} [settings]
 * @property {string} [refused] why not
 * @property {boolean} [bare] it was read, and tells nothing
 */

/**
 * Send a file. `moved(part)` follows it from 0 to 1; resolves to {artifact} or {refused: sentence}.
 * With `look` it may tell how it was made, and resolves to {settings} if it does: "first", else it is kept;
 * "settings", else refused.
 * @param {File} file
 * @param {(part: number) => void} moved
 * @param {"" | "first" | "settings"} [look]
 * @param {AbortSignal} [stopped] nobody waits for it any more
 * @returns {Promise<Sent>}
 */
export async function upload(file, moved, look = "", stopped) {
  // XMLHttpRequest, because fetch does not tell how much of a file has gone out.
  const call = new XMLHttpRequest();
  const name = `name=${queried(file.name || "pasted.png")}`;
  call.open("POST", address(look === "settings" ? "media/settings" : `media?${name}${look && `&settings=${look}`}`));
  call.responseType = "json";
  for (const [name, value] of Object.entries(claim)) call.setRequestHeader(name, value);
  call.upload.addEventListener("progress", (event) => moved(event.lengthComputable ? event.loaded / event.total : 0));
  stopped?.addEventListener("abort", () => call.abort());
  await new Promise((done) => {
    call.addEventListener("loadend", done);
    call.send(file);
  });
  const unread = !call.status && !stopped?.aborted && !(await isReadable(file));
  return unread ? { refused: UNREAD } : outcome(call);
}

const UNREAD = "This file can no longer be read. Choose it again, or upload the files of a folder one by one.";

// A folder, or a file that was moved or changed since it was chosen.
/** @param {File} file */
const isReadable = (file) =>
  file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );

/**
 * @param {XMLHttpRequest} call
 * @returns {Sent}
 */
function outcome(call) {
  /** @type {Artifact | import("../types").SettingsFoundView | import("../types").ProblemsView | null} */
  const answer = call.response;
  if (call.status === 200 && answer && "settings" in answer) return { settings: answer.settings };
  return call.status === 201 && answer && "id" in answer
    ? { artifact: answer }
    : { refused: refusal(call), bare: call.status === 422 };
}

/** @param {XMLHttpRequest} call */
function refusal(call) {
  if (call.status === 401) signedOut();
  /** @type {Partial<import("../types").ProblemsView> | null} */
  const answer = call.response;
  const told = (answer?.problems ?? []).map((problem) => problem.message).join(" ");
  if (told) return told;
  return call.status === 413
    ? "This file is too large for the studio."
    : "The studio isn't responding, so nothing was uploaded. Try again.";
}
