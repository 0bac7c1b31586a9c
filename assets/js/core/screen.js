// What the page asks of the screen in several places.

/** A phone, or a window as narrow: the same width as in the stylesheets. */
export const narrow = matchMedia("(max-width: 700px)");

const still = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * How something comes into view: moving, unless that is not wanted.
 * @returns {ScrollBehavior}
 */
export const motion = () => (still.matches ? "auto" : "smooth");
