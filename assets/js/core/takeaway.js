// Files that leave the studio: one by itself, several as one zip that is written while it is sent.

import { address, api, reason } from "./calls.js";
import { h, toast } from "./dom.js";
import { number, size } from "./numbers.js";

/**
 * Let the browser save what is at this path.
 * @param {string} path
 */
function save(path) {
  const link = h("a", { href: address(path), download: true, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
}

/** @param {{ files: number, bytes: number }} zip */
const told = ({ files, bytes }) => `${number(files)} ${files === 1 ? "file" : "files"}, ${size(bytes)}`;

/**
 * Prepare a zip of these jobs' files, or of all that fit a filter; the answer tells how much it is.
 * @param {object} asked
 */
export async function prepare(asked) {
  /** @type {Answer<import("../types").ParcelView>} */
  const answer = await api("POST", "archive", asked);
  if (!answer.ok) return void toast(reason(answer));
  const { url, missing } = answer.data;
  return {
    words: told(answer.data),
    missing: missing
      ? `${number(missing)} ${missing === 1 ? "file is" : "files are"} missing on disk and listed in manifest.json.`
      : "",
    save: () => save(url),
  };
}

/**
 * Save the files of these jobs: a single file as it is, several as a zip.
 * @param {Job[]} jobs
 */
export async function saveJobs(jobs) {
  const files = jobs.flatMap((job) => job.artifacts);
  if (!files.length) return toast("There are no files to download.");
  if (files.length === 1) return saveFile(files[0]);
  const zip = await prepare({ jobs: jobs.map((job) => job.id) });
  zip?.save();
  if (zip) toast(`Downloading one zip: ${zip.words}. ${zip.missing}`.trim());
}

/**
 * Save one file under its readable name.
 * @param {{ url: string }} file
 */
export const saveFile = (file) => save(`${file.url}?download=1`);
