/** What was asked before, newest first: from the service's store, or of this visit where it keeps none. */

import { get, path } from "../api.js";
import { button, h, icon, show } from "../dom.js";
import { day } from "../format.js";
import { failure } from "../notes.js";

const SHOWN = 50;

/**
 * The rail: `{element, load(), add(entry), current(id)}`.
 *
 * @param {(id: string, entry: object) => void} open called with what was chosen; an entry of this visit has its reply
 */
export function historyRail(open) {
  const list = h("div", { class: "entries" });
  const element = h("details", { class: "rail", open: matchMedia("(min-width: 62rem)").matches }, h("summary", null, icon("clock"), "History"), list);
  let entries = [];
  let chosen = "";

  function draw() {
    if (!entries.length) return show(list, h("p", { class: "soft" }, "What you ask is listed here."));
    const days = Map.groupBy(entries, (entry) => day(entry.created));
    show(
      list,
      [...days].map(([name, own]) => [h("h3", null, name === day(new Date().toISOString()) ? "Today" : name), h("ul", null, own.map(item))]),
    );
  }

  function item(entry) {
    const made = button("", { class: "entry", "aria-current": entry.id === chosen ? "true" : null }, () => open(entry.id, entry));
    made.append(h("span", { class: "asked-what" }, entry.question), h("span", { class: "soft cut" }, entry.outcome === "answered" ? entry.answer : "not in these documents"));
    return h("li", null, made);
  }

  async function load() {
    try {
      const reply = await get(`v1/answers?limit=${SHOWN}`);
      entries = reply.answers;
      draw();
    } catch (error) {
      // A service without a store keeps nothing: what was asked on this visit is listed all the same.
      if (error.status === 404 || error.status === 405) draw();
      else show(list, failure(error, load));
    }
  }

  return {
    element,
    load,
    add(entry) {
      entries = [entry, ...entries.filter((one) => one.id !== entry.id)];
      draw();
    },
    current(id) {
      chosen = id;
      draw();
    },
  };
}

/** A stored answer: `{question, reply}`. */
export async function stored(id) {
  const answer = await get(`v1/${path("answers", id)}`);
  return { question: answer.question, reply: { id: answer.id, release: answer.release, ...answer.reply }, created: answer.created };
}
