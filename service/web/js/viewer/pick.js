/**
 * Pointing to a passage: the reader selects words in the viewer and says that these are the ones.
 * A page as a whole can be pointed to as well, which needs no mouse.
 */

import { button, h, show } from "../dom.js";

const LONGEST = 600;

/**
 * The strip under the pages. `start(done)` shows it; `done` gets `{page, quote}`, an empty quote for a whole page.
 *
 * @param {HTMLElement} host the scrolling pages, whose sheets carry `data-page`
 * @param {() => number} pageOf the page that is being read
 */
export function picker(host, pageOf) {
  let done = null;
  let chosen = null;
  const words = h("p", { class: "chosen" });
  const use = button("Use these words", { class: "primary small", disabled: true }, () => finish(chosen));
  const whole = button("Use this whole page", { class: "small" }, () => finish({ page: pageOf(), quote: "" }));
  const element = h(
    "section",
    { class: "pick", hidden: true, "aria-label": "Point to the right passage" },
    words,
    h("p", { class: "row" }, use, whole, button("Cancel", { class: "quiet small" }, () => stop())),
  );

  const look = () => {
    chosen = selected(host);
    use.disabled = !chosen;
    if (chosen) show(words, h("span", { class: "soft" }, `Page ${chosen.page + 1}: `), `“${chosen.quote}”`);
    else show(words, h("b", null, "Select the words that answer the question"), ", on whatever page they are.");
  };

  function start(handler) {
    done = handler;
    element.hidden = false;
    document.addEventListener("selectionchange", look);
    look();
  }

  function stop() {
    done = null;
    element.hidden = true;
    document.removeEventListener("selectionchange", look);
  }

  function finish(place) {
    const handler = done;
    stop();
    getSelection().removeAllRanges();
    handler?.(place);
  }

  return { element, start, stop };
}

/** What is selected on the pages: the page where it begins and its words; null where nothing is. */
function selected(host) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed || !host.contains(selection.anchorNode)) return null;
  const range = selection.getRangeAt(0);
  const from = range.startContainer;
  const sheet = (from.nodeType === Node.ELEMENT_NODE ? from : from.parentElement).closest("[data-page]");
  const quote = selection.toString().replace(/\s+/g, " ").trim().slice(0, LONGEST);
  return sheet && quote ? { page: Number(sheet.dataset.page), quote } : null;
}
