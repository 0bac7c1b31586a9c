// The Spend section of the Settings tab: caps and how far they are used, and totals by day, vendor and model.

import { h } from "../core/dom.js";
import { amount, number } from "../core/numbers.js";
import { dayWords, totals } from "../core/money.js";
import { isAdmin } from "../core/person.js";
import { modelLabel, vendorLabel } from "../core/store.js";

/** @type {Record<string, string>} */
const SCOPES = { job: "Per job", owner_day: "You, per day", day: "Everyone, per day" };
/** @type {Record<string, string>} */
const ORIGINS = { page: "set in Settings", person: "set just for you" };
const ROWS = 12;

/**
 * The content of the section: a line about today, the caps, the table.
 * @param {Partial<Spending>} told
 */
export function spend({ today = [], days = [], caps = [] }) {
  const text = totals(today);
  return [
    h("p", { class: "spent-today" }, h("b", {}, text ? `${text} today` : "Nothing spent today."), unknown(today)),
    caps.length
      ? capList(caps)
      : isAdmin &&
        h("p", { class: "lead flat" }, "No cap is set. Under Limits, a cap refuses a job before anything is sent."),
    days.length > 0 && table(days),
  ].filter(Boolean);
}

/** @param {Sum[]} list */
function unknown(list) {
  const jobs = list.filter((one) => !one.sandbox && !one.unit).reduce((sum, one) => sum + one.jobs, 0);
  return jobs > 0 && h("span", {}, ` ${number(jobs)} ${jobs === 1 ? "job" : "jobs"} of unknown price.`);
}

/**
 * @param {number} value
 * @param {string} unit
 */
const money = (value, unit) => amount({ amount: value, unit });

/** @param {Cap[]} caps */
function capList(caps) {
  return h(
    "ul",
    { class: "caps" },
    caps.map((cap) => {
      const used = cap.spent + cap.reserved;
      const now =
        cap.scope === "job"
          ? ""
          : `${money(cap.spent, cap.unit)} spent, ${money(cap.reserved, cap.unit)} reserved today`;
      const { most } = cap;
      return h(
        "li",
        { dataset: { cap: `${cap.vendor} ${cap.scope}` } },
        h(
          "p",
          {},
          h("b", {}, `${SCOPES[cap.scope]} on ${vendorLabel(cap.vendor)}: ${cap.cap}`),
          h("span", {}, now),
          cap.variable ? h("code", {}, cap.variable) : h("span", {}, ORIGINS[cap.origin]),
        ),
        cap.scope !== "job" &&
          most > 0 &&
          h(
            "div",
            {
              class: "prog",
              role: "meter",
              "aria-label": "Used",
              "aria-valuemin": "0",
              "aria-valuemax": String(most),
              "aria-valuenow": String(used),
            },
            h("i", { style: { transform: `scaleX(${Math.min(1, used / most)})` } }),
          ),
        cap.unpriced > 0 && h("p", { class: "why" }, blind(cap)),
        cap.sandbox && h("p", { class: "why" }, "The sandbox is free, so this cap doesn't apply now."),
      );
    }),
  );
}

// A cap is only as good as the prices that it counts.
/** @param {Cap} cap */
function blind({ unpriced, models, vendor }) {
  const which = unpriced === models ? "its models" : `${unpriced} of its ${models} models`;
  return (
    `${vendorLabel(vendor)} publishes no prices for ${which}, so those jobs don't count toward the cap ` +
    `until their cost is known.`
  );
}

// Group by: what a row stands for, and the columns that say so.
/** @type {Record<string, { text: string, key: (row: SpendRow) => unknown[], heads: string[] }>} */
const VIEWS = {
  day: {
    text: "By day",
    key: (row) => [row.day, row.vendor, row.model, row.unit, row.sandbox],
    heads: ["Day", "Service", "Model"],
  },
  vendor: { text: "By service", key: (row) => [row.vendor, row.unit, row.sandbox], heads: ["Service"] },
  model: { text: "By model", key: (row) => [row.model, row.unit, row.sandbox], heads: ["Model", "Service"] },
};
/** @type {Record<string, (row: SpendRow) => string>} */
const CELLS = {
  Day: (row) => dayWords(row.day),
  Service: (row) => vendorLabel(row.vendor),
  Model: (row) => modelLabel(row.model),
};
let chosen = "day";

/**
 * @param {SpendRow[]} days
 * @param {(row: SpendRow) => unknown[]} key
 */
function summed(days, key) {
  /** @type {Map<string, SpendRow>} */
  const sums = new Map();
  for (const row of days) {
    const name = JSON.stringify(key(row));
    const held = sums.get(name) ?? { ...row, jobs: 0, spent: 0, reserved: 0 };
    held.jobs += row.jobs;
    held.spent += row.spent;
    held.reserved += row.reserved;
    sums.set(name, held);
  }
  return [...sums.values()];
}

/** @param {SpendRow[]} days */
function table(days) {
  const [head, body] = [h("thead"), h("tbody")];
  const more = h("button", { type: "button", class: "act", onclick: () => draw(chosen, Infinity) });
  const views = Object.entries(VIEWS).map(([name, view]) =>
    h("button", { type: "button", dataset: { view: name }, onclick: () => draw(name) }, view.text),
  );
  const draw = (/** @type {string} */ name, most = ROWS) => {
    chosen = name;
    const { heads, key } = VIEWS[name];
    const rows =
      name === "day"
        ? days
        : summed(days, key).sort((a, b) => Number(a.sandbox) - Number(b.sandbox) || b.spent - a.spent);
    views.forEach((view) => view.setAttribute("aria-pressed", String(view.dataset.view === name)));
    head.replaceChildren(
      h(
        "tr",
        {},
        [...heads, "Jobs", "Spent", "Reserved"].map((text, place) =>
          h("th", { scope: "col", class: place < heads.length ? "" : "n", dataset: { column: text } }, text),
        ),
      ),
    );
    body.replaceChildren(...rows.slice(0, most).map((row, place) => line(row, heads, rows[place - 1])));
    more.textContent = `Show all ${number(rows.length)} rows`;
    more.hidden = rows.length <= most;
  };
  draw(chosen);
  const table = h("table", {}, head, body);
  return h(
    "div",
    { class: "spent" },
    h(
      "header",
      {},
      h("h3", {}, "Last 30 days"),
      h("div", { class: "seg", role: "group", "aria-label": "Group by" }, views),
    ),
    // On a narrow screen it scrolls, by keys too.
    h("div", { class: "spent-table", role: "region", "aria-label": "Last 30 days", tabindex: "0" }, table),
    more,
  );
}

/**
 * @param {SpendRow} row
 * @param {string[]} heads
 * @param {SpendRow | undefined} above
 */
function line(row, heads, above) {
  const sum = (/** @type {number} */ value) => (row.unit ? money(value, row.unit) : "unknown");
  const told = heads.map((name, place) => {
    // A day stands once, above all that was made on it.
    const again = name === "Day" && above?.day === row.day;
    return h(
      place ? "td" : "th",
      { scope: place ? null : "row", dataset: { column: name } },
      again ? h("span", { class: "unseen" }, CELLS[name](row)) : CELLS[name](row),
    );
  });
  const held = row.reserved > 0 ? sum(row.reserved) : "";
  return h(
    "tr",
    { class: row.sandbox ? "sandboxed" : "", dataset: { model: row.model } },
    told,
    h("td", { class: "n" }, number(row.jobs)),
    h("td", { class: "n made" }, row.sandbox ? "sandbox" : sum(row.spent)),
    h("td", { class: "n" }, row.sandbox ? "" : held),
  );
}
