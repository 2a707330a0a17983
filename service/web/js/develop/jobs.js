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
      const { jobs } = await get("v1/jobs");
      if (gone) return;
      if (!list.isConnected) show(place, starter(load), list);
      draw(jobs);
      if (jobs.some((one) => ONGOING.includes(one.status))) timer = setTimeout(load, POLL_MS);
    } catch (error) {
      if (!gone) show(place, error.noRoute ? absent("Jobs") : failure(error, load));
    }
  }

  function draw(jobs) {
    if (!jobs.length) return show(list, nothing("No jobs yet", "What takes long is done by a worker: start one with covenant worker, then a job here."));
    // Lines are drawn anew with each answer; the one that has the focus keeps it.
    const focused = document.activeElement?.closest?.("[data-key]")?.dataset.key;
    show(list, h("ul", { class: "jobs" }, jobs.map((one) => job(one, open, load))));
    if (focused) list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  into(place, async () => load(), () => [...place.childNodes], { lines: 4 });
  return () => {
    gone = true;
    clearTimeout(timer);
  };
}

function starter(load) {
  const kind = h("select", { id: "kind" }, Object.entries(KINDS).map(([value, text]) => h("option", { value }, text)));
  const submit = async (event) => {
    event.preventDefault();
    await act(() => post("v1/jobs", { kind: kind.value, options: {} }), "Queued", load);
  };
  return h("form", { class: "row start-job", on: { submit } }, h("label", { for: "kind" }, "Start"), kind, h("button", { class: "button primary" }, "Start"));
}

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
