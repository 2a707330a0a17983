/** The view "Develop": what is measured, what goes wrong, what labels, what is in use and what is running. */

import { h, show } from "../dom.js";
import { clustersPart } from "./errors.js";
import { jobsPart } from "./jobs.js";
import { judgementsPart } from "./judgements.js";
import { labelsPart } from "./labels.js";
import { releasesPart } from "./releases.js";
import { slicesPart } from "./slices.js";

const PARTS = [
  { name: "slices", title: "Slices", told: "How well a run did, for each kind of question and each stage of answering.", make: slicesPart },
  { name: "errors", title: "Errors", told: "What went wrong in a run, at the first stage that failed, and which errors belong together.", make: clustersPart },
  { name: "labels", title: "Labels", told: "The functions that label passages and answers: how often each votes, agrees and is right.", make: labelsPart },
  { name: "judgements", title: "Judgements", told: "What people said of answers, and what they should look at next.", make: judgementsPart },
  { name: "releases", title: "Releases", told: "What answers now, what could, and whether it would be better.", make: releasesPart },
  { name: "jobs", title: "Jobs", told: "Long work: ingesting, labelling, tuning, measuring, making indexes.", make: jobsPart },
];

/** The view: `{element, enter(rest)}`; `rest` names the part and what it shows. */
export function developView() {
  const tabs = PARTS.map(({ name, title }) => h("a", { href: `#/develop/${name}` }, title));
  const told = h("p", { class: "soft" });
  const body = h("div", { class: "part" });
  const element = h(
    "div",
    { class: "develop-view" },
    h("header", { class: "head" }, h("h1", null, "Develop"), h("nav", { class: "parts", "aria-label": "Parts of Develop" }, tabs), told),
    body,
  );
  let leave = () => {};

  function enter([name = "slices", ...rest]) {
    const part = PARTS.find((one) => one.name === name) ?? PARTS[0];
    leave();
    tabs.forEach((tab, at) => (PARTS[at] === part ? tab.setAttribute("aria-current", "page") : tab.removeAttribute("aria-current")));
    tabs[PARTS.indexOf(part)].scrollIntoView({ inline: "center", block: "nearest" });
    show(told, part.told);
    const place = h("div");
    show(body, place);
    leave = part.make(place, rest) ?? (() => {});
  }

  return { element, enter };
}
