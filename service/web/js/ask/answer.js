/**
 * A question with what came of it: an answer with its places, or an honest "not in these documents".
 * Leaves places to `places.js`, computed numbers to `derivation.js`, judging to `feedback.js`.
 */

import { button, h, icon, show } from "../dom.js";
import { count, milliseconds, pageLabel, sure } from "../format.js";
import { documents } from "../library.js";
import { sentence, toast } from "../notes.js";
import { derivationView } from "./derivation.js";
import { feedbackForm } from "./feedback.js";
import { citationItem, evidenceList } from "./places.js";
import { replayButton } from "./replay.js";

/**
 * @param {string} question
 * @param {object} reply as `POST /v1/ask` gives it
 * @param {{narrowed?: boolean, widen?: () => void, edit?: () => void}} [around] what the view can do with the question
 */
export function answerView(question, reply, around = {}) {
  const answered = reply.outcome === "answered";
  return h(
    "article",
    { class: "answer", "aria-label": `Answer to ${question}` },
    h("div", { class: "asked" }, h("h2", { class: "question" }, question), around.edit ? button("Edit", { class: "quiet small" }, around.edit) : null),
    notices(reply.notices),
    answered ? answeredView(reply) : abstainedView(reply, around),
    evidenceList(reply.evidence, `${answered ? "What was read for it" : "The nearest passages, which do not say it"} (${count(reply.evidence.length, "passage")})`, !answered),
    answered ? searchedList(reply.searched) : null,
    feedbackForm(question, reply),
    foot(question, reply),
  );
}

function notices(lines) {
  if (!lines.length) return null;
  return h("ul", { class: "notices" }, lines.map((line) => h("li", { class: "note warn" }, icon("warn"), h("span", null, sentence(line)))));
}

function answeredView(reply) {
  const { citations, derivation } = reply;
  return [
    h("div", { class: `said${reply.answer.length > 220 ? " long" : ""}` }, reply.answer),
    confidence(reply.confidence),
    derivation ? derivationView(derivation, citations) : null,
    h("section", { class: "cited", "aria-label": "Where it stands" }, h("h3", null, "Where it stands"), h("ol", null, citations.map((one, at) => citationItem(one, at + 1)))),
  ];
}

function confidence(value) {
  const level = value >= 0.75 ? "high" : value >= 0.5 ? "middle" : "low";
  return h(
    "p",
    { class: `confidence ${level}` },
    h("span", { class: "gauge", style: { "--share": value }, "aria-hidden": "true" }),
    h("span", null, `Confidence ${sure(value)}`),
  );
}

function abstainedView(reply, { narrowed, widen }) {
  return h(
    "section",
    { class: "abstained" },
    h("p", { class: "said none" }, "Not in these documents"),
    h("p", null, `Nothing in them answers this surely enough to be shown as an answer: ${reply.reason.replace(/\.$/, "")}.`),
    searchedList(reply.searched, true),
    narrowed && widen ? h("p", null, button("Ask all documents", { icon: "ask" }, widen)) : null,
  );
}

/** The documents that were searched: `{id, name}` each, or ids of the library. */
function searchedList(searched, open = false) {
  const made = h("details", { class: "fold", open }, h("summary", null, `Searched ${count(searched.length, "document")}`));
  const fill = async () => {
    if (made.childElementCount > 1) return;
    const names = await documents().then((all) => new Map(all.map((one) => [one.id, one.name])), () => new Map());
    made.append(h("ul", { class: "names" }, searched.map((one) => h("li", null, one.name ?? names.get(one) ?? one))));
  };
  made.addEventListener("toggle", fill);
  if (open) fill();
  return made;
}

function foot(question, reply) {
  const parts = [
    reply.release && reply.release !== "none" ? `Release ${reply.release}` : null,
    reply.timings_ms?.total ? milliseconds(reply.timings_ms.total) : null,
  ].filter(Boolean);
  return h(
    "footer",
    { class: "row" },
    reply.outcome === "answered" ? button("Copy with sources", { class: "quiet small", icon: "copy" }, () => copy(question, reply)) : null,
    reply.id ? replayButton(reply.id) : null,
    h("span", { class: "spread" }),
    h("span", { class: "soft" }, parts.join(" · ")),
  );
}

async function copy(question, reply) {
  const places = reply.citations.map((one, at) => `[${at + 1}] ${one.document}, ${pageLabel(one.page, one.page_label)}: “${one.quote}”`);
  try {
    await navigator.clipboard.writeText([question, "", reply.answer, "", ...places].join("\n"));
    toast("Copied");
  } catch {
    toast("This browser does not let the page copy", "bad");
  }
}

/** What is on its way: the stages as the service tells of them, and the words of a model before they are checked. */
export function progressView(question, cancel) {
  const steps = { searched: h("li", null, "Searching the documents"), evidence: h("li", null, "Reading passages"), answer: h("li", null, "Checking the answer") };
  const draft = h("p", { class: "draft", hidden: true });
  const element = h(
    "article",
    { class: "answer asking", "aria-busy": "true" },
    h("div", { class: "asked" }, h("h2", { class: "question" }, question)),
    h("ol", { class: "steps", role: "status" }, Object.values(steps)),
    draft,
    h("p", null, button("Stop", { class: "small" }, cancel)),
  );
  steps.searched.className = "now";
  const done = (step, text, next) => {
    show(step, text);
    step.className = "done";
    if (next) next.className = "now";
  };
  return {
    element,
    on(event, data) {
      if (event === "searched") done(steps.searched, `Searched ${count(data.documents.length, "document")}`, steps.evidence);
      if (event === "evidence") done(steps.evidence, `Read ${count(data.evidence.length, "passage")}`, steps.answer);
      if (event === "token") {
        draft.hidden = false;
        draft.append(data.text);
      }
    },
  };
}
