// Tasks that were made elsewhere, or whose job was lost: paste an id, or choose from what the vendor lists.

import { api, h, number, reason, since, toast } from "./dom.js";
import { connection, put, spec } from "./store.js";

const STATES = { queued: "queued", running: "running", succeeded: "finished", failed: "failed", cancelled: "cancelled" };
const KINDS = [["", "as the task tells"], ["image", "image"], ["video", "video"], ["multishot", "multishot"]];
const MOST = 30;

/** The content of the Settings tab's section. */
export function adoption(links) {
  const listing = links.filter((link) => link.lists_tasks);
  return [pasted(links), ...listing.map(looker)];
}

function pasted(links) {
  const vendor = h("select", { class: "field", name: "vendor", "aria-label": "Vendor" }, links.map((link) => h("option", { value: link.vendor }, link.label)));
  const task = h("input", { type: "text", class: "field", name: "task", "aria-label": "Task id", placeholder: "Task id", autocomplete: "off", spellcheck: "false" });
  const kind = h("select", { class: "field", name: "kind", "aria-label": "What it makes" }, KINDS.map(([value, text]) => h("option", { value }, text)));
  const told = h("p", { class: "said", role: "status" });
  const button = h("button", { type: "submit", class: "act" }, "Adopt");
  const form = h("form", { class: "adopt", "aria-label": "Adopt a task by its id" }, links.length > 1 && vendor, task, kind, button);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!task.value.trim()) return task.focus();
    button.disabled = true;
    const answer = await takeIn(vendor.value, task.value.trim(), kind.value);
    button.disabled = false;
    told.className = `said ${answer.ok ? "ok" : "bad"}`;
    told.replaceChildren(h("b", {}, answer.ok ? "Adopted: it is in the jobs now." : reason(answer)));
    if (answer.ok) task.value = "";
  });
  return h("div", { class: "adopt-card" }, h("h3", {}, "By its id"), form, told);
}

async function takeIn(vendor, task, kind = "") {
  const answer = await api("POST", `connections/${encodeURIComponent(vendor)}/adopt`, { task, kind });
  if (answer.ok) put(answer.data);
  return answer;
}

function looker(link) {
  const list = h("ul", { class: "strays" });
  const told = h("p", { class: "said", role: "status" });
  const look = async () => {
    button.disabled = true;
    const answer = await strays(link.vendor);
    button.disabled = false;
    told.className = `said ${answer.ok ? "" : "bad"}`;
    const count = answer.ok ? answer.data.tasks.length : 0;
    told.replaceChildren(answer.ok ? (count ? `${number(count)} ${count === 1 ? "task" : "tasks"} that no job here holds${count > MOST ? `, the newest ${MOST} below` : ""}.` : "Every task there has its job here.") : h("b", {}, reason(answer)));
    list.replaceChildren(...(answer.ok ? answer.data.tasks.slice(0, MOST).map((task) => stray(link.vendor, task)) : []));
  };
  const button = h("button", { type: "button", class: "act", dataset: { strays: link.vendor }, onclick: look }, "Look");
  return h("article", { class: "adopt-card" }, h("header", {}, h("h3", {}, `At ${link.label}`), link.sandbox && h("span", { class: "pill sandbox" }, h("b", {}, "Sandbox")), button), told, list);
}

/** What the vendor lists and no job here holds. */
export const strays = (vendor) => api("GET", `connections/${encodeURIComponent(vendor)}/tasks`);

function stray(vendor, task) {
  const button = h("button", { type: "button", class: "act", onclick: async () => {
    button.disabled = true;
    const answer = await takeIn(vendor, task.name, task.kind ?? "");
    if (!answer.ok) {
      button.disabled = false;
      return toast(reason(answer));
    }
    button.replaceWith(h("span", { class: "taken" }, "In the jobs"));
  } }, "Take in");
  return h("li", { dataset: { stray: task.task } }, h("div", {}, ...words(task)), button);
}

function words(task) {
  const model = spec(task.model)?.label ?? task.kind;
  return [h("p", { class: "stray-name" }, task.prompt || "Without a prompt"), h("p", { class: "stray-more" }, [model, STATES[task.state], task.created && since(task.created), task.task].filter(Boolean).join(" · "))];
}

/** The vendor's tasks without a job, most alike first, for a job that looks for its own; nothing where it cannot list. */
export async function candidates(job, choose) {
  if (!connection(job.vendor)?.lists_tasks) return null;
  const answer = await strays(job.vendor);
  if (!answer.ok || !answer.data.tasks.length) return null;
  const gap = (task) => (task.prompt && job.prompt && task.prompt.trim() === job.prompt.trim() ? 0 : 1e12) + Math.abs((task.created ?? 0) - (job.submitted ?? job.created));
  const nearest = [...answer.data.tasks].sort((a, b) => gap(a) - gap(b)).slice(0, 3);
  return h("ul", { class: "strays" }, nearest.map((task) => h("li", {}, h("div", {}, ...words(task)), h("button", { type: "button", class: "act", onclick: () => choose(task.name) }, "This one"))));
}
