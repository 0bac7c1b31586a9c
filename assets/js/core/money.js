// Money in words: prices before, costs after, what was spent today, and what an account held around a lost answer.

import { api } from "./calls.js";
import { h, say } from "./dom.js";
import { amount, number, span } from "./numbers.js";
import { dateOf, moment, now } from "./time.js";
import { about } from "./prices.js";
import { connection, jobs, subscribe, vendors } from "./store.js";

/**
 * What a job cost, with what it was thought to cost beside it; nothing for the sandbox and for unknown prices.
 * @param {Job} job
 */
export function price(job) {
  if (job.sandbox) return "";
  if (!job.cost) return about(job.estimate);
  const alike = job.estimate?.unit === job.cost.unit;
  if (!job.estimate || (alike && job.estimate.amount === job.cost.amount)) return amount(job.cost);
  return `${amount(job.cost)} (${about(alike ? { ...job.estimate, unit: "" } : job.estimate)})`;
}

/**
 * What trying an unsure job again may cost, as a question's second sentence.
 * @param {Job} job
 */
export function twice(job) {
  if (job.sandbox) return "Sandbox: nothing is charged.";
  return job.estimate ? `Each attempt costs ${about(job.estimate)}.` : "The price is unknown.";
}

/** @type {Record<string, string>} */
const SCOPES = { owner_day: "your daily cap", day: "this studio's daily cap" };

/**
 * What many jobs come to, a sentence for each vendor: "12 jobs on Runway cost about 60 credits, 2 at a time."
 * @param {BillLine[]} vendors
 */
export function bill(vendors) {
  return vendors.map(({ vendor, sandbox, jobs: count, sums, unknown, at_once: atOnce, left }) => {
    const label = connection(vendor)?.label ?? vendor;
    const many = `${number(count)} ${count === 1 ? "job" : "jobs"} on ${label}`;
    const runs = count > atOnce ? `, ${number(atOnce)} at a time` : "";
    if (sandbox) return `${many} (sandbox, free)${runs}.`;
    const known = sums.map(about).join(" and ");
    const blind = !unknown ? "" : known ? `, plus ${number(unknown)} of unknown price` : ", price unknown";
    const caps = left.map((one) => ` ${amount(one)} left of ${SCOPES[one.scope]}.`).join("");
    const open = unknown && left.length ? " Jobs of unknown price don't count toward the caps." : "";
    return `${many}${known && ` cost ${known}`}${blind}${runs}.${caps}${open}`;
  });
}

// The owner's other jobs at this vendor that were under way between the two looks at the balance.
/**
 * @param {Job} job
 * @param {Evidence} told
 */
function beside(job, told) {
  const [from, to] = [told.before_at ?? 0, told.now_at ?? 0];
  // What is unclear was bought at once, or not at all.
  const ended = (/** @type {Job} */ one) => one.finished ?? one.evidence?.now_at ?? Infinity;
  const meanwhile = (/** @type {Job} */ one) => one.submitted && one.submitted <= to && ended(one) > from;
  return [...jobs.values()].filter(
    (one) =>
      one.id !== job.id &&
      one.vendor === job.vendor &&
      one.sandbox === job.sandbox &&
      one.state !== "rejected" &&
      meanwhile(one),
  );
}

// What jobs cost together; null where one of them has no price, or they are counted in several units.
/**
 * @param {Job[]} list
 * @param {string} unit
 */
function together(list, unit) {
  const costs = list.map((one) => one.cost ?? one.estimate);
  return costs.every((cost) => cost?.unit === unit) ? costs.reduce((all, cost) => all + (cost?.amount ?? 0), 0) : null;
}

/** @param {Job[]} others */
function besideWords(others) {
  if (!others.length) return "none running in between";
  const unit = (others[0].cost ?? others[0].estimate)?.unit;
  const sum = unit ? together(others, unit) : null;
  const least = others.some((one) => !one.cost && one.estimate?.at_least);
  const price = unit && sum !== null ? about({ amount: sum, unit, at_least: least }) : "price unknown";
  return `${number(others.length)} running in between, ${price}`;
}

/**
 * @param {Job} job
 * @param {Cost} before
 * @param {Cost} after
 * @param {Job[]} others
 */
function moved(job, before, after, others) {
  if (before.unit !== after.unit) return "";
  const less = before.amount - after.amount;
  if (!less) return " (unchanged, so perhaps nothing was bought)";
  const gap = amount({ amount: Math.abs(less), unit: before.unit });
  if (less < 0) return ` (${gap} more)`;
  const is = (/** @type {number | null} */ sum) => sum !== null && Math.abs(less - sum) < 1e-6;
  if (is(together([job, ...others], before.unit)))
    return ` (${gap} less, exactly the price of this job${others.length ? " and the others" : ""})`;
  if (others.length && is(together(others, before.unit))) return ` (${gap} less, exactly the price of the other jobs)`;
  return ` (${gap} less)`;
}

/**
 * What there is to go by when nobody knows whether a job was bought: its price, the balance before and now, and what
 * else ran.
 * @param {Job} job
 */
export function evidence(job) {
  if (job.state !== "unsure" && !job.parked) return null;
  const told = job.task ? null : job.evidence; // With the task known, nobody has to guess.
  const ago = told?.before_at && job.submitted ? Math.max(0, job.submitted - told.before_at) : 0;
  const others = told?.before && told.now ? beside(job, told) : [];
  const rows = [
    ["Price", job.estimate ? about(job.estimate) : "unknown"],
    job.submitted && ["Sent", moment(job.submitted)],
    told?.before && [
      "Balance before",
      amount(told.before) + (ago >= 60 ? ` (${span(Math.round(ago / 60) * 60)} before sending)` : ""),
    ],
    told?.before && [
      "Balance now",
      told.now ? amount(told.now) + moved(job, told.before, told.now, others) : "unknown",
    ],
    told?.before && told.now && ["Other jobs", besideWords(others)],
    job.task && ["Task", job.task],
  ];
  return h(
    "dl",
    { class: "evidence" },
    rows.filter(Boolean).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
  );
}

/**
 * Totals of one day in a line: "$3.40 · 120 credits on Runway". The sandbox and unknown prices are left out.
 * @param {Sum[]} list
 */
export function totals(list) {
  const paid = list.filter((one) => !one.sandbox && one.unit && one.spent > 0);
  const alike = (/** @type {Sum} */ one) => paid.filter((other) => other.unit === one.unit).length > 1;
  return paid
    .map(
      (one) =>
        amount({ amount: one.spent, unit: one.unit }) +
        (alike(one) ? ` on ${connection(one.vendor)?.label ?? one.vendor}` : ""),
    )
    .join(" · ");
}

/**
 * Keep "$3.40 today" true in an element; it stays empty while nothing was spent.
 * @param {HTMLElement} element
 */
export function watchToday(element) {
  let timer = 0;
  let asked = 0;
  const ask = async () => {
    const mine = ++asked;
    /** @type {Answer<import("../types").TodayView>} */
    const answer = await api("GET", "spend");
    if (!answer.ok || mine !== asked) return;
    const text = totals(answer.data.today);
    say(element, text && `${text} today`);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 400);
  };
  subscribe(
    (changes) => changes.some(({ job, before }) => job && !job.sandbox && before?.state !== job.state) && soon(),
  );
  subscribe(() => vendors.some((vendor) => !vendor.sandbox) && soon(), "connections");
  document.addEventListener("visibilitychange", () => document.hidden || soon());
  ask();
}

/**
 * The day as people say it.
 * @param {string} day
 */
export function dayWords(day) {
  const local = (/** @type {Date} */ at) =>
    [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  const at = now() * 1000;
  if (day === local(new Date(at))) return "Today";
  if (day === local(new Date(at - 864e5))) return "Yesterday";
  return dateOf(Date.parse(`${day}T12:00`) / 1000);
}
