// Who may still put a file into a form. Whatever waits for an answer has a claim on the places that were free to it
// when it began; a newer choice for a place takes the claim away. No page here.

/** @typedef {(field: string) => boolean} Claim whether it still holds for this field */

let turns = 0;
/** @type {Map<string, number>} */
const chosen = new Map(); // kind/field -> the turn of its last choice

/**
 * These places were chosen anew: what was on its way to them comes too late.
 * @param {string} kind
 * @param {...string} fields
 */
export function chooseAnew(kind, ...fields) {
  turns += 1;
  for (const field of fields) chosen.set(`${kind}/${field}`, turns);
}

/**
 * A claim on a form's places as they are now.
 * @param {string} kind
 * @returns {Claim}
 */
export function claim(kind) {
  const begun = turns;
  return (field) => (chosen.get(`${kind}/${field}`) ?? 0) <= begun;
}
