/**
 * Elements from plain calls. Texts become text nodes, always: markup in a document or an answer is shown, never read.
 * Leaves what is built to the views.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with properties and children; null and false children are left out, lists are flattened.
 *
 * `on` maps events to listeners, `style` custom or plain properties to values, `data` to data-attributes; names with a
 * dash, `role`, `for` and those an element does not know become attributes, null and false ones are left out.
 *
 * @param {string} tag
 * @param {Record<string, any> | null} [props]
 * @param {...any} children
 * @returns {HTMLElement & Record<string, any>}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) set(element, name, value);
  fill(element, children);
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined) return;
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
  } else if (name === "style") {
    for (const [property, one] of Object.entries(value)) element.style.setProperty(property, String(one));
  } else if (name === "data") {
    Object.assign(element.dataset, value);
  } else if (name === "class") {
    element.className = value;
  } else if (!name.includes("-") && name !== "role" && name in element) {
    element[name] = value;
  } else if (value !== false) {
    element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
  }
}

function fill(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** Puts other children into an element, in place of those it has. */
export function show(element, ...children) {
  element.replaceChildren();
  fill(element, children);
  return element;
}

const ICONS = {
  ask: "M3 8h9M8.5 4.5 12 8l-3.5 3.5",
  book: "M3 3h4.5c.3 0 .5.2.5.5V13c0-.6-.4-1-1-1H3zM13 3H8.5c-.3 0-.5.2-.5.5V13c0-.6.4-1 1-1h4z",
  bin: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5M7 7v3.5M9 7v3.5",
  check: "M3.5 8.5l3 3 6-7",
  close: "M4 4l8 8M12 4l-8 8",
  clock: "M8 2.5a5.5 5.5 0 100 11 5.5 5.5 0 000-11M8 5v3.2l2 1.3",
  copy: "M6 6h7v7H6zM10 6V3H3v7h3",
  down: "M4 6.5l4 4 4-4",
  file: "M4 2.5h5l3 3v8H4zM9 2.5v3h3",
  filter: "M2.5 4h11M4.5 8h7M6.5 12h3",
  key: "M9.5 6.5a3 3 0 10-2 2.8L8.7 10.5H10V12h1.5v1.5h2V11.5L9.3 7.3",
  left: "M9.5 4l-4 4 4 4",
  minus: "M4 8h8",
  moon: "M12.5 9.7A5 5 0 016.3 3.5a5 5 0 106.2 6.2z",
  open: "M6 3.5H3.5v9h9V10M9 3h4v4M13 3L7.5 8.5",
  plus: "M4 8h8M8 4v8",
  point: "M8 2v3M8 11v3M2 8h3M11 8h3M8 6.5a1.5 1.5 0 100 3 1.5 1.5 0 000-3",
  right: "M6.5 4l4 4-4 4",
  sun: "M8 5.5a2.5 2.5 0 100 5 2.5 2.5 0 000-5M8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1",
  up: "M8 12.5V4M4.5 7.5L8 4l3.5 3.5",
  warn: "M8 2.8l5.8 10.2H2.2zM8 6.5v3M8 11.2v.3",
};

/** A small drawing beside a word; hidden from screen readers, who get the word. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button with an optional drawing; `label` is what is read out where the text does not say it. */
export function button(text, { class: kind = "", icon: drawing, label, ...props } = {}, click) {
  return h(
    "button",
    { type: "button", class: `button ${kind}`, "aria-label": label, title: text ? null : label, on: click ? { click } : {}, ...props },
    drawing ? icon(drawing) : null,
    text ? h("span", null, text) : null,
  );
}

/** Says something to screen readers without moving the focus. */
export function announce(text) {
  document.getElementById("said").textContent = text;
}
