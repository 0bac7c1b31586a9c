// Presses that make jobs. Each is known by its idempotency key until it was answered, so that it stays one press.

import { fresh } from "../core/calls.js";

// From here on the studio itself broke, perhaps after it had taken the press.
const BROKEN = 500;

/**
 * The presses of one kind of button, by what is pressed.
 * @template T
 */
export class Presses {
  /** @type {Map<string, { key: string, answer: Promise<Answer<T>> | null, taken: boolean }>} */
  #open = new Map();

  /**
   * Send under the key of this press. Pressed again while it waits, or once it was taken, it has the same answer; after
   * a refusal it is another press. Where no answer came it may have been taken: it goes out under the same key.
   * @param {string} what
   * @param {(key: string) => Promise<Answer<T>>} send
   * @returns {Promise<Answer<T>>}
   */
  once(what, send) {
    const press = this.#open.get(what) ?? { key: fresh(), answer: null, taken: false };
    this.#open.set(what, press);
    press.answer ??= send(press.key).then((answer) => {
      press.taken = answer.ok;
      if (!answer.ok) press.answer = null;
      if (!answer.ok && answer.status !== 0 && answer.status < BROKEN) this.forget(what);
      return answer;
    });
    return press.answer;
  }

  /**
   * Whether the studio has taken it.
   * @param {string} what
   */
  isTaken(what) {
    return Boolean(this.#open.get(what)?.taken);
  }

  /**
   * Pressed again it is another press.
   * @param {string} what
   */
  forget(what) {
    this.#open.delete(what);
  }
}
