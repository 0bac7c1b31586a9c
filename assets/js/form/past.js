// What a plan was before: each change of it can be taken back, many steps of them, and made again. No page here.

const MOST = 300;

/** @typedef {{ field: string, grew: boolean, blank: boolean }} Stroke one letter that was written or taken away */

/** A memory of one plan, as `note` is told of it. */
export function past() {
  /** @type {Plan[]} */
  let before = [];
  /** @type {Plan[]} */
  let after = [];
  /** @type {Plan | null} */
  let now = null;
  /** @type {Stroke | null} */
  let last = null;
  let held = 0; // 1 from the moment at which something is held, 2 once it has moved

  /**
   * @param {Plan[]} from
   * @param {Plan[]} to
   */
  function step(from, to) {
    const plan = from.pop();
    if (!plan || !now) return null;
    to.push(now);
    last = null;
    return (now = plan);
  }

  return {
    /**
     * This is the plan now. Letters of one word are one step.
     * @param {Plan} plan
     */
    note(plan) {
      if (now && same(now, plan)) return void (now = plan);
      const stroke = now && written(now, plan);
      const goes = held === 2 || (last && stroke && goesOn(last, stroke));
      if (now && !goes) before = [...before, now].slice(-MOST);
      [now, last, after] = [plan, stroke, []];
      if (held) held = 2;
    },
    /**
     * What comes until it is let go is one step.
     * @param {boolean} holds
     */
    hold: (holds) => void (held = holds ? 1 : 0),
    /** The plan as it was one step before, or null where nothing was. */
    back: () => step(before, after),
    /** The plan as it was before the last step back. */
    again: () => step(after, before),
    /** How many steps lie before and after. */
    steps: () => ({ before: before.length, after: after.length }),
  };
}

/**
 * @param {Plan} one
 * @param {Plan} other
 */
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * @param {Stroke} last
 * @param {Stroke} stroke
 */
const goesOn = (last, stroke) =>
  last.field === stroke.field && last.grew === stroke.grew && !(last.blank && !stroke.blank);

/**
 * The texts of a plan by what they belong to.
 * @param {Plan} plan
 * @returns {[string, string][]}
 */
const texts = ({ shots, ...lines }) => [
  ...Object.entries(lines),
  ...shots.map((one) => /** @type {[string, string]} */ ([String(one.key), one.prompt])),
];

/**
 * The one letter in which two plans differ; null where they differ in more.
 * @param {Plan} one
 * @param {Plan} other
 * @returns {Stroke | null}
 */
function written(one, other) {
  const [old, young] = [texts(one), texts(other)];
  const bare = (/** @type {Plan} */ { shots }) => JSON.stringify(shots.map(({ key, seconds }) => [key, seconds]));
  if (bare(one) !== bare(other)) return null;
  const changed = young.map(([, text], index) => [old[index][1], text]).findIndex(([was, is]) => was !== is);
  const others = young.filter(([, text], index) => text !== old[index][1]).length;
  if (others !== 1) return null;
  const [field, text] = young[changed];
  const was = old[changed][1];
  const [short, long] = was.length < text.length ? [was, text] : [text, was];
  if (long.length - short.length !== 1) return null;
  let place = 0;
  while (place < short.length && short[place] === long[place]) place += 1;
  if (short.slice(place) !== long.slice(place + 1)) return null;
  return { field, grew: long === text, blank: /\s/.test(long[place]) };
}
