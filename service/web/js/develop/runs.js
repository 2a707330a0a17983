/** The run that figures are of: what it was, how right it was, and the others to look at instead. */

import { get } from "../api.js";
import { h } from "../dom.js";
import { count, interval, moment, share } from "../format.js";
import { absent, nothing } from "../notes.js";

const SHOWN = ["accuracy", "wrong", "abstained", "page_hit@5"];

/** What a part shows of a run: `what` is "slices" or "errors", `run` an id or nothing for the latest. */
export async function ofRun(what, run) {
  const [found, { runs }] = await Promise.all([get(`v1/${what}${run ? `?run=${encodeURIComponent(run)}` : ""}`), get("v1/runs")]);
  return { ...found, runs };
}

/** What a part says while no run was made, or where the service has no such route. */
export function missing(error) {
  if (error.noRoute) return absent("Runs");
  return nothing("Nothing was measured yet", "A run asks the questions of a set and grades the answers. Start one under Jobs, or with covenant eval.", h("a", { class: "button", href: "#/develop/jobs" }, "Jobs"));
}

/** The run in a line, with a choice of others where there are any. */
export function runHead({ run, runs, measures }, part) {
  const figures = SHOWN.filter((name) => measures?.[name]).map((name) => h("span", null, `${name} `, h("b", null, share(measures[name].value)), h("span", { class: "soft" }, ` (${interval(measures[name])})`)));
  return [
    runs.length > 1 ? choice(run, runs, part) : null,
    h("p", { class: "soft" }, [run.name, count(run.n, "question"), asked(run), answeredBy(run), moment(run.started_at)].join(" · ")),
    figures.length ? h("p", { class: "measures" }, figures) : null,
  ];
}

function choice(run, runs, part) {
  // What is newest comes without a name in the address, so that the next run is looked at by itself.
  const go = () => (location.hash = list.selectedIndex ? `#/develop/${part}/${encodeURIComponent(list.value)}` : `#/develop/${part}`);
  const known = runs.some((one) => one.id === run.id) ? runs : [...runs, run];
  const list = h(
    "select",
    { id: "run", on: { change: go } },
    known.map((one) => h("option", { value: one.id, selected: one.id === run.id }, `${moment(one.started_at)}, ${one.name}, ${count(one.n, "question")}, ${answeredBy(one)}`)),
  );
  return h("p", { class: "row run-choice" }, h("label", { for: "run" }, "Run"), list);
}

const asked = (run) => (run.scope === "shared" ? "asked of the whole library" : "asked of the documents named");
const answeredBy = (run) => (run.release === "none" ? "no release" : `release ${run.release.slice(0, 12)}`);
