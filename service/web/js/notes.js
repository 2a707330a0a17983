/** What every view says in the same way: loading, nothing there, an error, a short word in the corner, are you sure. */

import { ApiError } from "./api.js";
import { announce, button, h, icon, show } from "./dom.js";

/** Grey bars in the place of what is being loaded. */
export function loading(text = "Loading…", lines = 3) {
  const bars = Array.from({ length: lines }, () => h("span", { class: "bar-line" }));
  return h("div", { class: "loading", role: "status" }, h("span", { class: "unseen" }, text), bars);
}

/** Why there is nothing here, and what brings something. */
export function nothing(title, text, ...actions) {
  return h("div", { class: "nothing" }, h("h2", null, title), h("p", null, text), actions.length ? h("p", { class: "row" }, actions) : null);
}

/** An error in its own words: what, and what to do about it. */
export function failure(error, again) {
  if (!(error instanceof ApiError)) console.error(error);
  return h(
    "div",
    { class: "failure", role: "alert" },
    icon("warn"),
    h(
      "div",
      null,
      h("p", null, h("b", null, sentence(error.message))),
      error.remedy ? h("p", { class: "soft" }, sentence(error.remedy)) : null,
    ),
    again ? button("Try again", { class: "small" }, again) : null,
  );
}

/** A part of the product that this service does not carry. */
export function absent(what) {
  return nothing(`${what} are not served here`, "This service has no such route. A newer version of it may have.");
}

/**
 * Loads into an element: bars, then what `view` makes of it, or the error with a button to try again. What is shown
 * there by somebody else meanwhile stays: the reader has gone on.
 */
export async function into(element, load, view, { missing, lines } = {}) {
  const bars = loading("Loading…", lines);
  const put = (made) => bars.parentNode === element && show(element, made());
  show(element, bars);
  element.setAttribute("aria-busy", "true");
  try {
    const loaded = await load();
    put(() => view(loaded));
  } catch (error) {
    if (error.name === "AbortError") return;
    const told = error.status === 404 && missing ? missing(error) : null;
    put(() => told ?? failure(error, () => into(element, load, view, { missing, lines })));
  } finally {
    if (!element.querySelector(":scope > .loading")) element.removeAttribute("aria-busy");
  }
}

/** A line in the corner that goes by itself; read out too. */
export function toast(text, kind = "good") {
  const line = h("p", { class: `toast ${kind}` }, icon(kind === "good" ? "check" : "warn"), text);
  document.getElementById("toasts").append(line);
  announce(text);
  setTimeout(() => line.remove(), 5000);
}

/** Whether the reader is sure; the safe choice has the focus. */
export const confirm = (title, text, verb, kind = "danger") => sure(title, text, verb, kind, null);

/** Why the reader wants it, in their words; empty where they do not. */
export async function reason(title, text, verb, label) {
  const field = h("input", { id: "reason", type: "text", autofocus: true, maxLength: 500, required: true, pattern: ".*\\S.*", autocomplete: "off" });
  const given = await sure(title, text, verb, "danger", [h("label", { for: "reason" }, label), field]);
  return given ? field.value.trim() : "";
}

function sure(title, text, verb, kind, more) {
  return new Promise((resolve) => {
    const dialog = h(
      "dialog",
      { class: "dialog", "aria-label": title, on: { close: () => (dialog.remove(), resolve(dialog.returnValue === "yes")) } },
      h(
        "form",
        { method: "dialog" },
        h("h2", null, title),
        h("p", null, text),
        more,
        h(
          "p",
          { class: "row end" },
          h("button", { type: "button", class: "button", autofocus: !more, on: { click: () => dialog.close("no") } }, "Cancel"),
          h("button", { class: `button ${kind}`, value: "yes" }, verb),
        ),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A sentence of the service with a capital and a full stop. */
export function sentence(text) {
  if (!text) return "";
  const whole = text[0].toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(whole) ? whole : `${whole}.`;
}
