// A form takes on how something was made before.

import { leaveViewer } from "../core/tabs.js";
import { fill } from "./form.js";

/**
 * Shots as they were written down, whatever became of the saved plan since.
 * @param {{ shots: Shot[], plan?: Job["plan"] }} job
 * @returns {Partial<Filling>}
 */
function written({ shots, plan }) {
  if (!plan || plan.prompts.length !== shots.length) return { shots };
  const { id, name, revision, style, cast, prompts } = plan;
  const opened = id ? { id, name, revision, template: false, kept: "" } : null;
  return { style, cast, opened, shots: shots.map((one, index) => ({ ...one, prompt: prompts[index] })) };
}

/**
 * Fill the form with the settings of a job.
 * @param {Pick<Recipe, "kind" | "model" | "prompt" | "options" | "shots"> & Pick<Filling, "media"> &
 *   Partial<Pick<Job, "plan">>} job
 */
export function useSettings(job) {
  leaveViewer();
  fill(job.kind, {
    model: job.model,
    prompt: job.prompt,
    options: { ...job.options },
    media: job.media,
    ...written(job),
  });
}
