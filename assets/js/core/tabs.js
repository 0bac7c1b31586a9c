// The tabs of the page, and the detail view that lies over them.

/**
 * Go to a tab: image, video, multishot, library or settings.
 * @param {string} name
 */
export function openTab(name) {
  if (document.body.dataset.tab === name) return;
  const tab =
    document.getElementById(`tab-${name}-button`) ?? document.querySelector(`[role=tab][aria-controls="tab-${name}"]`);
  tab?.click();
}

/** What fills a form leaves the detail view, which lies over it. */
export const leaveViewer = () => viewer()?.close();
const viewer = () => /** @type {HTMLDialogElement | null} */ (document.querySelector("dialog.viewer[open]"));
