// Calls to the studio.

import { claim, signedOut } from "./person.js";
import { learnSkew } from "./time.js";

/**
 * A path of the studio as an address, wherever the page is mounted.
 * @param {string} path
 */
export const address = (path) => new URL(path.replace(/^\//, ""), document.baseURI).href;

// A question can simply be asked again. What was to be done may have been done, though its answer was lost.
const SILENT = "The studio isn't responding. Check that it is running.";
const LOST = "No response. Try again; nothing is ever done or charged twice.";
const LOST_FILE = "No response. Upload the file again.";

/**
 * One call to the studio. Never throws, and a failure has data.problems. Whoever asks names the record that answers.
 * @template [T=unknown]
 * @param {"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} method
 * @param {string} path
 * @param {object} [body] sent as JSON; a file or bytes as they are
 * @param {AbortSignal} [signal] ends the waiting
 * @returns {Promise<Answer<T>>}
 */
export async function api(method, path, body, signal) {
  const raw = body instanceof Blob || body instanceof ArrayBuffer;
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json", ...claim };
  if (method !== "GET" && !raw) headers["Content-Type"] = "application/json";
  const lost = () => {
    const message = method === "GET" ? SILENT : raw ? LOST_FILE : LOST;
    window.dispatchEvent(new CustomEvent("studio:silent"));
    return refused(0, { field: "", message, soft: false, silent: true });
  };
  let response;
  try {
    response = await fetch(address(path), {
      method,
      headers,
      credentials: "same-origin",
      signal,
      body: method === "GET" ? undefined : raw ? body : JSON.stringify(body ?? {}),
    });
  } catch {
    return lost();
  }
  learnSkew(response.headers.get("Date"));
  if (response.status === 401) signedOut();
  let data = null;
  try {
    if (response.status !== 204) data = await response.json();
  } catch {
    // A server that goes away in the middle of an answer has not answered.
    if (response.ok) return lost();
  }
  if (response.status === 201) tellMade(data);
  if (response.ok) return { ok: true, status: response.status, data };
  if (Array.isArray(data?.problems)) return { ok: false, status: response.status, data };
  const message = `The studio returned error ${response.status} without a reason. Try again.`;
  return refused(response.status, { field: "", message, soft: false });
}

/**
 * What was made at a press in this window is told before whoever asked for it goes on.
 * @param {{ jobs?: Job[] } & Partial<Job> | null} data
 */
function tellMade(data) {
  const ids = [data?.state && data.id, ...(data?.jobs ?? []).map((job) => job.id)].filter(Boolean);
  window.dispatchEvent(new CustomEvent("studio:made", { detail: ids }));
}

/**
 * @param {number} status
 * @param {Problem} problem
 * @returns {Refused}
 */
const refused = (status, problem) => ({ ok: false, status, data: { problems: [problem] } });

/**
 * A name for one press, under which it may be sent again; randomUUID exists only on secure pages, and a LAN address is
 * none.
 */
export const fresh = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * Text as part of an address. Half a character has no place there.
 * @param {string} text
 */
export const queried = (text) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));

/**
 * All problems of a failed call in one line.
 * @param {Answer<unknown>} answer
 */
export const reason = (answer) => (answer.ok ? "" : answer.data.problems.map((problem) => problem.message).join(" "));
