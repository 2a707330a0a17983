/** Citations and passages as things to click: each opens the viewer at its words. */

import { h, icon } from "../dom.js";
import { pageLabel } from "../format.js";
import { byId, documents } from "../library.js";
import { failure } from "../notes.js";
import { openPlace } from "../viewer/panel.js";

/** A line of this many characters is taken for one of a paragraph. */
const PROSE = 45;

/** The place of a citation, as the viewer takes it. */
export function placeOf(citation) {
  return {
    documentId: citation.document_id,
    document: citation.document,
    page: citation.page,
    pages: citation.pages,
    start: citation.start,
    end: citation.end,
    quote: citation.quote,
    boxes: citation.boxes,
    sections: citation.section_path,
  };
}

/** A citation: a chip with its number, document and page; under it the quote, and what changed the document since. */
export function citationItem(citation, number) {
  const chip = h(
    "button",
    { type: "button", class: "chip cite", on: { click: () => choose(chip, placeOf(citation)) } },
    h("b", { class: "nth" }, number),
    h("span", { class: "cut" }, citation.document),
    h("span", { class: "nowrap" }, pageLabel(citation.page, citation.page_label)),
  );
  return h(
    "li",
    { class: "citation" },
    chip,
    citation.section_path.length ? h("p", { class: "soft where" }, citation.section_path.join(" › ")) : null,
    h("blockquote", null, flowing(citation.quote)),
    citation.caption ? h("p", { class: "soft" }, `In the table: ${citation.caption.replace(/^\((.*)\)$/, "$1")}.`) : null,
    citation.amended_by.length ? amended(citation.amended_by) : null,
  );
}

/** A quote without the line ends of its page, where it is prose; rows of a table keep theirs. */
function flowing(quote) {
  const lines = quote.split("\n");
  return lines.slice(0, -1).every((line) => line.length > PROSE) ? lines.join(" ") : quote;
}

/** Marks the chip that the viewer shows, of all on the page, and opens its place. */
export function choose(chip, place) {
  for (const other of document.querySelectorAll('[aria-pressed="true"].cite')) other.setAttribute("aria-pressed", "false");
  chip.setAttribute("aria-pressed", "true");
  openPlace(place);
}

function amended(names) {
  return h("p", { class: "note warn" }, icon("warn"), h("span", null, "Changed since by ", names.map((name, at) => [at ? ", " : "", documentLink(name)]), `. Read ${names.length > 1 ? "them" : "it"} too.`));
}

/** A document by name, opened at its first page. */
function documentLink(name) {
  const open = async () => {
    const found = (await documents()).find((one) => one.name === name);
    if (found) openPlace({ documentId: found.id, document: name, page: 0 });
  };
  return h("button", { type: "button", class: "link", on: { click: open } }, name);
}

const WHY = {
  hit: "found",
  asked: "defines a term of the question",
  referred: "referred to",
  used: "defines a term used",
  table: "part of the same table",
  beside: "stands beside the best",
};

const SHOWN = 4;

/** The passages that were read for an answer, the first few of them; folded away unless `open`. */
export function evidenceList(evidence, title, open = false) {
  if (!evidence.length) return null;
  const items = h("ol", { class: "evidence" });
  const made = h("details", { class: "fold" }, h("summary", null, title), items);
  const add = async (some) => {
    try {
      items.append(...(await Promise.all(some.map(evidenceItem))));
    } catch (error) {
      made.append(failure(error));
    }
  };
  made.addEventListener("toggle", async () => {
    if (!made.open || items.childElementCount) return;
    await add(evidence.slice(0, SHOWN));
    if (evidence.length > SHOWN) made.append(rest);
  });
  const rest = h("button", { type: "button", class: "link", on: { click: () => (rest.remove(), add(evidence.slice(SHOWN))) } }, `Show all ${evidence.length}`);
  made.open = open;
  return made;
}

async function evidenceItem(one) {
  const name = one.document ?? (await byId(one.document_id))?.name ?? one.document_id;
  const place = { ...placeOf(one), document: name, pages: one.pages ?? [one.page], quote: one.text ?? "", boxes: one.boxes ?? [] };
  const chip = h(
    "button",
    { type: "button", class: "chip cite", on: { click: () => choose(chip, place) } },
    h("span", { class: "cut" }, name),
    h("span", { class: "nowrap" }, pageLabel(one.page)),
  );
  const why = [WHY[one.why] ?? one.why, one.label].filter(Boolean).join(": ");
  return h("li", null, chip, h("span", { class: "soft" }, ` ${why}`), one.text ? h("p", { class: "excerpt" }, one.text) : null);
}
