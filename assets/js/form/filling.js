// A form takes on how something was made before.

import { leaveViewer } from "../core/tabs.js";
import { fill } from "./form.js";

/**
 * Fill the form with the settings of a job.
 * @param {Pick<Recipe, "kind" | "model" | "prompt" | "options" | "shots"> & Pick<Filling, "media">} job
 */
export function useSettings(job) {
  leaveViewer();
  fill(job.kind, {
    model: job.model,
    prompt: job.prompt,
    options: { ...job.options },
    shots: job.shots,
    media: job.media,
  });
}
