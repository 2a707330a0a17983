/** Starts the page: the bar on top, and which view is shown for what stands behind the `#` of the address. */

import { askView } from "./ask/page.js";
import { developView } from "./develop/page.js";
import { documentsView } from "./documents/page.js";
import { h, icon } from "./dom.js";
import { failure } from "./notes.js";
import { sessionButton } from "./session.js";
import { themeSwitch } from "./theme.js";
import { closeViewer } from "./viewer/panel.js";

const VIEWS = {
  ask: { title: "Ask", make: askView },
  documents: { title: "Documents", make: documentsView },
  develop: { title: "Develop", make: developView },
};

const main = document.getElementById("main");
const kept = new Map();
let shown = null;

/** The view's name and what follows it: `#/develop/labels` is `["develop", ["labels"]]`. */
function place() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  return name in VIEWS ? [name, rest] : ["ask", []];
}

function go() {
  const [name, rest] = place();
  try {
    // A view is made once and kept, so that an answer is still there on the way back.
    if (!kept.has(name)) kept.set(name, VIEWS[name].make());
    const view = kept.get(name);
    if (shown !== name) {
      closeViewer();
      for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
      main.replaceChildren(view.element);
      main.dataset.view = name;
    }
    view.enter(rest);
  } catch (error) {
    main.replaceChildren(failure(error));
  }
  document.title = `${VIEWS[name].title} · Covenant`;
  for (const link of document.querySelectorAll(".views a")) {
    if (link.hash === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (shown !== null && shown !== name) {
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  shown = name;
}

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
document.getElementById("tools").append(
  h("a", { class: "button quiet round", href: "docs", title: "HTTP reference", "aria-label": "HTTP reference" }, icon("book")),
  themeSwitch(),
  sessionButton(),
);
addEventListener("hashchange", go);
go();
