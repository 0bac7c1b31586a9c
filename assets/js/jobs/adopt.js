// Tasks that were made elsewhere, or whose job was lost: paste an id, or choose from what the vendor lists.

import { api, reason } from "../core/calls.js";
import { act, nameFor } from "../core/buttons.js";
import { h, toast } from "../core/dom.js";
import { isFocusFree, working } from "../core/focus.js";
import { number, span } from "../core/numbers.js";
import { since } from "../core/time.js";
import { put, spec } from "../core/store.js";

/** @type {Record<string, string>} */
const STATES = {
  queued: "queued",
  running: "running",
  succeeded: "finished",
  failed: "failed",
  cancelled: "cancelled",
};
const KINDS = [
  ["", "Detect automatically"],
  ["image", "Image"],
  ["video", "Video"],
  ["multishot", "Multishot"],
];
const MOST = 30;
const NEAREST = 4;
const MOST_OFFERED = 200;

/**
 * The content of the Settings tab's section.
 * @param {ConnectionCard[]} links
 */
export function adoption(links) {
  const listing = links.filter((link) => link.lists_tasks);
  return [pasted(links), ...listing.map(looker)];
}

/** @param {ConnectionCard[]} links */
function pasted(links) {
  const vendor = h(
    "select",
    { class: "field", name: "vendor", "aria-label": "Service" },
    links.map((link) => h("option", { value: link.vendor }, link.label)),
  );
  const task = h("input", {
    type: "text",
    class: "field",
    name: "task",
    "aria-label": "Task ID",
    placeholder: "Task ID",
    autocomplete: "off",
    spellcheck: "false",
  });
  const kind = h(
    "select",
    { class: "field", name: "kind", "aria-label": "Type of result" },
    KINDS.map(([value, text]) => h("option", { value }, text)),
  );
  const told = h("p", { class: "said", role: "status" });
  const button = h("button", { type: "submit", class: "act" }, "Import");
  const form = h(
    "form",
    { class: "adopt", "aria-label": "Import a task by ID" },
    links.length > 1 && vendor,
    task,
    kind,
    button,
  );
  const adopt = async () => {
    const { value } = task;
    const answer = await takeIn(vendor.value, value.trim(), kind.value);
    told.className = `said ${answer.ok ? "ok" : "bad"}`;
    told.replaceChildren(h("b", {}, answer.ok ? "Imported. It's in your jobs now." : reason(answer)));
    if (answer.ok && task.value === value) task.value = "";
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!task.value.trim()) return task.focus();
    working(button, adopt);
  });
  return h("div", { class: "adopt-card" }, h("h3", {}, "By task ID"), form, told);
}

/**
 * @param {string} vendor
 * @param {string} task
 * @param {string} [kind]
 */
async function takeIn(vendor, task, kind = "") {
  /** @type {Answer<Job>} */
  const answer = await api("POST", `connections/${encodeURIComponent(vendor)}/adopt`, { task, kind });
  if (answer.ok) put(answer.data);
  return answer;
}

/** @param {ConnectionCard} link */
function looker(link) {
  const list = h("ul", { class: "strays" });
  const told = h("p", { class: "said", role: "status" });
  const look = async () => {
    const answer = await strays(link.vendor);
    told.className = `said ${answer.ok ? "" : "bad"}`;
    const count = answer.ok ? answer.data.tasks.length : 0;
    told.replaceChildren(
      answer.ok
        ? count
          ? `${number(count)} ${count === 1 ? "task" : "tasks"} on your account ` +
            `${count === 1 ? "is" : "are"} not in this studio${count > MOST ? `. The newest ${MOST} are below` : ""}.`
          : "All tasks on your account are already in this studio."
        : h("b", {}, reason(answer)),
    );
    list.replaceChildren(
      ...(answer.ok ? answer.data.tasks.slice(0, MOST).map((task) => stray(link.vendor, task)) : []),
    );
  };
  /** @type {HTMLButtonElement} */
  const button = h(
    "button",
    {
      type: "button",
      class: "act",
      "aria-label": `List tasks on ${link.label}`,
      dataset: { strays: link.vendor },
      onclick: () => working(button, look),
    },
    "List tasks",
  );
  return h(
    "article",
    { class: "adopt-card" },
    h(
      "header",
      {},
      h("h3", {}, `On ${link.label}`),
      link.sandbox && h("span", { class: "pill sandbox" }, h("b", {}, "Sandbox")),
      button,
    ),
    told,
    list,
  );
}

/**
 * What the vendor lists and no job here holds.
 * @param {string} vendor
 * @returns {Promise<Answer<import("../types").TasksView>>}
 */
const strays = (vendor) => api("GET", `connections/${encodeURIComponent(vendor)}/tasks`);

/**
 * @param {string} vendor
 * @param {Stray} task
 */
function stray(vendor, task) {
  const take = async () => {
    const answer = await takeIn(vendor, task.name, task.kind ?? "");
    if (!answer.ok) return toast(reason(answer));
    const taken = h("span", { class: "taken", tabindex: "-1" }, "Imported");
    button.replaceWith(taken);
    if (isFocusFree()) taken.focus();
  };
  /** @type {HTMLButtonElement} */
  const button = nameFor(
    act("Import", () => working(button, take)),
    called(task),
  );
  return h("li", { dataset: { stray: task.task } }, h("div", {}, ...words(task)), button);
}

// Several may have one prompt.
/** @param {Stray} task */
const called = (task) => [task.prompt || "No prompt", task.task].filter(Boolean).join(", ");

/**
 * @param {Stray} task
 * @param {number} [sent]
 */
function words(task, sent) {
  const model = spec(task.model ?? "")?.label ?? task.kind;
  const made = task.created && (sent ? around(task.created - sent) : since(task.created));
  const seed = task.seed && `seed ${task.seed}`;
  return [
    h("p", { class: "stray-name", dir: "auto" }, task.prompt || "No prompt"),
    h(
      "p",
      { class: "stray-more" },
      [model, STATES[task.state ?? ""], made, seed, task.task].filter(Boolean).join(" · "),
    ),
  ];
}

// How long before or after the lost request a task was made.
/** @param {number} seconds */
function around(seconds) {
  if (Math.abs(seconds) < 1) return "created when this was sent";
  return `created ${span(Math.abs(seconds))} ${seconds < 0 ? "before" : "after"} this was sent`;
}

/**
 * The vendor's tasks that no job here holds, for a job that looks for its own: most alike first, the rest behind a
 * line. `choose` is called with one's name.
 * @param {Job} job
 * @param {(name: string) => unknown} choose
 */
export async function candidates(job, choose) {
  const answer = await strays(job.vendor);
  if (!answer.ok) return [h("p", {}, reason(answer))];
  const sent = job.submitted ?? job.created;
  const same = alike(job);
  const found = ranked(answer.data.tasks, job, same, sent);
  if (!found.length) return [h("p", {}, "All tasks on your account are already in this studio.")];
  const count = found.filter(same).length;
  const told =
    count > 1
      ? `${number(count)} tasks on your account have this prompt and aren't in this studio. Compare their times ` +
        `and seeds:`
      : count
        ? "One task on your account has this prompt and isn't in this studio:"
        : "No task on your account has this prompt. The closest ones that aren't in this studio:";
  const row = (/** @type {Stray} */ task) =>
    h(
      "li",
      { dataset: { stray: task.task } },
      h("div", {}, ...words(task, sent)),
      nameFor(
        act("Import", () => choose(task.name)),
        called(task),
      ),
    );
  const list = (/** @type {Stray[]} */ tasks) => h("ul", { class: "strays" }, tasks.map(row));
  const rest = found.slice(NEAREST, MOST_OFFERED);
  return [
    h("p", {}, told),
    list(found.slice(0, NEAREST)),
    ...(rest.length ? [h("details", {}, h("summary", {}, `${number(rest.length)} more`), list(rest))] : []),
  ];
}

// Whether a task has the words of this job; a multishot's task may tell those of its first shot alone.
/**
 * @param {Job} job
 * @returns {(task: Stray) => boolean}
 */
function alike(job) {
  const prompts = [job.prompt, job.shots?.[0]?.prompt].map((text) => text?.trim()).filter(Boolean);
  return (task) => prompts.includes(task.prompt?.trim() ?? "");
}

/**
 * @param {Stray[]} tasks
 * @param {Job} job
 * @param {(task: Stray) => boolean} same
 * @param {number} sent
 */
function ranked(tasks, job, same, sent) {
  const own = String(job.options?.seed ?? "");
  const unlike = (/** @type {Stray} */ task) => (same(task) ? 0 : 2) + (own && task.seed === own ? 0 : 1);
  const gap = (/** @type {Stray} */ task) => Math.abs((task.created ?? 0) - sent);
  return [...tasks].sort((a, b) => unlike(a) - unlike(b) || gap(a) - gap(b));
}
