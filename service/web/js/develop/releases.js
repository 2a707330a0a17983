/** Releases: which one answers, what the gate measured of each against the one before; promoting and rolling back. */

import { get, path, post } from "../api.js";
import { button, h } from "../dom.js";
import { count, difference, interval, moment, share } from "../format.js";
import { absent, confirm, into, nothing, reason, sentence, toast } from "../notes.js";

const NONE = "none";

/** Fills `place` with the releases, newest first. */
export function releasesPart(place) {
  const load = () => into(place, () => get("v1/releases"), (found) => list(found, load), { missing: (error) => (error.noRoute ? absent("Releases") : null) });
  load();
}

function list({ current, previous, releases, damaged, history }, load) {
  const back = !previous ? null : button("Roll back", { icon: "left", class: "danger" }, () => rollBack(current, previous, load));
  const head = h(
    "div",
    { class: "card in-use row" },
    h("p", null, "In use: ", h("b", null, current === NONE ? "no release, the settings as they are" : current)),
    h("span", { class: "spread" }),
    back,
  );
  if (!releases.length) return [head, nothing("No releases yet", "Tuning makes them: a candidate is measured against what is in use, and offered here.", h("a", { class: "button", href: "#/develop/jobs" }, "Jobs"))];
  return [
    head,
    Object.entries(damaged).map(([id, told]) => h("p", { class: "note bad" }, `${id}: ${sentence(told)}`)),
    h("div", { class: "cards" }, releases.map((one) => release(one, current, load))),
    history.length ? h("details", { class: "fold" }, h("summary", null, "What was in use when"), h("ol", { class: "switches" }, history.map(switched))) : null,
  ];
}

const short = (id) => (id === NONE ? "no release" : id.slice(0, 12));

const switched = (one) =>
  h("li", null, `${moment(one.at)}: ${one.action === "promote" ? "promoted" : "rolled back to"} ${short(one.after)}, before it ${short(one.before)}, by ${one.by}`, one.reason ? `: ${one.reason}` : "");

function release(one, current, load) {
  const inUse = one.id === current;
  return h(
    "article",
    { class: `card release${inUse ? " current" : ""}` },
    h(
      "p",
      { class: "row" },
      h("h3", null, one.id),
      inUse ? h("span", { class: "tag right" }, "in use") : null,
      one.gate ? h("span", { class: `tag ${one.gate.promoted ? "right" : "wrong"}` }, one.gate.promoted ? "passed the gate" : "did not pass") : h("span", { class: "tag" }, "not measured"),
      h("span", { class: "spread" }),
      inUse ? null : button("Promote", { class: passed(one, current) ? "primary small" : "small" }, () => promote(one, current, load)),
    ),
    h("p", { class: "soft" }, [moment(one.created), one.parts.length ? `changes ${one.parts.join(", ")}` : null, one.parent ? `from ${one.parent}` : null].filter(Boolean).join(" · ")),
    one.note ? h("p", null, one.note) : null,
    one.index_ready ? null : h("p", { class: "note warn" }, "It needs an index of its own over the documents as they are: a job makes it first, and promotes it then."),
    one.gate ? gate(one.gate) : null,
  );
}

/** The verdict, before and after over all questions and where it fell; all slices behind a fold. */
function gate(found) {
  const reach = Math.max(0.02, ...found.table.flatMap((row) => [Math.abs(row.difference.low), Math.abs(row.difference.high)]));
  const first = found.table.filter((row, at) => !at || found.fallen.includes(row.name));
  const rest = found.table.filter((row) => !first.includes(row));
  return [
    h("p", null, sentence(found.reason)),
    table(first, found, reach),
    rest.length ? h("details", { class: "fold" }, h("summary", null, `${found.target} in ${count(rest.length, "slice")}`), table(rest, found, reach)) : null,
  ];
}

function table(rows, { target, fallen }, reach) {
  const heads = ["Slice", "Before", "After", "Difference, 95 %", "", "p", "Verdict"];
  const cells = (row) => [
    h("th", { scope: "row" }, row.name),
    figure(row.before),
    figure(row.after),
    h("td", null, whisker(row, reach)),
    h("td", { class: "number" }, difference(row.difference.value), h("span", { class: "small-print" }, `${difference(row.difference.low)} to ${difference(row.difference.high)}`)),
    h("td", { class: "number" }, row.p < 0.001 ? "< .001" : share(row.p)),
    h("td", null, row.verdict),
  ];
  return h(
    "div",
    { class: "scroll", tabIndex: 0, role: "region", "aria-label": `${target} before and after: ${rows[0].name}${rows.length > 1 ? " and others" : ""}` },
    h(
      "table",
      { class: "gate" },
      h("thead", null, h("tr", null, heads.map((text, at) => (text ? h("th", { scope: "col", class: [1, 2, 5].includes(at) ? "number" : "" }, text) : h("td"))))),
      h("tbody", null, rows.map((row) => h("tr", { class: fallen.includes(row.name) ? "fallen" : "" }, cells(row)))),
    ),
  );
}

const figure = (one) => h("td", { class: "number" }, share(one.value), h("span", { class: "small-print" }, `${interval(one)} · ${one.n}`));

/** The difference as a mark on its interval, around zero; the widest interval of the table fills the width. */
function whisker({ difference: one, verdict }, reach) {
  const at = (value) => 0.5 + (0.48 * value) / reach;
  const tone = one.low > 0 ? "good" : one.high < 0 ? "bad" : "";
  return h("span", { class: `whisker ${tone}`, role: "img", "aria-label": `${difference(one.value)}, ${verdict}`, style: { "--low": at(one.low), "--high": at(one.high), "--at": at(one.value) } }, h("i"), h("b"));
}

/** Whether it was found better than what is in use: against another release its gate says nothing. */
const passed = (one, current) => Boolean(one.gate?.promoted) && one.gate.before === current;

async function promote(one, current, load) {
  if (passed(one, current)) {
    if (!(await confirm(`Promote ${one.id}?`, "From the next question on it answers. You can roll back at any time.", "Promote", "primary"))) return;
    return act(() => post(`v1/${path("releases", one.id, "promote")}`, {}), `${one.id} answers now`, load);
  }
  const failed = one.gate && !one.gate.promoted;
  const text = failed ? "It did not pass the gate: measured, it is not better than what was in use." : "It was not measured against what is in use.";
  const why = await reason(`Promote ${one.id}?`, `${text} From the next question on it would answer all the same.`, "Promote", "Why all the same");
  if (why) await act(() => post(`v1/${path("releases", one.id, "promote")}`, { force: true, reason: why }), `${one.id} answers now`, load);
}

async function rollBack(current, previous, load) {
  const to = previous && previous !== NONE ? previous : "the settings as they are";
  if (!(await confirm("Roll back?", `${current} is replaced by ${to}, from the next question on.`, "Roll back"))) return;
  await act(() => post("v1/releases/rollback", {}), "Rolled back", load);
}

async function act(work, done, load) {
  try {
    const { job } = await work();
    if (job) {
      toast("An index is made for it first; it answers once that is done");
      location.hash = "#/develop/jobs";
      return;
    }
    toast(done);
  } catch (error) {
    toast(`${sentence(error.message)} ${sentence(error.remedy)}`, "bad");
  }
  load();
}
