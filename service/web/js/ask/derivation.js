/** How a number was computed: the formula with its figures, each of which opens the page it is printed on. */

import { h } from "../dom.js";
import { decimal } from "../format.js";
import { choose, placeOf } from "./places.js";

/**
 * @param {object} derivation name, formula over the operands' names, operands, value
 * @param {object[]} citations one for each operand, in their order
 */
export function derivationView(derivation, citations) {
  const rows = derivation.operands.map((operand, at) =>
    h(
      "tr",
      null,
      h("th", { scope: "row" }, h("i", null, operand.name)),
      h("td", null, operand.label, operand.period ? h("span", { class: "soft" }, `, period to ${operand.period}`) : null),
      h("td", { class: "number" }, figure(operand, citations[at])),
    ),
  );
  return h(
    "section",
    { class: "derivation", "aria-label": "How it was computed" },
    h("h3", null, "How it was computed"),
    h("p", { class: "formula" }, h("span", { class: "soft" }, `${derivation.name} = `), parts(derivation, citations), h("span", { class: "soft" }, ` = ${decimal(derivation.value)}`)),
    h("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": "Figures of the computation" }, h("table", null, h("tbody", null, rows))),
  );
}

/** The formula with the printed figure in the place of each name; names are identifiers, all else is arithmetic. */
function parts({ formula, operands }, citations) {
  return formula.split(/([A-Za-z_]\w*)/).map((part) => {
    const at = operands.findIndex((one) => one.name === part);
    return at < 0 ? part.replaceAll("*", "×").replaceAll("/", "÷").replaceAll("-", "−") : figure(operands[at], citations[at]);
  });
}

function figure(operand, citation) {
  if (!citation) return operand.text;
  const made = h("button", { type: "button", class: "figure cite", title: `${operand.label}: ${decimal(operand.amount)}`, on: { click: () => choose(made, placeOf(citation)) } }, operand.text);
  return made;
}
