/** Labeling functions: coverage, overlap, conflict, how right each is; and what one of them voted on. */

import { get, path } from "../api.js";
import { h, show } from "../dom.js";
import { count, interval, moment, percent, share } from "../format.js";
import { absent, into, nothing } from "../notes.js";
import { openPlace } from "../viewer/panel.js";

/** Fills `place` with the table; `rest` may name a function whose examples are shown beneath. */
export function labelsPart(place, [name]) {
  const examples = h("section", { class: "examples-of" });
  const table = h("div");
  show(place, table, examples);
  const loaded = into(table, () => get("v1/labels"), (found) => functions(found, name), { missing, lines: 8 });
  if (!name) return;
  // The table is long: what was asked for stands beneath it.
  Promise.all([loaded, into(examples, () => get(`v1/${path("labels", name, "examples")}`), view, { missing: () => nothing("No examples", `Nothing is kept of what ${name} voted on.`) })]).then(() => examples.scrollIntoView());
}

function missing(error) {
  if (error.noRoute) return absent("Labels");
  return nothing("Nothing was labelled yet", "Labeling functions vote on passages and answers; their votes become training sets. Start a label job, or run covenant label.", h("a", { class: "button", href: "#/develop/jobs" }, "Jobs"));
}

function functions({ made_at: made, functions: list, wanted, failures, unsearched, ...found }, chosen) {
  if (!list.length) return nothing("No labeling functions", "Write some in labels.py of the workspace.");
  return [
    h("p", { class: "soft" }, `${moment(made)}: ${votes(found)}`),
    failures.map((one) => h("p", { class: "note warn" }, `${one.function} raised on ${count(one.items, "passage")}, first ${one.first}`)),
    table(list, chosen, "Labeling functions"),
    unsearched ? [h("h2", null, "Questions in words that searches do not know"), h("p", { class: "soft" }, `${votes(unsearched)} Ranks and likeness do not vote; the label model is another.`), table(unsearched.functions, chosen, "Labeling functions on words that searches do not know")] : null,
    wanted.length && !chosen
      ? h("details", { class: "fold" }, h("summary", null, "Where one more function would tell most"), h("ol", null, wanted.map((one) => h("li", null, `${one.kind}${one.heading ? ` under “${one.heading}”` : ""}: ${count(one.items, "passage")}, ${percent(one.silent)} without a vote`))))
      : null,
  ];
}

const votes = ({ questions, rows }) => `${count(rows.rows, "passage")} of ${count(questions, "question")}; ${percent(rows.coverage)} with a vote, ${percent(rows.overlap)} with two or more, ${percent(rows.conflict)} with votes that differ.`;

function table(list, chosen, label) {
  const heads = ["Function", "Family", "Votes for", "Coverage", "Overlap", "Conflict", "Right, estimated", "Right, on gold", "Weight"];
  return h(
    "div",
    { class: "scroll", tabIndex: 0, role: "region", "aria-label": label },
    h(
      "table",
      { class: "functions" },
      h("thead", null, h("tr", null, heads.map((text, at) => h("th", { scope: "col", class: at > 2 ? "number" : "" }, text)))),
      h("tbody", null, list.map((one) => row(one, chosen))),
    ),
  );
}

function row(one, chosen) {
  const measured = one.measured ? [share(one.measured.value), h("span", { class: "small-print" }, `${interval(one.measured)} · ${one.measured.n}`)] : "–";
  return h(
    "tr",
    { class: one.name === chosen ? "chosen" : "" },
    h("th", { scope: "row" }, h("a", { href: `#/develop/labels/${encodeURIComponent(one.name)}`, "aria-current": one.name === chosen ? "true" : null }, one.name)),
    h("td", null, one.family),
    h("td", null, one.polarity.join(", ") || "–"),
    bar(one.coverage),
    bar(one.overlap),
    bar(one.conflict, "bad"),
    h("td", { class: "number" }, share(one.estimated)),
    h("td", { class: "number" }, measured),
    h("td", { class: "number" }, share(one.weight)),
  );
}

const bar = (value, kind = "") => h("td", { class: "number" }, percent(value), h("span", { class: `bar ${kind}`, style: { "--share": value }, "aria-hidden": "true" }));

function view(found) {
  return [
    h("h2", null, found.name),
    found.description ? h("p", null, found.description) : null,
    found.source ? h("details", { class: "fold" }, h("summary", null, "Its source"), h("pre", { tabIndex: 0 }, found.source)) : null,
    h("h3", null, `What it voted on (${found.examples.length})`),
    found.examples.length ? h("div", { class: "cards" }, found.examples.map(example)) : h("p", { class: "soft" }, "Nothing."),
  ];
}

function example(one) {
  const others = (one.others ?? []).map((other) => h("span", { class: `tag ${other.vote === one.vote ? "" : "bad"}` }, `${other.name}: ${other.vote}`));
  const go = () => openPlace({ documentId: one.document_id, document: one.document, page: one.page ?? 0, start: one.start, end: one.end, quote: one.text });
  return h(
    "article",
    { class: `card${one.conflict ? " conflict" : ""}` },
    one.question ? h("h4", null, one.question) : null,
    h("blockquote", null, one.text),
    h(
      "p",
      { class: "row" },
      h("span", { class: "tag now" }, `votes ${one.vote}`),
      one.label === null || one.label === undefined ? null : h("span", { class: "tag" }, `label ${one.label}${one.probability ? ` (${share(one.probability)})` : ""}`),
      one.conflict ? h("span", { class: "tag bad" }, "conflict") : null,
      one.unsearched ? h("span", { class: "tag" }, "in words that searches do not know") : null,
      one.document_id ? h("button", { type: "button", class: "link", on: { click: go } }, `${one.document}, p. ${(one.page ?? 0) + 1}`) : null,
    ),
    others.length ? h("p", { class: "row" }, h("span", { class: "soft" }, "Others: "), others) : null,
  );
}
