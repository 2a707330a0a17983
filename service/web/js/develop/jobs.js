/** Long work of the service: starting it, how far it is, its log, stopping and going on. */

import { get, path, post } from "../api.js";
import { button, h, show } from "../dom.js";
import { moment, percent } from "../format.js";
import { absent, confirm, failure, into, nothing, sentence, toast } from "../notes.js";

const KINDS = {
  eval: "Measure: ask the evaluation set and grade",
  label: "Label: let the labeling functions vote",
  tune: "Tune: train on the labels and gate the result",
  retune: "Retune: the same, with what people judged since",
};
// Options that a job of tuning is started with; the first choice of each is what the command does by itself.
const TUNING = [
  { name: "parts", label: "Part", choices: { "": "all but the generator", embedder: "embedder", reranker: "reranker", combiner: "combiner", values: "values", generator: "generator" } },
  { name: "teacher", label: "The embedder learns from", choices: { labels: "labels", reranker: "the reranker in use" } },
  { name: "mode", label: "Vectors of passages", choices: { queries: "stay as they are", both: "are made anew, beside" } },
];
const OPTIONS = { tune: TUNING, retune: TUNING };
const POLL_MS = 2000;
const ONGOING = ["queued", "running"];

/** Fills `place`; the returned function stops asking how far jobs are. */
export function jobsPart(place) {
  const list = h("div");
  let timer = 0;
  let gone = false;
  const open = new Set();

  async function load() {
    clearTimeout(timer);
    try {
      const { jobs, worker } = await get("v1/jobs");
      if (gone) return;
      if (!list.isConnected) show(place, starter(load), list);
      draw(jobs, worker);
      if (jobs.some((one) => ONGOING.includes(one.status))) timer = setTimeout(load, POLL_MS);
    } catch (error) {
      if (!gone) show(place, error.noRoute ? absent("Jobs") : failure(error, load));
    }
  }

  function draw(jobs, worker) {
    if (!jobs.length) return show(list, nothing("No jobs yet", "What takes long is done by a worker: start one with covenant worker, then a job here."));
    // Lines are drawn anew with each answer; the one that has the focus keeps it.
    const focused = document.activeElement?.closest?.("[data-key]")?.dataset.key;
    const waits = worker === "absent" && jobs.some((one) => ONGOING.includes(one.status));
    show(
      list,
      waits ? h("p", { class: "note warn" }, "No worker is there: jobs are carried out once covenant worker runs on the machine.") : null,
      h("ul", { class: "jobs" }, jobs.map((one) => job(one, open, load))),
    );
    if (focused) list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  into(place, async () => load(), () => [...place.childNodes], { lines: 4 });
  return () => {
    gone = true;
    clearTimeout(timer);
  };
}

function starter(load) {
  const kind = h("select", { id: "kind" }, choices(KINDS));
  const options = h("div", { class: "job-options" });
  const draw = () => show(options, (OPTIONS[kind.value] ?? []).map(option));
  kind.addEventListener("change", draw);
  const submit = async (event) => {
    event.preventDefault();
    const given = Object.fromEntries([...options.querySelectorAll("select")].filter((one) => one.selectedIndex).map((one) => [one.name, one.name === "parts" ? [one.value] : one.value]));
    await act(() => post("v1/jobs", { kind: kind.value, options: given }), "Queued", load);
  };
  return h("form", { class: "start-job", on: { submit } }, h("div", { class: "row" }, h("label", { for: "kind" }, "Start"), kind, h("button", { class: "button primary" }, "Start")), options);
}

const choices = (found) => Object.entries(found).map(([value, text]) => h("option", { value }, text));

const option = ({ name, label, choices: found }) => h("p", { class: "row" }, h("label", { for: `option-${name}` }, label), h("select", { id: `option-${name}`, name }, choices(found)));

/** What a job is about, or came to, in a line: names and values as the service has them. */
const words = (found) =>
  Object.entries(found)
    .filter(([, value]) => value !== "" && value !== false && !(Array.isArray(value) && !value.length))
    .map(([name, value]) => (value === true ? name : `${name} ${Array.isArray(value) ? value.join(", ") : value}`))
    .join(" · ");

function job(one, open, load) {
  const log = h("pre", { tabIndex: 0, "aria-label": `Log of ${one.kind}` });
  const fold = h("details", { class: "fold", open: open.has(one.id) }, h("summary", { data: { key: `log-${one.id}` } }, "Log"), log);
  const tail = async () => {
    if (!fold.open) return open.delete(one.id);
    open.add(one.id);
    try {
      const found = await get(`v1/${path("jobs", one.id)}`);
      show(log, found.log?.length ? found.log.join("\n") : "Nothing yet.");
      log.scrollTop = log.scrollHeight;
    } catch (error) {
      show(log, error.message);
    }
    return open;
  };
  fold.addEventListener("toggle", tail);
  if (fold.open) tail();
  const actOn = (verb, told) => act(() => post(`v1/${path("jobs", one.id, verb)}`), told, load);
  const stop = async () => (await confirm(`Cancel this ${one.kind} job?`, "What it finished is kept; it can go on later.", "Cancel it")) && actOn("cancel", "Cancelled");
  return h(
    "li",
    { class: `card job ${one.status}` },
    h(
      "p",
      { class: "row" },
      h("b", null, one.kind),
      h("span", { class: `tag ${one.status}` }, one.status),
      h("span", { class: "soft" }, one.stage ?? ""),
      h("span", { class: "spread" }),
      h("span", { class: "soft" }, moment(one.created)),
      ONGOING.includes(one.status) ? button("Cancel", { class: "small", data: { key: `stop-${one.id}` } }, stop) : null,
      ["failed", "cancelled"].includes(one.status) ? button("Resume", { class: "small", data: { key: `resume-${one.id}` } }, () => actOn("resume", "Queued again")) : null,
    ),
    one.status === "running" ? h("p", { class: "row" }, h("progress", { max: 1, value: one.progress, "aria-label": `Progress of ${one.kind}` }), h("span", { class: "soft" }, percent(one.progress))) : null,
    Object.keys(one.options).length ? h("p", { class: "soft about" }, words(one.options)) : null,
    Object.keys(one.result).length ? h("p", { class: "about" }, words(one.result)) : null,
    one.error ? h("p", { class: "note bad" }, `${sentence(one.error.message ?? one.error)} ${sentence(one.error.remedy)}`) : null,
    fold,
  );
}

async function act(work, done, load) {
  try {
    await work();
    toast(done);
  } catch (error) {
    toast(`${sentence(error.message)} ${sentence(error.remedy)}`, "bad");
  }
  load();
}
