// A clip with its poster, and for a multishot the marks of its shots: a press jumps there.

import { address } from "./calls.js";
import { h } from "./dom.js";
import { clock, ratio } from "./numbers.js";
import { title } from "./words.js";

/**
 * Pause every clip of the page but this one.
 * @param {EventTarget | null} [but]
 */
export function hush(but) {
  for (const video of document.querySelectorAll("video")) if (video !== but && !video.paused) video.pause();
}

// One sound at a time, wherever it comes from.
document.addEventListener("play", (event) => hush(event.target), true);

/**
 * Whether somebody is in the middle of a clip, be it paused.
 * @param {HTMLVideoElement | null} video
 */
export const isWatched = (video) => Boolean(video && !video.ended && (video.currentTime > 0 || !video.paused));

/**
 * The player of one clip. `autoplay` is never set: a page full of sound helps nobody.
 * @param {Job} job
 * @param {Artifact} file
 */
export function player(job, file) {
  const video = h("video", {
    controls: true,
    "aria-label": `Video: ${title(job)}`,
    preload: "metadata",
    playsinline: true,
    poster: address(`${file.url}/poster`),
    width: file.width || null,
    height: file.height || null,
    src: address(file.url),
  });
  const marks = job.shots?.length > 1 ? shotBar(job, file, video) : null;
  return h("div", { class: "player", style: { "--shape": ratio(file) } }, video, marks);
}

/**
 * @param {Job} job
 * @param {Artifact} file
 * @param {HTMLVideoElement} video
 */
function shotBar(job, file, video) {
  const asked = job.shots.reduce((sum, shot) => sum + Number(shot.seconds), 0);
  const scale = file.seconds && asked ? file.seconds / asked : 1;
  let from = 0;
  const parts = job.shots.map((shot, place) => {
    const begin = from;
    from += Number(shot.seconds) * scale;
    const button = h(
      "button",
      {
        type: "button",
        class: "mark-shot",
        style: { flexGrow: String(shot.seconds) },
        title: shot.prompt,
        onclick: () => jump(video, begin),
      },
      h("span", { class: "unseen" }, "Shot "),
      h("b", {}, String(place + 1)),
      h("span", {}, `${shot.seconds} s`),
      h("span", { class: "unseen" }, `, ${clock(begin)} to ${clock(from)}`),
    );
    return { button, begin, end: from };
  });
  const follow = () => {
    for (const part of parts)
      part.button.classList.toggle("on", video.currentTime >= part.begin - 0.01 && video.currentTime < part.end - 0.01);
  };
  video.addEventListener("timeupdate", follow);
  video.addEventListener("seeked", follow);
  return h(
    "div",
    { class: "marks", role: "group", "aria-label": "Shots" },
    parts.map((part) => part.button),
  );
}

/**
 * @param {HTMLVideoElement} video
 * @param {number} seconds
 */
function jump(video, seconds) {
  video.currentTime = seconds + 0.001;
  if (video.paused && video.readyState === 0) video.load();
}
