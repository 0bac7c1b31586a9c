// Which jobs the library shows: those that fit its filters, down to where its pages have come. No page here.

import { isGone, jobs as held, newestFirst } from "../core/store.js";

const PAGE = 60;
const MOST = 200; // So many jobs the studio gives at once.

/**
 * What a person put on a job, as a key.
 * @param {Partial<Job> | null | undefined} job
 */
export const marks = (job) => `${job?.starred} ${job?.tags}`;

/** @typedef {Pick<Job, "id" | "created">} Place where a job stands among all */
/** @typedef {import("./filters.js").Counts} Counts */

/** The jobs that are shown. What is shown goes when it no longer fits or is deleted, never because of paging. */
export class Listing {
  /** @type {Map<string, Job>} */
  jobs = new Map();
  /** Where the next page begins; null: there is none. */
  /** @type {string | null} */
  next = null;
  /** How many jobs fit the filters. */
  total = 0;
  /** @type {Counts} */
  counts = {};
  /** Whether what is shown was asked for since the last outage. */
  fresh = false;
  /** The last job that the pages have brought. */
  /** @type {Place | null} */
  last = null;
  asked = 0;
  /** Which list `next` is a place in: the one that was asked for then. */
  reached = 0;
  /** The page after the last one, while it is waited for. */
  /** @type {Promise<Answer<Page> | null> | null} */
  coming = null;
  /** The first page, while it is waited for. */
  /** @type {Promise<Answer<Page> | null> | null} */
  first = null;

  /**
   * @param {import("./filters.js").Filters} filters
   * @param {(query: string) => Promise<Answer<Page>>} ask
   */
  constructor(filters, ask) {
    this.filters = filters;
    this.ask = ask;
  }

  /** Newest first. */
  get all() {
    return newestFirst([...this.jobs.values()]);
  }

  /**
   * Ask for the first page, for other filters than before. The answer, or null where others were chosen meanwhile.
   * @returns {Promise<Answer<Page> | null>}
   */
  load() {
    const mine = this.#load().finally(() => this.first === mine && (this.first = null));
    return (this.first = mine);
  }

  async #load() {
    const asked = ++this.asked;
    this.coming = null;
    this.fresh = true;
    const answer = await this.#page(asked, PAGE, "");
    if (!answer?.ok) return this.#failed(answer);
    this.jobs.clear();
    this.#reach(answer.data);
    this.#take(answer.data.jobs);
    // What came while the answer was on its way is not in it.
    for (const job of held.values()) if (this.#belongs(job)) this.jobs.set(job.id, job);
    return answer;
  }

  /**
   * The page after the last one, asked for once at a time. Null as long as the first page of another list is on its
   * way.
   * @returns {Promise<Answer<Page> | null>}
   */
  more() {
    if (this.reached !== this.asked) return Promise.resolve(null);
    if (this.coming) return this.coming;
    const mine = this.#more().finally(() => this.coming === mine && (this.coming = null));
    return (this.coming = mine);
  }

  async #more() {
    const answer = await this.#page(this.asked, PAGE, this.next ?? "");
    if (answer?.ok) {
      this.#reach(answer.data);
      this.#take(answer.data.jobs);
    }
    return answer;
  }

  /**
   * Ask for all that is shown once more: after an outage nothing may be as it was.
   * @returns {Promise<Answer<Page> | null>}
   */
  async again() {
    const { asked } = this;
    const before = new Map(this.jobs);
    const goal = this.last;
    this.fresh = true;
    /** @type {Job[]} */
    const found = [];
    /** @type {Answer<Page> | null} */
    let answer;
    let next = "";
    do {
      answer = await this.#page(asked, before.size > PAGE ? MOST : PAGE, next);
      if (!answer?.ok) return this.#failed(answer);
      found.push(...answer.data.jobs);
      next = answer.data.next ?? "";
    } while (next && goal && isBefore(found[found.length - 1], goal));
    const end = found.at(-1);
    if (!next || !this.last || !end || !isBefore(end, this.last)) this.#reach(answer.data);
    const named = new Set(found.map((job) => job.id));
    // What somebody told of meanwhile is newer than these answers.
    for (const [id, job] of before)
      if (!named.has(id) && this.jobs.get(id) === job && (!next || !end || isBefore(job, end))) this.jobs.delete(id);
    this.#take(found);
    return answer;
  }

  /** Show nothing: what was shown is not there any more. */
  forget() {
    this.asked += 1;
    this.jobs.clear();
    Object.assign(this, { next: null, last: null, coming: null, first: null, total: 0, counts: {}, fresh: false });
  }

  /** Ask how many jobs there are of everything, and nothing else. */
  async recount() {
    return this.#page(this.asked, 1, "");
  }

  /**
   * Take in what changed: the jobs that are shown anew, those that came and the ids of those that went, and whether any
   * came, went, or stands for something else now.
   * @param {Change[]} changes
   */
  learn(changes) {
    const news = {
      changed: /** @type {Job[]} */ ([]),
      come: /** @type {Job[]} */ ([]),
      gone: /** @type {string[]} */ ([]),
    };
    let moved = false;
    for (const { job, before } of changes) {
      const id = job?.id ?? before?.id ?? "";
      const shown = this.jobs.get(id);
      // What is known no more of an old job cannot tell that this is older still.
      if (job && shown && shown.revision > job.revision) continue;
      const belongs = job !== null && (shown ? this.#stays(job, shown) : this.#belongs(job));
      if (!shown && !belongs) continue;
      if (belongs) this.jobs.set(id, job);
      else this.jobs.delete(id);
      moved ||= Boolean(shown) !== belongs || before?.state !== job?.state || marks(before) !== marks(job);
      const stands = belongs && shown?.created === job.created;
      if (stands) news.changed.push(job);
      else if (shown) news.gone.push(id);
      if (belongs && !stands) news.come.push(job);
    }
    return { ...news, moved };
  }

  /**
   * The answer to a question that is still asked; the first page also tells how many there are.
   * @param {number} asked
   * @param {number} limit
   * @param {string} before
   * @returns {Promise<Answer<Page> | null>}
   */
  async #page(asked, limit, before) {
    const answer = await this.ask(this.filters.query({ limit, before }));
    if (asked !== this.asked) return null;
    if (answer.ok && answer.data.counts) {
      this.counts = answer.data.counts;
      this.total = answer.data.total;
    }
    return answer;
  }

  /** @param {Refused | null} answer */
  #failed(answer) {
    if (answer) this.fresh = false;
    return answer;
  }

  /** @param {Page} page */
  #reach(page) {
    this.reached = this.asked;
    this.next = page.next;
    this.last = page.jobs.at(-1) ?? null;
  }

  // What the page knows of a job may be newer than the answer.
  /** @param {Job[]} jobs */
  #take(jobs) {
    for (const job of jobs) {
      const known = held.get(job.id);
      const newest = known && known.revision > job.revision ? known : job;
      if (isGone(job.id) || (newest !== job && !this.#stays(newest, job))) this.jobs.delete(job.id);
      else this.jobs.set(job.id, newest);
    }
  }

  // Which jobs have the words of a search, the studio knows best: its word holds as long as those are the same.
  /**
   * @param {Job} job
   * @param {Job} shown the same as it was shown
   */
  #stays(job, shown) {
    const { filters } = this;
    return filters.matches(job) && (`${job.tags}` === `${shown.tags}` || filters.says(job));
  }

  /** @param {Job} job */
  #belongs(job) {
    const within = !this.next || !this.last || !isBefore(this.last, job);
    return within && this.filters.matches(job) && this.filters.says(job);
  }
}

/**
 * Whether one stands before another, in the order of the pages.
 * @param {Place} one
 * @param {Place} other
 */
export const isBefore = (one, other) =>
  one.created > other.created || (one.created === other.created && one.id > other.id);
