/** The view "Documents": what is in the library and what each says of itself; adding and deleting. */

import { get, path, remove } from "../api.js";
import { button, h, icon, show } from "../dom.js";
import { count, day } from "../format.js";
import { changed, documents, values } from "../library.js";
import { confirm, failure, into, nothing, toast } from "../notes.js";
import { openPlace } from "../viewer/panel.js";
import { uploader } from "./upload.js";

const COLUMNS = [
  { name: "name", label: "Document", of: (one) => one.name },
  { name: "kind", label: "Kind", of: (one) => values([one], "kind").join(", ") },
  { name: "party", label: "Company or party", of: (one) => parties(one).join(", ") },
  { name: "year", label: "Year", of: (one) => values([one], "fiscal_year").join(", ") },
  { name: "pages", label: "Pages", of: (one) => one.pages, number: true },
  { name: "added", label: "Added", of: (one) => one.added_at },
];
const FACT_WORDS = { title: "Title", kind: "Kind", company: "Company", party: "Party", ticker: "Ticker", fiscal_year: "Fiscal year", period_end: "Period to", date: "Date" };

/** The view: `{element, enter()}`. */
export function documentsView() {
  const list = h("div");
  const state = { sort: "name", down: false, wanted: "" };
  const search = h("input", { type: "search", placeholder: "Find by name, company, kind, year", "aria-label": "Find a document", on: { input: () => ((state.wanted = search.value), draw()) } });
  const told = h("p", { class: "soft", role: "status" });
  const element = h(
    "div",
    { class: "documents-view" },
    h("header", { class: "head" }, h("h1", null, "Documents"), told),
    uploader(),
    h("div", { class: "row" }, search),
    list,
  );
  let all = null;

  function draw() {
    if (!all) return;
    const wanted = state.wanted.trim().toLowerCase();
    const fits = all.filter((one) => !wanted || text(one).includes(wanted));
    show(told, `${count(all.length, "document")}, ${count(all.reduce((sum, one) => sum + one.pages, 0), "page")}`);
    search.hidden = !all.length;
    if (!all.length) show(list, nothing("Nothing here yet", "What you add is read page by page, with its sections, definitions, tables and figures, and can be asked a moment later."));
    else if (!fits.length) show(list, h("p", { class: "soft" }, "No document fits."));
    else show(list, table(sorted(fits, state), state, draw));
  }

  const load = () => into(list, documents, (found) => ((all = found), draw(), [...list.childNodes]));
  addEventListener("covenant:library", load);
  return { element, enter: load };
}

const parties = (one) => values([one], "company", "party");
const text = (one) => `${one.name} ${one.title} ${one.files.join(" ")} ${Object.values(one.facts).flat().join(" ")}`.toLowerCase();

function sorted(list, { sort, down }) {
  const { of, number } = COLUMNS.find(({ name }) => name === sort);
  const ascending = (a, b) => (number ? of(a) - of(b) : String(of(a)).localeCompare(String(of(b)), "en", { numeric: true })) || a.id.localeCompare(b.id);
  return [...list].sort((a, b) => (down ? ascending(b, a) : ascending(a, b)));
}

function table(list, state, draw) {
  const heads = COLUMNS.map(({ name, label, number }) => {
    const now = state.sort === name;
    const click = () => (Object.assign(state, { sort: name, down: now && !state.down }), draw());
    return h(
      "th",
      { scope: "col", class: number ? "number" : "", "aria-sort": now ? (state.down ? "descending" : "ascending") : null },
      h("button", { type: "button", class: "sort", on: { click } }, label, now ? h("span", { "aria-hidden": "true" }, state.down ? " ↓" : " ↑") : null),
    );
  });
  return h(
    "div",
    { class: "scroll", tabIndex: 0, role: "region", "aria-label": "Documents" },
    h("table", { class: "library" }, h("thead", null, h("tr", null, heads, h("th", null, h("span", { class: "unseen" }, "Actions")))), list.map(rows)),
  );
}

function rows(one) {
  const facts = h("td", { colSpan: COLUMNS.length + 1 });
  const below = h("tr", { class: "facts-row", hidden: true }, facts);
  const opens = h("button", { type: "button", class: "quiet round button", "aria-expanded": "false", "aria-label": `Facts of ${one.name}`, on: { click: toggle } }, icon("down"));

  function toggle() {
    below.hidden = !below.hidden;
    opens.setAttribute("aria-expanded", String(!below.hidden));
    if (!below.hidden && !facts.childElementCount) show(facts, detail(one));
  }

  const read = () => openPlace({ documentId: one.id, document: one.name, page: 0 });
  const bin = button("", { class: "quiet round", icon: "bin", label: `Delete ${one.name}` }, () => drop(one));
  const status = one.status && one.status !== "ready" ? h("span", { class: `tag ${one.status}` }, one.status) : null;
  return h(
    "tbody",
    null,
    h(
      "tr",
      null,
      h("th", { scope: "row" }, h("button", { type: "button", class: "link name", on: { click: read } }, one.name), status, one.title && one.title !== one.name ? h("span", { class: "soft title" }, one.title) : null),
      cell("Kind", values([one], "kind").join(", ")),
      cell("Company or party", short(parties(one))),
      cell("Year", values([one], "fiscal_year").join(", ")),
      h("td", { class: "number", data: { label: "Pages" } }, one.pages),
      h("td", { class: "nowrap", data: { label: "Added" } }, day(one.added_at)),
      h("td", { class: "actions" }, opens, bin),
    ),
    below,
  );
}

const cell = (label, value) => h("td", { data: { label }, class: value ? "" : "empty" }, value || h("span", { class: "soft" }, "–"));
const short = (list) => (list.length > 2 ? `${list.slice(0, 2).join(", ")} and ${list.length - 2} more` : list.join(", "));

function detail(one) {
  const stated = Object.entries(one.facts).map(([name, found]) => [FACT_WORDS[name] ?? name, found.join(", ")]);
  const kept = [
    ["Files", one.files.join(", ")],
    ["Read as", one.media_type],
    ["Passages", one.passages.toLocaleString("en")],
    ["Characters", one.characters.toLocaleString("en")],
    ...(one.collection ? [["Collection", one.collection]] : []),
    ["Id", one.id],
  ];
  const sections = h("div", { class: "contents" });
  outline(one, sections);
  return h("div", { class: "detail" }, facts("What it says of itself", stated), facts("What is kept", kept), sections);
}

const facts = (title, pairs) =>
  h("section", null, h("h3", null, title), pairs.length ? h("dl", { class: "facts" }, pairs.map(([name, value]) => [h("dt", null, name), h("dd", null, value)])) : h("p", { class: "soft" }, "Nothing was found."));

/** The document's sections, each a way to its page; nothing where the service does not tell them. */
async function outline(one, place) {
  try {
    const { sections = [] } = await get(`v1/${path("documents", one.id)}`);
    if (!sections.length) return;
    const items = sections.map((section) => {
      const title = section.title ?? section.path.at(-1);
      const depth = section.level ?? (section.path ? section.path.length - 1 : 0);
      const page = section.page ?? section.first_page ?? 0;
      return h("li", { style: { "--depth": Math.min(depth, 5) } }, h("button", { type: "button", class: "link", on: { click: () => openPlace({ documentId: one.id, document: one.name, page, sections: section.path }) } }, title), h("span", { class: "soft" }, ` ${page + 1}`));
    });
    show(place, h("section", null, h("h3", null, `Sections (${sections.length})`), h("ul", { class: "outline", tabIndex: 0, "aria-label": `Sections of ${one.name}` }, items)));
  } catch (error) {
    if (!error.noRoute) show(place, failure(error));
  }
}

async function drop(one) {
  const sure = await confirm(`Delete ${one.name}?`, `Its ${count(one.pages, "page")} and all that was made of them leave the library. Answers given before keep their quotes. This cannot be undone.`, "Delete");
  if (!sure) return;
  try {
    await remove(`v1/${path("documents", one.id)}`);
    toast(`${one.name} is deleted`);
    changed();
  } catch (error) {
    toast(`${error.message}. ${error.remedy}`, "bad");
  }
}
