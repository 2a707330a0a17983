/**
 * The panel beside the answer that shows where it stands: a document, a page, the words of the quote.
 *
 * One panel for the whole page. A place is `{documentId, document, page, pages, start, end, quote, boxes, sections}`.
 * It also lets the reader point to a passage: `pick`. Leaves drawing to `pdf.js` and `text.js`.
 */

import { path } from "../api.js";
import { announce, button, h, icon, show } from "../dom.js";
import { byId } from "../library.js";
import { failure, loading } from "../notes.js";
import { openPdf } from "./pdf.js";
import { picker } from "./pick.js";
import { openText } from "./text.js";

const panel = make();
let opened = null;
let turn = 0;
let opener = null;

/** Shows a place; the focus goes into the panel and comes back to where it was on closing. */
export async function openPlace(place) {
  const mine = (turn += 1);
  if (panel.element.hidden) opener = document.activeElement;
  panel.element.hidden = false;
  document.body.classList.add("with-viewer");
  head(place);
  panel.host.focus({ preventScroll: true });
  try {
    if (opened?.documentId !== place.documentId) {
      letGo();
      show(panel.host, loading("Loading the document…", 10));
      const pages = await open(place);
      if (mine !== turn) return pages.close();
      opened = { documentId: place.documentId, pages };
      show(panel.total, `of ${pages.count}`);
      panel.number.max = String(pages.count);
    }
    await opened.pages.show(place);
    if (mine === turn) announce(`${place.document}, page ${place.page + 1}`);
  } catch (error) {
    if (mine !== turn) return;
    letGo();
    show(panel.host, failure(told(error), () => openPlace(place)));
  }
}

/** Closes the panel. */
export function closeViewer() {
  if (panel.element.hidden) return;
  turn += 1;
  letGo();
  panel.picker.stop();
  panel.element.hidden = true;
  document.body.classList.remove("with-viewer");
  if (opener?.isConnected) opener.focus({ preventScroll: true });
}

/**
 * Lets the reader point to a passage of what is open: `{document_id, document, page, quote}` goes to `done`.
 * Nothing has to be open yet: the first of `places` is shown then.
 */
export async function pick(places, done) {
  panel.picker.start((place) => done({ document_id: opened.documentId, document: panel.title.textContent, ...place }));
  if (!opened && places.length) await openPlace(places[0]);
}

async function open(place) {
  const known = await byId(place.documentId);
  if (known && known.media_type !== "application/pdf") {
    return openText(place.documentId, known.pages, panel.host, pageChanged);
  }
  return openPdf(`v1/${path("documents", place.documentId, "original")}`, panel.host, pageChanged);
}

function letGo() {
  opened?.pages.close();
  opened = null;
  show(panel.total);
}

/** pdf.js has errors of its own; what a reader can do about them is said here. */
function told(error) {
  if (error.status === 404 || error.name === "ResponseException") {
    return { message: "this document cannot be shown", remedy: "the service does not hand out its pages, or it was deleted" };
  }
  if (/InvalidPDF|MissingPDF|UnexpectedResponse|UnknownError/.test(error.name)) {
    return { message: "this PDF cannot be drawn", remedy: "open the original instead" };
  }
  return error;
}

function head(place) {
  show(panel.title, place.document);
  panel.title.title = place.document;
  show(panel.path, (place.sections ?? []).join(" › "));
  panel.number.value = String(place.page + 1);
  panel.original.href = `v1/${path("documents", place.documentId, "original")}`;
}

function pageChanged(page) {
  if (document.activeElement !== panel.number) panel.number.value = String(page + 1);
}

function turnTo(page) {
  if (!opened || Number.isNaN(page)) return;
  const wanted = Math.min(Math.max(page, 0), opened.pages.count - 1);
  opened.pages.show({ page: wanted }).catch((error) => show(panel.host, failure(told(error))));
}

function make() {
  const title = h("h2", { id: "viewer-title" });
  const where = h("p", { class: "soft where" });
  const host = h("div", { class: "pages", tabIndex: 0, role: "region", "aria-labelledby": "viewer-title" });
  const number = h("input", {
    type: "number", min: "1", "aria-label": "Page", inputMode: "numeric",
    on: { change: () => turnTo(Number.parseInt(number.value, 10) - 1) },
  });
  const total = h("span", { class: "soft" });
  const original = h("a", { class: "button quiet round", target: "_blank", rel: "noopener", title: "Open the original", "aria-label": "Open the original" }, icon("open"));
  const quiet = (name, label, click) => button("", { class: "quiet round", icon: name, label }, click);
  const picking = picker(host, () => opened?.pages.page() ?? 0);
  const element = h(
    "aside",
    { class: "viewer", hidden: true, "aria-label": "Document", on: { keydown: keys } },
    h(
      "header",
      null,
      h("div", { class: "what" }, title, where),
      quiet("close", "Close the document (Esc)", closeViewer),
    ),
    h(
      "div",
      { class: "toolbar", role: "group", "aria-label": "Pages and size" },
      quiet("left", "Page before", () => turnTo(opened?.pages.page() - 1)),
      h("span", { class: "page-number" }, number, total),
      quiet("right", "Next page", () => turnTo(opened?.pages.page() + 1)),
      h("span", { class: "spread" }),
      quiet("minus", "Smaller", () => opened?.pages.zoom(1 / 1.2)),
      quiet("plus", "Larger", () => opened?.pages.zoom(1.2)),
      original,
    ),
    host,
    picking.element,
  );
  document.body.append(element);
  return { element, title, path: where, host, number, total, original, picker: picking };
}

function keys(event) {
  if (event.key === "Escape") {
    event.preventDefault();
    closeViewer();
  } else if (event.target === panel.host && event.key === "ArrowRight") {
    turnTo(opened?.pages.page() + 1);
  } else if (event.target === panel.host && event.key === "ArrowLeft") {
    turnTo(opened?.pages.page() - 1);
  }
}
