/** What people said of answers, newest first; before it, the answers whose judgement would teach most. */

import { get } from "../api.js";
import { h, show } from "../dom.js";
import { count, moment, pageLabel, sure } from "../format.js";
import { absent, into, nothing } from "../notes.js";
import { openPlace } from "../viewer/panel.js";

/** Fills `place`; the returned function stops listening for new judgements. */
export function judgementsPart(place) {
  const queue = h("section");
  const list = h("section");
  show(place, queue, list);
  const load = () => {
    into(queue, () => get("v1/queue"), next, { missing: () => null, lines: 2 });
    into(list, () => get("v1/feedback?limit=100"), judgements, { missing: (error) => (error.noRoute ? absent("Judgements") : null) });
  };
  load();
  addEventListener("covenant:judged", load);
  return () => removeEventListener("covenant:judged", load);
}

function next({ queue }) {
  if (!queue.length) return null;
  const items = queue.slice(0, 10).map((one) =>
    h(
      "li",
      null,
      h("a", { href: `#/ask/${encodeURIComponent(one.answer_id)}` }, one.question),
      h("p", { class: "excerpt" }, one.answer ?? "Not in these documents"),
      h("p", { class: "soft" }, [one.confidence === undefined ? null : `Confidence ${sure(one.confidence)}`, one.reason].filter(Boolean).join(" · ")),
    ),
  );
  return [h("h2", null, "Judge these next"), h("p", { class: "soft" }, "Ordered by how much a judgement is expected to teach."), h("ol", { class: "queue" }, items)];
}

function judgements({ feedback }) {
  if (!feedback.length) return nothing("No judgements yet", "Ask something, then say under the answer whether it is right.", h("a", { class: "button", href: "#/ask" }, "Ask"));
  return [h("h2", null, count(feedback.length, "judgement")), h("div", { class: "cards" }, feedback.map(judgement))];
}

function judgement(one) {
  return h(
    "article",
    { class: `card judged ${one.verdict}` },
    h("p", { class: "row" }, h("span", { class: `tag ${one.verdict}` }, one.verdict), (one.tags ?? []).map((tag) => h("span", { class: "tag" }, tag)), h("span", { class: "spread" }), h("span", { class: "soft" }, [one.annotator, moment(one.created), one.release ? `release ${one.release}` : null].filter(Boolean).join(" · "))),
    h("h3", null, one.answer_id ? h("a", { href: `#/ask/${encodeURIComponent(one.answer_id)}` }, one.question) : one.question),
    h("dl", { class: "facts" }, [
      [h("dt", null, "answer"), h("dd", null, one.answer ?? "not in these documents")],
      one.better_answer ? [h("dt", null, "right"), h("dd", null, one.better_answer)] : null,
      one.right_place ? [h("dt", null, "stands in"), h("dd", null, placeLink(one.right_place))] : null,
      one.comment ? [h("dt", null, "comment"), h("dd", null, one.comment)] : null,
    ]),
  );
}

function placeLink(place) {
  const name = place.document ?? place.document_id;
  const go = () => openPlace({ documentId: place.document_id, document: name, page: place.page, quote: place.quote });
  return [h("button", { type: "button", class: "link", on: { click: go } }, `${name}, ${pageLabel(place.page)}`), place.quote ? h("blockquote", null, place.quote) : null];
}
