/**
 * The view "Ask": a question, what it searches, the answer as it comes, and what was asked before.
 * Leaves the answer's looks to `answer.js`, the scope to `scope.js`, earlier answers to `history.js`.
 */

import { ApiError } from "../api.js";
import { announce, button, h, show } from "../dom.js";
import { count } from "../format.js";
import { documents, values } from "../library.js";
import { absent, failure, into, nothing } from "../notes.js";
import { postForEvents } from "../stream.js";
import { closeViewer } from "../viewer/panel.js";
import { answerView, progressView } from "./answer.js";
import { historyRail, stored } from "./history.js";
import { scopePicker } from "./scope.js";

/** The view: `{element, enter(rest)}`; `rest` may name a stored answer. */
export function askView() {
  const scope = scopePicker();
  const box = questionBox((question) => ask(question));
  const place = h("div", { class: "result" });
  const rail = historyRail(reopen);
  const element = h("div", { class: "ask-view" }, rail.element, h("div", { class: "column" }, box.element(scope.element), place));
  let running = null;
  let shownId = null;
  const visit = new Map();

  async function ask(question) {
    running?.abort();
    const mine = (running = new AbortController());
    closeViewer();
    const narrowed = scope.narrowed();
    box.fill("", false);
    const progress = progressView(question, () => mine.abort());
    show(place, progress.element);
    try {
      const reply = await request({ question, ...scope.body() }, progress, mine.signal);
      const entry = { id: reply.id ?? `visit-${visit.size + 1}`, created: new Date().toISOString(), question, outcome: reply.outcome, answer: reply.answer, reply };
      visit.set(entry.id, entry);
      put(entry, { narrowed, widen: () => (scope.reset(), ask(question)) });
      rail.add(entry);
      announce(reply.outcome === "answered" ? `Answer: ${reply.answer}` : "Not in these documents");
    } catch (error) {
      if (error.name === "AbortError") return mine === running ? (box.fill(question), show(place, h("p", { class: "soft" }, "Stopped."))) : null;
      box.fill(question);
      show(place, problem(error, () => ask(question)));
    } finally {
      if (mine === running) running = null;
    }
  }

  function put(entry, around) {
    shownId = entry.id;
    show(place, answerView(entry.question, entry.reply, { ...around, edit: () => box.fill(entry.question) }));
    rail.current(entry.id);
    history.replaceState(null, "", `#/ask/${encodeURIComponent(entry.id)}`);
  }

  function reopen(id) {
    location.hash = `#/ask/${encodeURIComponent(id)}`;
  }

  async function enter([id]) {
    if (!place.childElementCount && !id) welcome(place, box.fill);
    if (!id || id === shownId) return;
    running?.abort();
    closeViewer();
    const known = visit.get(id);
    if (known) return put(known);
    shownId = id;
    rail.current(id);
    await into(place, () => stored(id), ({ question, reply }) => answerView(question, reply, { edit: () => box.fill(question) }), {
      missing: () => nothing("No such answer", "It was asked on another visit to a service that keeps no answers, or it is not yours to see."),
    });
  }

  rail.load();
  addEventListener("covenant:session", rail.load);
  return { element, enter };
}

/** Asks, and gives the reply whether it came as events or as one object. */
async function request(body, progress, signal) {
  let reply = null;
  const whole = await postForEvents("v1/ask", body, (event, data) => {
    if (event === "answer") reply = data;
    else if (event === "error") throw new ApiError(500, data.error);
    else progress.on(event, data);
  }, signal);
  reply ??= whole;
  if (!reply) throw new ApiError(502, { message: "the service stopped before the answer was there", remedy: "ask again" });
  return reply;
}

function problem(error, again) {
  if (error.code === "empty_index") return h("div", null, noDocuments());
  if (error.noRoute) return absent("Questions");
  return failure(error, again);
}

function questionBox(ask) {
  const field = h("textarea", {
    id: "question", rows: 1, required: true, maxLength: 4000, placeholder: "Ask about your documents",
    "aria-label": "Question", enterKeyHint: "send", on: { keydown: keys, input: grow },
  });
  const submit = (event) => {
    event?.preventDefault();
    const question = field.value.trim();
    if (question) ask(question);
    else field.focus();
  };

  function keys(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  }

  function grow() {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, 240)}px`;
  }

  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, dialog, [contenteditable]");
    if (event.key === "/" && !typing && field.isConnected) {
      event.preventDefault();
      field.focus();
    }
  });
  return {
    element: (scope) =>
      h(
        "form",
        { class: "question-box", role: "search", on: { submit } },
        h("div", { class: "field" }, field, h("button", { class: "button primary" }, "Ask")),
        h("div", { class: "row under" }, scope, h("span", { class: "spread" }), h("span", { class: "soft hint" }, h("kbd", null, "/"), " to ask, ", h("kbd", null, "Esc"), " closes the document")),
      ),
    fill(question, focus = true) {
      field.value = question;
      grow();
      if (focus) field.focus();
    },
  };
}

/** What to do here, before anything was asked; the examples are about documents that are in the library. */
async function welcome(place, fill) {
  await into(place, documents, (all) => (all.length ? invitation(all, fill) : noDocuments()), { lines: 2 });
}

function noDocuments() {
  return nothing("No documents yet", "Add contracts, indentures, filings or reports: PDF, Word, HTML or text. Then ask.", h("a", { class: "button primary", href: "#/documents" }, "Add documents"));
}

function invitation(all, fill) {
  const examples = suggestions(all);
  return h(
    "section",
    { class: "welcome" },
    h("h1", null, "Ask, and see where it stands"),
    h("p", { class: "soft" }, `Answers come from ${count(all.length, "document")}, with the page and the words they rest on. Where the documents do not say, this page says so.`),
    examples.length ? [h("h2", null, "For instance"), h("ul", { class: "examples" }, examples.map((text) => h("li", null, button(text, { class: "example" }, () => fill(text)))))] : null,
  );
}

const QUESTIONS = [
  { kinds: ["10-K", "annual report"], text: (one) => one.company && one.year && `What was ${one.company}'s total revenue in fiscal ${one.year}?` },
  { kinds: ["10-K", "annual report"], text: (one) => one.company && one.year && `What is the current ratio of ${one.company} in FY${one.year}?` },
  { kinds: ["indenture"], text: (one) => `Who is the trustee under ${one.name}?` },
  { kinds: ["credit agreement"], text: (one) => `What events of default does ${one.name} list?` },
  { kinds: ["NDA", "agreement", "merger agreement"], text: (one) => `Which law governs ${one.name}?` },
];

/** Up to four questions that fit the kinds of documents there are. */
function suggestions(all) {
  const told = QUESTIONS.map(({ kinds, text }) => {
    const one = all.find((document) => values([document], "kind").some((kind) => kinds.includes(kind)));
    if (!one) return null;
    const [company] = values([one], "company");
    const [year] = values([one], "fiscal_year");
    return text({ name: one.name, company, year });
  });
  return [...new Set(told.filter(Boolean))].slice(0, 4);
}
