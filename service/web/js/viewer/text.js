/**
 * A document without a layout of its own (HTML, text, Word) as its text, a sheet for each of its pages.
 *
 * The words of a citation are marked by their span in the document's text. Markup of the document never reaches the
 * page: what is shown is text. Leaves the frame around it to `panel.js`.
 */

import { get, path } from "../api.js";
import { button, h, show } from "../dom.js";
import { failure, loading } from "../notes.js";
import { findQuote } from "./quotes.js";

/** Opens a document's text into a scrolling element. */
export function openText(documentId, count, host, onPage) {
  return new TextPages(documentId, count, host, onPage);
}

class TextPages {
  constructor(documentId, count, host, onPage) {
    this.documentId = documentId;
    this.count = count;
    this.host = host;
    this.onPage = onPage;
    this.zoomed = 1;
    this.first = 0;
    this.last = -1;
    this.before = button("", { class: "quiet" }, () => this.more(-1));
    this.after = button("", { class: "quiet" }, () => this.more(1));
    this.sheets = h("div", { class: "texts" });
    this.scrolled = () => requestAnimationFrame(() => this.tell());
    host.addEventListener("scroll", this.scrolled, { passive: true });
  }

  /** Goes to a place and marks its words: `{page, pages, start, end, quote}`. */
  async show(place) {
    this.place = place;
    const wanted = place.pages?.length ? place.pages : [place.page];
    show(this.host, loading("Loading the page…", 8));
    const sheets = await Promise.all(wanted.map((page) => this.sheet(page)));
    [this.first, this.last] = [wanted[0], wanted.at(-1)];
    show(this.sheets, sheets);
    show(this.host, this.before, this.sheets, this.after);
    this.buttons();
    const mark = this.host.querySelector("mark");
    this.host.scrollTop = 0;
    if (mark) {
      const top = mark.getBoundingClientRect().top - this.host.getBoundingClientRect().top;
      this.host.scrollTop = top - this.host.clientHeight / 3;
    }
    this.onPage(place.page);
  }

  /** Makes the letters larger or smaller by a factor. */
  zoom(factor) {
    this.zoomed = Math.min(Math.max(this.zoomed * factor, 0.6), 2.5);
    this.host.style.setProperty("--zoom", String(this.zoomed));
  }

  /** The page that is being read. */
  page() {
    const line = this.host.getBoundingClientRect().top + this.host.clientHeight / 3;
    const above = [...this.sheets.children].filter((sheet) => sheet.getBoundingClientRect().top <= line);
    return Number(above.at(-1)?.dataset.page ?? this.first);
  }

  /** Lets everything go. */
  close() {
    this.host.removeEventListener("scroll", this.scrolled);
    this.host.style.removeProperty("--zoom");
  }

  async more(step) {
    const page = step < 0 ? this.first - 1 : this.last + 1;
    try {
      const sheet = await this.sheet(page);
      if (step < 0) {
        const height = this.host.scrollHeight;
        this.sheets.prepend(sheet);
        this.first = page;
        this.host.scrollTop += this.host.scrollHeight - height;
      } else {
        this.sheets.append(sheet);
        this.last = page;
      }
      this.buttons();
    } catch (error) {
      this.sheets.append(failure(error));
    }
  }

  buttons() {
    this.before.hidden = this.first === 0;
    this.after.hidden = this.last + 1 >= this.count;
    show(this.before, `Show page ${this.first}`);
    show(this.after, `Show page ${this.last + 2}`);
  }

  async sheet(page) {
    const read = await get(`v1/${path("documents", this.documentId, "pages", page)}`);
    const body = h("div", { class: "words" }, marked(read, this.place));
    const head = this.count > 1 ? h("p", { class: "number-of-page" }, `Page ${page + 1}`) : null;
    return h("div", { class: "sheet text", data: { page }, role: "group", "aria-label": `Page ${page + 1}` }, head, body);
  }

  tell() {
    if (this.sheets.isConnected) this.onPage(this.page());
  }
}

/** A page's text with the words of a place marked, by their span or, where it has none, by the quote. */
function marked(read, place) {
  const { text } = read;
  let span = null;
  if (place.end > place.start && typeof read.start === "number") {
    span = [Math.max(place.start - read.start, 0), Math.min(place.end - read.start, text.length)];
  } else if (place.quote) {
    const [found] = findQuote([text], place.quote);
    span = found ? [found.start, found.end] : null;
  }
  if (!span || span[0] >= span[1]) return [text];
  return [text.slice(0, span[0]), h("mark", null, text.slice(...span)), text.slice(span[1])];
}
