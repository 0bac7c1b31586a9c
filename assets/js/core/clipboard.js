// Text for other programs.

import { toast } from "./dom.js";

/**
 * Put a text on the clipboard, or say how to take it by hand where the browser forbids that.
 * @param {string} text
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied.");
  } catch {
    toast(`The browser blocked copying. Copy this yourself: ${text}`);
  }
}
