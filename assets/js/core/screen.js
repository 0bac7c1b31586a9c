// What the page asks of the screen in several places.

/** A phone, upright or on its side, or a window as small: the same measures as in the stylesheets. */
export const narrow = matchMedia("(max-width: 700px), (max-width: 960px) and (max-height: 440px)");

const still = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * How something comes into view: moving, unless that is not wanted.
 * @returns {ScrollBehavior}
 */
export const motion = () => (still.matches ? "auto" : "smooth");
