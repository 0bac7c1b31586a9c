// What a person can do with a job or a file, the same buttons wherever it is shown.

import { address, api, fresh, h, icon, reason, toast } from "./dom.js";
import { candidates } from "./adopt.js";
import { twice } from "./money.js";
import { catalogue, connection, put } from "./store.js";
import { FREE, isBad, isOpen } from "./words.js";

/** Go to a tab: image, video, multishot, library or settings. */
export function openTab(name) {
  if (document.body.dataset.tab === name) return;
  const tab = document.getElementById(`tab-${name}-button`) ?? document.querySelector(`[role=tab][aria-controls="tab-${name}"]`);
  tab?.click();
}

/** Show a job on its tab's stage. */
export function showOnStage(job) {
  openTab(job.kind);
  const tell = () => window.dispatchEvent(new CustomEvent("studio:show", { detail: { kind: job.kind, id: job.id } }));
  tell();
  setTimeout(tell, 250); // A tab that was never open mounts its stage only now.
}

// What fills a form leaves the detail view, which lies over it.
const leaveViewer = () => document.querySelector("dialog.viewer[open]")?.close();

/** Fill the form with the settings of a job. */
export async function useSettings(job) {
  const form = await import("./form.js");
  leaveViewer();
  form.fill(job.kind, { model: job.model, prompt: job.prompt, options: { ...job.options }, shots: job.shots, media: job.media });
}

/** Send one command about a job; the answer goes into the store. Returns the answer. */
export async function command(job, verb, body) {
  const answer = await api("POST", `jobs/${encodeURIComponent(job.id)}/${verb}`, body);
  if (answer.ok) put(answer.data);
  else toast(reason(answer));
  return answer;
}

// For so long after a job was made again, another press on the same card is a double click.
const REST = 1500;
const presses = new Map(); // job id -> {name, answer}

/** Make the same request again as a new job. A press has one name until it was answered, so that it stays one job. */
export function retry(job) {
  const press = presses.get(job.id) ?? { name: fresh(), answer: null };
  presses.set(job.id, press);
  press.answer ??= again(job, press);
  return press.answer;
}

async function again(job, press) {
  const answer = await command(job, "retry", { client_request_id: press.name });
  if (!answer.ok) press.answer = null;
  else {
    toast("Sent again as a new job.");
    setTimeout(() => presses.delete(job.id), REST);
  }
  return answer;
}

/** The honest line about what cancelling does. */
export function cancelNote(job) {
  if (job.sandbox) return FREE;
  if (job.state === "waiting") return "Nothing was sent yet: cancelling costs nothing.";
  const note = connection(job.vendor)?.cancel_note || "The vendor may still finish the task and charge for it.";
  return note.replace(/^Cancelled here[.] /, ""); // It is not, yet.
}

/** Cancel: at once while nothing was sent, else after a question asked in `host`. */
export function cancel(job, host) {
  const call = () => command(job, "cancel");
  return job.state === "waiting" ? call() : ask(host, `Cancel this job? ${cancelNote(job)}`, "Cancel the job", call);
}

/** The button for that, or nothing where it is too late. */
export function cancelButton(job, host) {
  return isOpen(job) && job.state !== "saving" && act("Cancel", () => cancel(job, host), { title: cancelNote(job) });
}

const takes = (kind, field) => catalogue.some((row) => row.kind === kind && row.rules[field]?.rule === "slot");

async function attach(kind, field, artifact) {
  const form = await import("./form.js");
  leaveViewer();
  form.attach(kind, field, artifact);
}

/** Buttons for one finished file of a job; `rare` adds those that are seldom wanted. */
export function fileActions(job, artifact, { rare } = {}) {
  const buttons = rare && ended(job) ? [] : [settingsButton(job)]; // What has failed offers to edit and retry.
  if (artifact?.kind === "image") {
    if (takes("image", "references")) buttons.push(act("Use as reference", () => attach("image", "references", artifact)));
    if (takes("video", "start_frame")) buttons.push(act("Start frame", () => attach("video", "start_frame", artifact), { title: "Start a video with this picture" }));
  }
  if (artifact?.kind === "video") {
    if (takes("video", "start_frame")) buttons.push(act("Last frame → start", (event) => lastFrame(event.currentTarget, artifact), { title: "Start the next video where this one ends" }));
    if (rare && takes("video", "driving_video")) buttons.push(act("Driving video", () => attach("video", "driving_video", artifact), { title: "Move a person as in this video" }));
  }
  if (artifact) buttons.push(download(artifact));
  return buttons;
}

export const settingsButton = (job) => act("Use settings", () => useSettings(job), { title: "Fill the form with this job's settings" });

/** The mark on the stage of what the sandbox made. The picture itself carries the word. */
export const sandboxCorner = () => h("span", { class: "corner", role: "img", "aria-label": "Sandbox", title: "Made by the sandbox: a test card, no credits spent" });

/** Whether it came to an end without what was asked; an unclear job has not ended. */
export const ended = (job) => isBad(job) || job.state === "cancelled";

export function act(text, onclick, props = {}) {
  return h("button", { type: "button", class: "act", onclick, ...props }, text);
}

function download(artifact) {
  return h("a", { class: "act", href: `${address(artifact.url)}?download=1`, download: true }, icon("download"), "Download");
}

// The clip's last picture, taken by the browser at full size and kept as a reference.
async function lastFrame(button, artifact) {
  button.disabled = true;
  try {
    const blob = await frameAt(address(artifact.url), artifact.seconds);
    const answer = await api("POST", "media?name=last-frame.png", blob);
    if (answer.ok) await attach("video", "start_frame", answer.data);
    else toast(reason(answer));
  } catch {
    toast("This browser cannot read the clip. Download it and take the frame with another program.");
  } finally {
    button.disabled = false;
  }
}

async function frameAt(url, seconds) {
  const video = h("video", { muted: true, preload: "auto", playsinline: true });
  const once = (name) => new Promise((go, stop) => {
    video.addEventListener(name, go, { once: true });
    video.addEventListener("error", stop, { once: true });
    setTimeout(stop, 20000);
  });
  const ready = once("loadeddata");
  video.src = url;
  await ready;
  const sought = once("seeked");
  video.currentTime = Math.max(0, (video.duration || seconds || 0) - 0.001);
  await sought;
  const canvas = h("canvas", { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  const blob = await new Promise((go) => canvas.toBlob(go, "image/png"));
  video.removeAttribute("src");
  video.load();
  if (!blob) throw new Error("no frame");
  return blob;
}

/** Buttons for what went wrong, or is still open. `host` is where a question may be asked in place. */
export function jobActions(job, host, { details } = {}) {
  const props = { title: "Send the same request as a new job", "aria-label": "Try again as new" };
  const again = (text) => act(text, (event) => working(event.currentTarget, () => retry(job)), props);
  const look = details ? [act("Details", details)] : [];
  if (job.state === "unsure") return unsureActions(job, host, look);
  if (ended(job)) {
    const check = job.state === "expired" && act("Check again", (event) => working(event.currentTarget, () => command(job, "look")));
    return [check, act("Edit and retry", () => useSettings(job)), again(details ? "Try again" : "Try again as new"), ...look].filter(Boolean);
  }
  return look;
}

function unsureActions(job, host, look) {
  return [
    act("Check again", (event) => working(event.currentTarget, () => command(job, "look"))),
    act("Adopt a task id", () => askForTask(job, host)),
    act("Try again", () => ask(host, `The first attempt may have been accepted: this may be ${job.sandbox ? "made" : "charged"} twice. ${twice(job)}`, "Try again all the same", () => retry(job))),
    act("Discard", () => ask(host, `The vendor may still finish it${job.sandbox ? `; the studio stops looking. ${FREE}` : " and charge for it; the studio stops looking."}`, "Discard it", () => command(job, "discard"))),
    ...look,
  ];
}

async function working(button, call) {
  button.disabled = true;
  await call();
  button.disabled = false;
}

/** Ask in place before something that cannot be taken back. */
export function ask(host, text, yes, call) {
  const close = () => host.replaceChildren();
  const sure = act(yes, async () => {
    await working(sure, call);
    close();
  });
  sure.classList.add("sure");
  host.replaceChildren(h("div", { class: "ask", role: "group", "aria-label": text }, h("p", {}, text), h("div", { class: "fix" }, sure, act("Keep it as it is", close))));
  sure.focus();
}

function askForTask(job, host) {
  const field = h("input", { type: "text", class: "field", name: "task", "aria-label": "Task id at the vendor", placeholder: "Task id at the vendor", autocomplete: "off", spellcheck: "false" });
  const adopt = async (task) => {
    const answer = await command(job, "adopt", { task });
    if (answer.ok) host.replaceChildren();
  };
  const offered = h("div", { class: "offered" });
  const line = h("form", { class: "ask" }, field, offered, h("div", { class: "fix" }, h("button", { type: "submit", class: "act sure" }, "Adopt"), act("Never mind", () => host.replaceChildren())));
  line.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!field.value.trim()) return field.focus();
    await adopt(field.value.trim());
  });
  host.replaceChildren(line);
  field.focus();
  candidates(job, adopt).then((found) => found && offered.replaceChildren(h("p", {}, "Or one of these, which no job here holds:"), found));
}

/** Put a text on the clipboard, or say how to take it by hand where the browser forbids that. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied.");
  } catch {
    toast(`Copying is not allowed here. Copy by hand: ${text}`);
  }
}
