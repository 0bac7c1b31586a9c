// What a person can do with a job or a file, the same buttons wherever it is shown.

import { address, api, reason } from "../core/calls.js";
import { h, toast } from "../core/dom.js";
import { act } from "../core/buttons.js";
import { working } from "../core/focus.js";
import { icon } from "../core/icons.js";
import { isSeen } from "../core/layers.js";
import { leaveViewer, openTab } from "../core/tabs.js";
import { claim } from "../form/claims.js";
import * as form from "../form/form.js";
import { useSettings } from "../form/filling.js";
import { missingButton } from "./missing.js";
import { catalogue, put, spec } from "../core/store.js";
import { isBad, unshown } from "../core/words.js";

/**
 * Show a job on its tab's stage.
 * @param {Job} job
 */
export function showOnStage(job) {
  openTab(job.kind);
  const tell = () => window.dispatchEvent(new CustomEvent("studio:show", { detail: { kind: job.kind, id: job.id } }));
  tell();
  setTimeout(tell, 250); // A tab that was never open mounts its stage only now.
}

/**
 * Send one command about a job; the answer goes into the store. Returns the answer.
 * @param {Job} job
 * @param {string} verb
 * @param {object} [body]
 * @returns {Promise<Answer<Job>>}
 */
export async function command(job, verb, body) {
  /** @type {Answer<Job>} */
  const answer = await api("POST", `jobs/${encodeURIComponent(job.id)}/${verb}`, body);
  if (answer.ok) put(answer.data);
  else toast(reason(answer));
  return answer;
}

/**
 * @param {Kind} kind
 * @param {string} field
 */
const takes = (kind, field) => catalogue.some((row) => row.kind === kind && row.rules[field]?.rule === "slot");

/**
 * @param {Kind} kind
 * @param {string} field
 * @param {Handed} artifact
 * @param {HTMLElement} [button] where it took a while: whoever is no longer there is not fetched back
 */
function attach(kind, field, artifact, button) {
  if (button && !isSeen(button)) {
    form.put(kind, field, artifact);
    return toast("The last frame is now the start frame on the Video tab.");
  }
  leaveViewer();
  form.attach(kind, field, artifact);
}

/**
 * Buttons for one finished file of a job; `rare` adds those that are seldom wanted.
 * @param {Job} job
 * @param {Artifact} artifact
 * @param {{ rare?: boolean }} [also]
 */
export function fileActions(job, artifact, { rare } = {}) {
  /** @type {HTMLElement[]} */
  const buttons = rare && ended(job) ? [] : settingsButton(job); // What has failed offers to edit and retry.
  const usable = artifact && !unshown(artifact);
  if (usable && artifact.kind === "image") {
    if (takes("image", "references"))
      buttons.push(act("Use as reference", () => attach("image", "references", artifact)));
    if (takes("video", "start_frame"))
      buttons.push(
        act("Use as start frame", () => attach("video", "start_frame", artifact), {
          title: "Start a video from this image",
        }),
      );
  }
  if (usable && artifact.kind === "video") {
    if (takes("video", "start_frame"))
      buttons.push(
        act("Use last frame as start frame", (event) => lastFrame(event.currentTarget, artifact), {
          title: "Start the next video where this one ends",
        }),
      );
    if (rare && takes("video", "driving_video"))
      buttons.push(
        act("Use as driving video", () => attach("video", "driving_video", artifact), {
          title: "Animate a character with the motion of this video",
        }),
      );
  }
  if (artifact) buttons.push(download(artifact));
  return [...missingButton(job), ...buttons];
}

/**
 * Whether the form can be filled with what this job was asked: not for what was made elsewhere and only taken in.
 * @param {{ model: string }} job
 */
export const canRepeat = (job) => Boolean(spec(job.model));

/**
 * The button that fills the form, in a list: empty where there is nothing to fill it with.
 * @param {Job} job
 */
export const settingsButton = (job) =>
  canRepeat(job)
    ? [act("Reuse settings", () => useSettings(job), { title: "Fill the form with this job's settings" })]
    : [];

/** The mark on the stage of what the sandbox made. The picture itself carries the word. */
export const sandboxCorner = () =>
  h("span", {
    class: "corner",
    role: "img",
    "aria-label": "Sandbox",
    title: "Test card from the sandbox. No credits spent",
  });

/**
 * Whether it came to an end without what was asked; an unclear job has not ended.
 * @param {Job} job
 */
export const ended = (job) => isBad(job) || job.state === "cancelled";

/** @param {Artifact} artifact */
function download(artifact) {
  return h(
    "a",
    {
      class: "act",
      href: `${address(artifact.url)}?download=1`,
      download: true,
      title: unshown(artifact) ? "Save the file as the service sent it" : "Save a copy that includes its settings",
    },
    icon("download"),
    "Download",
  );
}

/**
 * The file as the vendor sent it, which is seldom wanted: a link beside what is said about the file.
 * @param {Artifact} artifact
 */
export const original = (artifact) =>
  h(
    "a",
    {
      class: "plain-link",
      href: `${address(artifact.url)}?download=original`,
      download: true,
      title: "Save the file exactly as the service sent it, without settings",
    },
    "Original file",
  );

// The clip's last picture, taken by the browser at full size and kept as a reference.
/**
 * @param {HTMLElement} button
 * @param {Artifact} artifact
 */
async function lastFrame(button, artifact) {
  await working(button, async () => {
    const mine = claim("video");
    try {
      const blob = await frameAt(address(artifact.url), artifact.seconds);
      /** @type {Answer<Artifact>} */
      const answer = await api("POST", "media?name=last-frame.png", blob);
      if (!answer.ok) toast(reason(answer));
      else if (!mine("start_frame"))
        toast("The last frame wasn't used because another start frame was chosen in the meantime.");
      else attach("video", "start_frame", answer.data, button);
    } catch {
      toast("This browser can't read the video. Download it and extract the frame with another program.");
    }
  });
}

/**
 * @param {string} url
 * @param {number | null} seconds
 */
async function frameAt(url, seconds) {
  const video = h("video", { muted: true, preload: "auto", playsinline: true });
  const once = (/** @type {string} */ name) =>
    new Promise((go, stop) => {
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
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  /** @type {Blob | null} */
  const blob = await new Promise((go) => canvas.toBlob(go, "image/png"));
  video.removeAttribute("src");
  video.load();
  if (!blob) throw new Error("no frame");
  return blob;
}
