/**
 * A PDF as a scroll of pages with text that can be selected and boxes over the words of a citation.
 *
 * Drawn by pdf.js, a page when it comes near and let go when it is far, so that 500 pages cost as much as five. All
 * geometry is in points from the page's top left corner, as in citations; `--scale` is pixels per point. Leaves the
 * frame around it to `panel.js`.
 */

import { h } from "../dom.js";
import { findQuote } from "./quotes.js";

const LIBRARY = new URL("../../vendor/pdfjs/", import.meta.url).href;
const MOST_PIXELS = 16_000_000;
const LARGEST = 4;
const SMALLEST = 0.3;

let library = null;

function pdfjs() {
  library ??= import(`${LIBRARY}pdf.min.mjs`).then((loaded) => {
    loaded.GlobalWorkerOptions.workerSrc = `${LIBRARY}pdf.worker.min.mjs`;
    return loaded;
  });
  return library;
}

/**
 * Opens a document into a scrolling element.
 *
 * @param {string} url
 * @param {HTMLElement} host
 * @param {(page: number) => void} onPage called with the page that is being read
 */
export async function openPdf(url, host, onPage) {
  const loaded = await pdfjs();
  const file = await loaded.getDocument({ url, wasmUrl: LIBRARY, isEvalSupported: false, enableXfa: false }).promise;
  return new PdfPages(loaded, file, host, onPage);
}

class PdfPages {
  constructor(loaded, file, host, onPage) {
    this.count = file.numPages;
    this.loaded = loaded;
    this.file = file;
    this.host = host;
    this.onPage = onPage;
    this.zoomed = 1;
    this.size = null;
    this.boxes = new Map();
    this.sheets = Array.from({ length: this.count }, (_, page) =>
      h("div", { class: "sheet", data: { page }, "aria-label": `Page ${page + 1}`, role: "group" }),
    );
    this.drawn = new Map();
    this.near = new IntersectionObserver((entries) => this.changed(entries), { root: host, rootMargin: "75% 0px" });
    this.resized = new ResizeObserver(() => this.fit());
    this.scrolled = () => requestAnimationFrame(() => this.tell());
  }

  /** Goes to a place and marks its words: `{page, boxes, quote}`. */
  async show(place) {
    const page = Math.min(Math.max(place.page, 0), this.count - 1);
    if (!this.size) await this.start(page);
    this.mark(place);
    this.host.scrollTop = this.sheets[page].offsetTop - 8;
    await this.draw(page);
    await this.drawn.get(page)?.text;
    if (!this.boxes.size && place.quote) this.seek(page, place.quote);
    this.toMark(page);
    this.tell();
  }

  /** Makes pages larger or smaller by a factor. */
  zoom(factor) {
    const page = this.page();
    this.zoomed = Math.min(Math.max(this.zoomed * factor, SMALLEST), LARGEST);
    this.fit();
    this.host.scrollTop = this.sheets[page].offsetTop - 8;
  }

  /** The page that is being read: the last that begins above the upper third. */
  page() {
    const line = this.host.scrollTop + this.host.clientHeight / 3;
    let [low, high] = [0, this.count - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.sheets[middle].offsetTop <= line) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Lets everything go. */
  close() {
    this.near.disconnect();
    this.resized.disconnect();
    this.host.removeEventListener("scroll", this.scrolled);
    for (const page of [...this.drawn.keys()]) this.release(page);
    this.file.loadingTask.destroy();
  }

  async start(page) {
    // All pages are taken for as large as this one until they are drawn: asking each costs seconds.
    this.size = (await this.file.getPage(page + 1)).getViewport({ scale: 1 });
    for (const sheet of this.sheets) measure(sheet, this.size);
    this.fit();
    this.host.replaceChildren(...this.sheets);
    for (const sheet of this.sheets) this.near.observe(sheet);
    this.resized.observe(this.host);
    this.host.addEventListener("scroll", this.scrolled, { passive: true });
  }

  fit() {
    if (!this.size || !this.host.clientWidth) return;
    const scale = (this.zoomed * (this.host.clientWidth - 24)) / this.size.width;
    if (scale === this.scale) return;
    this.scale = scale;
    this.host.style.setProperty("--scale", String(scale));
    for (const page of [...this.drawn.keys()]) this.draw(page);
  }

  changed(entries) {
    for (const entry of entries) {
      const page = Number(entry.target.dataset.page);
      if (entry.isIntersecting) this.draw(page);
      else this.release(page);
    }
  }

  /** Draws a page at the scale of now; a second call while it is being drawn waits for the first. */
  draw(page) {
    const now = this.drawn.get(page);
    if (now?.scale === this.scale) return now.done;
    now?.task?.cancel();
    const entry = { scale: this.scale, task: null, text: null };
    this.drawn.set(page, entry);
    entry.done = this.paint(page, entry).catch((error) => {
      if (error.name !== "RenderingCancelledException") console.error(error);
    });
    return entry.done;
  }

  async paint(page, entry) {
    const sheet = this.sheets[page];
    const source = await this.file.getPage(page + 1);
    if (this.drawn.get(page) !== entry) return;
    const size = source.getViewport({ scale: 1 });
    measure(sheet, size);
    const density = Math.min(devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / (size.width * size.height)) / entry.scale);
    const viewport = source.getViewport({ scale: entry.scale * density });
    const canvas = h("canvas", { width: Math.floor(viewport.width), height: Math.floor(viewport.height), "aria-hidden": "true" });
    entry.task = source.render({ canvas, viewport });
    const words = h("div", { class: "textLayer" });
    const layer = new this.loaded.TextLayer({ textContentSource: source.streamTextContent(), container: words, viewport: source.getViewport({ scale: entry.scale }) });
    entry.text = layer.render().then(() => (entry.pieces = layer.textDivs));
    await Promise.all([entry.task.promise, entry.text]);
    if (this.drawn.get(page) === entry) sheet.replaceChildren(canvas, this.boxesOf(page), words);
  }

  release(page) {
    this.drawn.get(page)?.task?.cancel();
    if (this.drawn.delete(page)) this.sheets[page].replaceChildren();
  }

  mark(place) {
    this.boxes = Map.groupBy(place.boxes ?? [], (box) => box.page);
    for (const page of this.drawn.keys()) {
      const old = this.sheets[page].querySelector(".boxes");
      old?.replaceWith(this.boxesOf(page));
      for (const piece of this.sheets[page].querySelectorAll(".sought")) piece.classList.remove("sought");
    }
  }

  boxesOf(page) {
    const boxes = (this.boxes.get(page) ?? []).map((box) =>
      h("div", { class: "box", style: { "--x": box.x0, "--y": box.y0, "--w": box.x1 - box.x0, "--h": box.y1 - box.y0 } }),
    );
    return h("div", { class: "boxes", "aria-hidden": "true" }, boxes);
  }

  /** Marks a quote that comes without boxes, by the text of its page. */
  seek(page, quote) {
    const pieces = this.drawn.get(page)?.pieces ?? [];
    const found = findQuote(pieces.map((piece) => piece.textContent), quote);
    for (const { piece } of found) pieces[piece].classList.add("sought");
  }

  toMark(page) {
    const first = this.sheets[page].querySelector(".box, .sought");
    if (!first) return;
    const top = first.getBoundingClientRect().top - this.host.getBoundingClientRect().top;
    this.host.scrollTop += top - this.host.clientHeight / 3;
  }

  tell() {
    if (this.sheets[0].isConnected) this.onPage(this.page());
  }
}

function measure(sheet, size) {
  sheet.style.setProperty("--w", String(size.width));
  sheet.style.setProperty("--h", String(size.height));
}
