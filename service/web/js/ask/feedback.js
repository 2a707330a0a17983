/**
 * Judging an answer: right, partly, wrong; what would be right, where it stands, tags, a comment.
 *
 * A judgement is kept by the service and teaches: `POST /v1/feedback`. A thumb up goes at once; the others open the
 * form, because what is wrong teaches little without what is right.
 */

import { post } from "../api.js";
import { button, h, show } from "../dom.js";
import { pageLabel } from "../format.js";
import { failure, toast } from "../notes.js";
import { pick } from "../viewer/panel.js";
import { placeOf } from "./places.js";

const VERDICTS = [
  { value: "right", text: "Right", drawing: "check" },
  { value: "partly", text: "Partly", drawing: "minus" },
  { value: "wrong", text: "Wrong", drawing: "close" },
];
const TAGS = ["wrong number", "wrong period", "wrong document", "incomplete", "outdated", "not what was asked", "bad citation"];

/** The row of verdicts with the form under it; nothing for an answer that the service did not keep. */
export function feedbackForm(question, reply) {
  if (!reply.id) return null;
  const state = { verdict: "", place: null, tags: new Set() };
  const form = h("div", { class: "judgement", hidden: true });
  const told = h("span", { class: "soft", role: "status" });
  const buttons = VERDICTS.map(({ value, text, drawing }) =>
    button(text, { class: `small verdict ${value}`, icon: drawing, "aria-pressed": "false" }, () => judge(value)),
  );
  const more = button("Say more", { class: "quiet small", hidden: true }, () => open());
  const element = h(
    "section",
    { class: "feedback", "aria-label": "Judge this answer" },
    h("p", { class: "row" }, h("span", { class: "ask" }, "Is this right?"), buttons, more, told),
    form,
  );

  function judge(verdict) {
    state.verdict = verdict;
    buttons.forEach((one, at) => one.setAttribute("aria-pressed", String(VERDICTS[at].value === verdict)));
    if (verdict === "right") save({});
    else open();
  }

  function open() {
    form.hidden = false;
    show(form, fields(state, reply, save));
    form.querySelector("textarea, button").focus();
  }

  async function save(said) {
    show(told, "Saving…");
    try {
      const right_place = state.place ? { document_id: state.place.document_id, page: state.place.page, quote: state.place.quote } : undefined;
      await post("v1/feedback", { answer_id: reply.id, verdict: state.verdict, right_place, tags: [...state.tags], ...said });
      form.hidden = true;
      more.hidden = false;
      show(told, "Thank you: saved, and the next tuning learns from it.");
      toast("Judgement saved");
      dispatchEvent(new Event("covenant:judged"));
    } catch (error) {
      show(told);
      form.hidden = false;
      form.append(failure(error));
    }
  }

  return element;
}

function fields(state, reply, save) {
  const better = h("textarea", { id: "better", rows: 2, placeholder: reply.outcome === "answered" ? reply.answer : "What the documents say" });
  const comment = h("textarea", { id: "comment", rows: 2 });
  const send = () => save({ better_answer: better.value.trim() || undefined, comment: comment.value.trim() || undefined });
  return [
    state.verdict === "right" ? null : [h("label", { for: "better" }, "The right answer"), better],
    h("fieldset", null, h("legend", null, "Where it stands"), pointer(state, reply)),
    h("fieldset", null, h("legend", null, "What is the matter"), h("div", { class: "tags" }, TAGS.map((tag) => tagBox(tag, state.tags)), ownTag(state.tags))),
    h("label", { for: "comment" }, "Comment"),
    comment,
    h("p", { class: "row" }, button("Send", { class: "primary", icon: "check" }, send)),
  ];
}

function pointer(state, reply) {
  const told = h("span", { class: "pointed" });
  const draw = () => {
    const { place } = state;
    if (!place) return show(told);
    show(told, `${place.document}, ${pageLabel(place.page)}`, place.quote ? h("blockquote", null, place.quote) : null);
  };
  const places = reply.citations.length ? reply.citations.map(placeOf) : reply.evidence.slice(0, 1).map(evidencePlace);
  const start = button("Point to the right passage", { class: "small", icon: "point" }, () =>
    pick(places, (place) => {
      state.place = place;
      draw();
      start.focus();
    }),
  );
  draw();
  return [start, told];
}

const evidencePlace = (one) => ({ documentId: one.document_id, document: one.document ?? one.document_id, page: one.page, pages: one.pages ?? [one.page] });

function tagBox(tag, tags) {
  const box = h("input", { type: "checkbox", checked: tags.has(tag), on: { change: () => (box.checked ? tags.add(tag) : tags.delete(tag)) } });
  return h("label", { class: "tag-box" }, box, tag);
}

function ownTag(tags) {
  const field = h("input", { type: "text", class: "own-tag", placeholder: "another…", "aria-label": "Another tag", maxLength: 40 });
  const add = () => {
    const tag = field.value.trim();
    if (!tag) return;
    field.value = "";
    tags.add(tag);
    field.before(tagBox(tag, tags));
  };
  field.addEventListener("change", add);
  field.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), add()));
  return field;
}
