/** Errors of a run: how many failed first at which stage, and groups of errors that belong together. */

import { h, show } from "../dom.js";
import { count, interval, share } from "../format.js";
import { documents } from "../library.js";
import { into, nothing } from "../notes.js";
import { openPlace } from "../viewer/panel.js";
import { missing, ofRun, runHead } from "./runs.js";

const SHOWN = 6;

/** Fills `place` with stages and clusters of the run that `rest` names, or of the latest. */
export function clustersPart(place, [run]) {
  into(place, () => ofRun("errors", run), analysis, { missing: run ? undefined : missing, lines: 8 });
}

function analysis(found) {
  const byId = new Map(found.errors.map((one) => [one.id, one]));
  if (!found.errors.length) return [runHead(found, "errors"), nothing("No errors", `All ${found.considered} questions that could be looked at came out right.`)];
  return [
    runHead(found, "errors"),
    h("p", null, h("b", null, found.errors.length), ` of ${count(found.considered, "question")} went wrong.`),
    stages(found.stages, found.errors.length),
    h("h2", null, "Errors that belong together"),
    found.clusters.length ? h("div", { class: "cards" }, found.clusters.map((one) => cluster(one, byId))) : h("p", { class: "soft" }, "None share enough to be a group."),
  ];
}

function stages(named, total) {
  const rows = Object.entries(named).map(([name, one]) =>
    h(
      "tr",
      null,
      h("th", { scope: "row" }, one.meaning ?? name),
      h("td", { class: "bar-cell" }, h("span", { class: "bar", style: { "--share": one.n / total }, "aria-hidden": "true" })),
      h("td", { class: "number" }, one.n),
      h("td", { class: "number" }, one.abstained),
      h("td", { class: "number" }, share(one.share.value), h("span", { class: "soft" }, ` (${interval(one.share)})`)),
    ),
  );
  const head = h("tr", null, ["First stage that failed", "", "Errors", "Abstained in", "Of all questions"].map((text, at) => (text ? h("th", { scope: "col", class: at > 1 ? "number" : "" }, text) : h("td", { class: "bar-cell" }))));
  return h("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": "Errors by stage" }, h("table", null, h("thead", null, head), h("tbody", null, rows)));
}

function cluster(one, byId) {
  const errors = one.questions.map((id) => byId.get(id)).filter(Boolean);
  const list = h("ul", { class: "errors" }, errors.slice(0, SHOWN).map(error));
  const rest = errors.length > SHOWN ? h("button", { type: "button", class: "link", on: { click: () => (show(list, errors.map(error)), rest.remove()) } }, `Show all ${errors.length}`) : null;
  return h(
    "article",
    { class: "card" },
    h("h3", null, one.name, h("span", { class: "soft" }, ` ${count(one.questions.length, "error")}, alike in ${one.by}`)),
    one.words?.length ? h("p", { class: "soft" }, `Shared words: ${one.words.join(", ")}`) : null,
    list,
    rest,
    one.labeling_functions.length
      ? h("section", null, h("h4", null, "Labeling functions that would address it"), h("ul", null, one.labeling_functions.map((f) => h("li", null, h("b", null, f.kind), `: ${f.reason}`))))
      : null,
    one.slice?.source ? h("details", { class: "fold" }, h("summary", null, `The slice to watch: ${count(one.slice.of_run, "question")} of the run`), h("pre", { tabIndex: 0 }, one.slice.source)) : null,
  );
}

function error(one) {
  return h(
    "li",
    null,
    h(
      "details",
      null,
      h("summary", null, one.question),
      h("dl", { class: "facts" }, [
        [h("dt", null, "right"), h("dd", null, one.gold.join(" / ") || "not in the documents")],
        [h("dt", null, one.outcome), h("dd", null, one.text || "–")],
        [h("dt", null, "why"), h("dd", null, one.why)],
      ]),
      places("evidence", one.evidence),
      places("used", one.used),
    ),
  );
}

function places(title, list) {
  if (!list.length) return null;
  return h("p", { class: "soft" }, `${title}: `, list.slice(0, 3).map((place, at) => [at ? ", " : "", h("button", { type: "button", class: "link", on: { click: () => go(place) } }, `${place.document}, p. ${place.first_page + 1}`)]));
}

async function go(place) {
  const found = (await documents()).find((one) => one.name === place.document);
  if (!found) return;
  openPlace({ documentId: found.id, document: place.document, page: place.first_page, start: place.start, end: place.end, quote: place.quote });
}
