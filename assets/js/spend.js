// The Spend section of the Settings tab: caps and how far they are used, and totals by day, vendor and model.

import { amount, h, number } from "./dom.js";
import { dayWords, totals } from "./money.js";
import { connection, spec } from "./store.js";

const SCOPES = { job: "One job", owner_day: "You, a day", day: "Everybody, a day" };
const ROWS = 12;

/** The content of the section: a line about today, the caps, the table. */
export function spend({ today = [], days = [], caps = [] }) {
  const text = totals(today);
  return [
    h("p", { class: "spent-today" }, h("b", {}, text ? `Today ${text}` : "Nothing was spent today."), unknown(today)),
    caps.length ? capList(caps) : h("p", { class: "lead flat" }, "No cap is set. ", h("code", {}, "STUDIO_CAP_JOB"), ", ", h("code", {}, "STUDIO_CAP_OWNER_DAY"), " and ", h("code", {}, "STUDIO_CAP_DAY"), " refuse a job before anything is sent."),
    days.length > 0 && table(days),
  ].filter(Boolean);
}

function unknown(list) {
  const jobs = list.filter((one) => !one.sandbox && !one.unit).reduce((sum, one) => sum + one.jobs, 0);
  return jobs > 0 && h("span", {}, ` ${number(jobs)} ${jobs === 1 ? "job" : "jobs"} of unknown price.`);
}

const vendorWords = (name) => connection(name)?.label ?? name;
const money = (value, unit) => amount({ amount: value, unit });

function capList(caps) {
  return h("ul", { class: "caps" }, caps.map((cap) => {
    const used = cap.spent + cap.reserved;
    const now = cap.scope === "job" ? "" : `${money(cap.spent, cap.unit)} spent, ${money(cap.reserved, cap.unit)} reserved today`;
    const most = parseFloat(cap.cap.replaceAll(",", ""));
    return h("li", { dataset: { cap: `${cap.vendor} ${cap.scope}` } },
      h("p", {}, h("b", {}, `${SCOPES[cap.scope]} at ${vendorWords(cap.vendor)}: ${cap.cap}`), h("span", {}, now), h("code", {}, cap.variable)),
      cap.scope !== "job" && most > 0 && h("div", { class: "prog", role: "meter", "aria-label": "Used", "aria-valuemin": "0", "aria-valuemax": String(most), "aria-valuenow": String(used) }, h("i", { style: { transform: `scaleX(${Math.min(1, used / most)})` } })),
      cap.unpriced > 0 && h("p", { class: "why" }, blind(cap)),
      cap.sandbox && h("p", { class: "why" }, "In the sandbox nothing is spent, so it does not count now."));
  }));
}

// A cap is only as good as the prices that it counts.
function blind({ unpriced, models, vendor }) {
  const which = unpriced === models ? "its models" : `${unpriced} of its ${models} models`;
  return `${vendorWords(vendor)} publishes no price for ${which}: the cap counts those jobs as nothing until their cost is told.`;
}

function table(days) {
  const body = h("tbody");
  const draw = (rows) => body.replaceChildren(...rows.map((row, place) => line(row, rows[place - 1])));
  draw(days.slice(0, ROWS));
  const more = days.length > ROWS && h("button", { type: "button", class: "act", onclick: () => {
    draw(days);
    more.remove();
  } }, `Show all ${number(days.length)} rows`);
  const heads = ["Day", "Vendor", "Model", "Jobs", "Spent", "Reserved"];
  return h("div", { class: "spent" }, h("table", {}, h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col" }, name)))), body), more);
}

function line(row, above) {
  const sum = (value) => (row.unit ? money(value, row.unit) : "unknown");
  const held = row.reserved > 0 ? sum(row.reserved) : "";
  return h("tr", { class: row.sandbox ? "sandboxed" : "", dataset: { model: row.model } },
    h("th", { scope: "row" }, above?.day === row.day ? h("span", { class: "unseen" }, dayWords(row.day)) : dayWords(row.day)),
    h("td", {}, vendorWords(row.vendor)),
    h("td", {}, spec(row.model)?.label ?? row.model.replace(/^[^/]*\//, "")),
    h("td", { class: "n" }, number(row.jobs)),
    h("td", { class: "n" }, row.sandbox ? "sandbox" : sum(row.spent)),
    h("td", { class: "n" }, row.sandbox ? "" : held));
}
