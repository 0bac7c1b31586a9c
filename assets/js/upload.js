// @ts-nocheck
// One file on its way to the studio.

import { address } from "./calls.js";
import { claim, signedOut } from "./person.js";

/**
 * Send a file. `moved(part)` follows it from 0 to 1; resolves to {artifact} or {refused: sentence}.
 * With `look` it may tell how it was made, and resolves to {settings} if it does: "first", else it is kept; "settings", else refused.
 */
export function upload(file, moved, look = "") {
  // XMLHttpRequest, because fetch does not tell how much of a file has gone out.
  const call = new XMLHttpRequest();
  const name = `name=${encodeURIComponent(file.name || "pasted.png")}`;
  call.open("POST", address(look === "settings" ? "media/settings" : `media?${name}${look && `&settings=${look}`}`));
  call.responseType = "json";
  for (const [name, value] of Object.entries(claim)) call.setRequestHeader(name, value);
  call.upload.addEventListener("progress", (event) => moved(event.lengthComputable ? event.loaded / event.total : 0));
  return new Promise((done) => {
    call.addEventListener("loadend", () => done(outcome(call, file)));
    call.send(file);
  });
}

function outcome(call, file) {
  if (call.status === 200 && call.response?.settings) return { settings: call.response.settings };
  return call.status === 201 && call.response?.id ? { artifact: call.response } : { refused: refusal(call) };
}

function refusal(call) {
  if (call.status === 401) signedOut();
  const told = (call.response?.problems ?? []).map((problem) => problem.message).join(" ");
  if (told) return told;
  return call.status === 413
    ? "This is too large for this studio."
    : "The studio does not answer, so it did not arrive. Try again.";
}
