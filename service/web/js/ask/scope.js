/**
 * What a question searches: everything, the documents that fit a kind, company and year, or those that are ticked.
 *
 * Kinds and companies are those that the documents state of themselves. What is ticked goes before what fits.
 */

import { button, h, icon, show } from "../dom.js";
import { count } from "../format.js";
import { documents, values } from "../library.js";
import { failure, loading } from "../notes.js";

const FILTERS = [
  { name: "kind", label: "Kind", facts: ["kind"] },
  { name: "company", label: "Company or party", facts: ["company", "party"] },
  { name: "year", label: "Fiscal year", facts: ["fiscal_year"] },
];

/** The row of scope beneath the question: `{element, body(), narrowed(), reset()}`. */
export function scopePicker() {
  const state = { kind: "", company: "", year: "", ticked: new Map() };
  const chips = h("span", { class: "chips" });
  const opens = button("", { class: "quiet small", icon: "filter", "aria-haspopup": "dialog" }, () => choose(state, draw));
  const words = opens.appendChild(h("span"));
  const element = h("div", { class: "scope" }, opens, chips);

  async function draw() {
    const whole = !narrowed(state);
    show(words, whole ? "All documents" : "Only");
    show(chips, [...filterChips(state, draw), ...documentChips(state, draw)]);
    if (!whole) return;
    try {
      const listed = await documents();
      if (!narrowed(state)) show(words, listed.length ? `All ${count(listed.length, "document")}` : "No documents yet");
    } catch {
      // What is wrong with the list is said where it is asked for.
    }
  }

  addEventListener("covenant:library", draw);
  draw();
  return {
    element,
    body: () => bodyOf(state),
    narrowed: () => narrowed(state),
    reset: () => (Object.assign(state, { kind: "", company: "", year: "" }), state.ticked.clear(), draw()),
  };
}

const narrowed = (state) => state.ticked.size > 0 || FILTERS.some(({ name }) => state[name]);

function bodyOf(state) {
  if (state.ticked.size) return { documents: [...state.ticked.keys()] };
  return Object.fromEntries(FILTERS.filter(({ name }) => state[name]).map(({ name }) => [name, state[name]]));
}

function filterChips(state, draw) {
  if (state.ticked.size) return [];
  return FILTERS.filter(({ name }) => state[name]).map(({ name }) => chip(state[name], () => (state[name] = "") || draw()));
}

function documentChips(state, draw) {
  const ticked = [...state.ticked];
  const shown = ticked.slice(0, 3).map(([id, title]) => chip(title, () => (state.ticked.delete(id), draw())));
  if (ticked.length > 3) shown.push(h("span", { class: "soft" }, `and ${ticked.length - 3} more`));
  return shown;
}

function chip(text, drop) {
  return h(
    "span",
    { class: "chip set" },
    h("span", { class: "cut" }, text),
    h("button", { type: "button", "aria-label": `Do not search only ${text}`, on: { click: drop } }, icon("close")),
  );
}

async function choose(state, draw) {
  const draft = { ...state, ticked: new Map(state.ticked) };
  const list = h("div", { class: "ticks" }, loading());
  const told = h("p", { class: "soft", role: "status" });
  const selects = h("div", { class: "filters" });
  const search = h("input", { type: "search", placeholder: "Find a document", "aria-label": "Find a document" });
  const dialog = h(
    "dialog",
    { class: "dialog wide", "aria-labelledby": "scope-title", on: { close: () => (dialog.remove(), finish()) } },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id: "scope-title" }, "What to search"),
      selects,
      search,
      list,
      told,
      h(
        "p",
        { class: "row end" },
        button("Everything", { class: "quiet" }, () => dialog.close("all")),
        h("button", { class: "button", value: "no" }, "Cancel"),
        h("button", { class: "button primary", value: "yes" }, "Search these"),
      ),
    ),
  );

  function finish() {
    if (dialog.returnValue === "all") Object.assign(state, { kind: "", company: "", year: "", ticked: new Map() });
    if (dialog.returnValue === "yes") Object.assign(state, draft);
    draw();
  }

  document.body.append(dialog);
  dialog.showModal();
  try {
    fillIn(await documents(), draft, { list, told, selects, search });
  } catch (error) {
    show(list, failure(error));
  }
}

function fillIn(all, draft, { list, told, selects, search }) {
  const draw = () => {
    const fits = all.filter((one) => FILTERS.every(({ name, facts }) => !draft[name] || values([one], ...facts).includes(draft[name])));
    const found = fits.filter((one) => matches(one, search.value));
    show(list, found.map((one) => tick(one, draft, say)), found.length ? null : h("p", { class: "soft" }, "No document fits."));
    say(fits.length);
    function say(fit = fits.length) {
      const n = draft.ticked.size;
      show(told, n ? `${count(n, "document")} ticked: only ${n === 1 ? "it is" : "they are"} searched.` : `Nothing ticked: all ${fit} that fit are searched.`);
    }
  };
  for (const { name, label, facts } of FILTERS) {
    const options = values(all, ...facts).map((value) => h("option", { value, selected: draft[name] === value }, value));
    if (!options.length) continue;
    const select = h("select", { on: { change: () => ((draft[name] = select.value), draw()) } }, h("option", { value: "" }, "any"), options);
    selects.append(h("label", null, label, select));
  }
  search.addEventListener("input", draw);
  search.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  draw();
}

function tick(one, draft, say) {
  const box = h("input", {
    type: "checkbox",
    checked: draft.ticked.has(one.id),
    on: { change: () => (box.checked ? draft.ticked.set(one.id, one.name) : draft.ticked.delete(one.id), say()) },
  });
  const facts = [...values([one], "kind"), ...values([one], "fiscal_year")].join(" · ");
  return h("label", { class: "tick" }, box, h("span", { class: "cut" }, one.name), h("span", { class: "soft" }, facts));
}

const matches = (one, wanted) => `${one.name} ${one.title} ${Object.values(one.facts).flat().join(" ")}`.toLowerCase().includes(wanted.trim().toLowerCase());
