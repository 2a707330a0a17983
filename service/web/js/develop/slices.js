/** Slices × criteria of a run: each cell coloured by its share, with its interval and how many it counts. */

import { h } from "../dom.js";
import { count, interval, share } from "../format.js";
import { into } from "../notes.js";
import { missing, ofRun, runHead } from "./runs.js";

/** A cell over fewer questions has no colour: one question alone would draw the eye. */
const LEAST_COLOURED = 5;

/** Fills `place` with the matrix of the run that `rest` names, or of the latest. */
export function slicesPart(place, [run]) {
  into(place, () => ofRun("slices", run), matrix, { missing: run ? undefined : missing, lines: 8 });
}

function matrix(found) {
  const { criteria, slices, failures, too_many_values: many } = found;
  const head = h("tr", null, h("th", { scope: "col" }, "Slice"), h("th", { scope: "col", class: "number" }, "Questions"), criteria.map((name) => h("th", { scope: "col", class: "number" }, name)));
  const rows = Object.entries(slices).map(([name, slice]) =>
    h("tr", null, h("th", { scope: "row" }, sliceName(name)), h("td", { class: "number" }, slice.n), criteria.map((criterion) => cell(slice.criteria[criterion]))),
  );
  return [
    runHead(found, "slices"),
    h("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": "Slices and criteria" }, h("table", { class: "heat" }, h("thead", null, head), h("tbody", null, rows))),
    h("p", { class: "soft" }, `Shares between 0 and 1, with their 95 % intervals by document. Colour from ${LEAST_COLOURED} questions on.`),
    failures.map((one) => h("p", { class: "note warn" }, `The slice ${one.slice} failed on ${count(one.count, "question")}: ${one.error}`)),
    many.length ? h("p", { class: "soft" }, `Left out, for having too many values: ${many.join(", ")}.`) : null,
  ];
}

/** `category=lookup` on two lines: what it is a slice by, and the value. */
function sliceName(name) {
  const at = name.indexOf("=");
  return at < 0 ? name : [h("span", { class: "small-print" }, name.slice(0, at)), name.slice(at + 1)];
}

function cell(estimate) {
  if (!estimate) return h("td", { class: "number empty" }, h("span", { class: "unseen" }, "none"));
  const depth = estimate.n >= LEAST_COLOURED ? estimate.value : 0;
  return h(
    "td",
    { class: "number shade", style: { "--share": depth }, title: `${share(estimate.value)} (${interval(estimate)}) over ${count(estimate.n, "question")}` },
    h("b", null, share(estimate.value)),
    h("span", { class: "small-print" }, `${interval(estimate)} · ${estimate.n}`),
  );
}
