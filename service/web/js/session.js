/**
 * Who is asking: the key that the service knows the reader by, kept in a cookie that no script can read.
 * Leaves what a role may do to the service, which refuses the rest.
 */

import { get, onUnauthorized, remove } from "./api.js";
import { button, h, show } from "./dom.js";
import { toast } from "./notes.js";

let asking = null;

/** Asks for a key; true once the service took one. Several requests that want one wait for the same dialog. */
function signIn() {
  asking ??= ask().finally(() => (asking = null));
  return asking;
}

function ask() {
  return new Promise((resolve) => {
    const field = h("input", { id: "key", type: "password", autocomplete: "current-password", required: true, "aria-describedby": "key-told" });
    const told = h("p", { id: "key-told", class: "soft" }, "Your operator gave you one. It is kept in a cookie of this browser until you sign out.");
    const submit = async (event) => {
      event.preventDefault();
      try {
        await take(field.value.trim());
        dialog.close("yes");
      } catch (error) {
        show(told, error.status === 401 || error.status === 403 ? "The service does not know this key." : error.message);
        told.className = "bad";
        field.select();
      }
    };
    const dialog = h(
      "dialog",
      { class: "dialog", "aria-labelledby": "key-title", on: { close: () => (dialog.remove(), resolve(dialog.returnValue === "yes")) } },
      h(
        "form",
        { on: { submit } },
        h("h2", { id: "key-title" }, "This service asks for a key"),
        h("label", { for: "key" }, "Key"),
        field,
        told,
        h("p", { class: "row end" }, button("Cancel", {}, () => dialog.close("no")), h("button", { class: "button primary" }, "Sign in")),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}

async function take(key) {
  const response = await fetch("v1/session", {
    method: "POST",
    credentials: "same-origin",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ key }),
  });
  if (!response.ok) throw Object.assign(new Error(`the service answered with status ${response.status}`), { status: response.status });
  dispatchEvent(new Event("covenant:session"));
}

/** The sign-out button, shown while the service says that a key is in use. */
export function sessionButton() {
  const made = button("", { class: "quiet round", icon: "key", label: "Sign out", hidden: true }, async () => {
    await remove("v1/session");
    toast("Signed out");
    location.reload();
  });
  const look = async () => {
    try {
      const session = await get("v1/session");
      made.hidden = !session.authenticated;
      const label = `Sign out${session.name ? ` ${session.name}` : ""}${session.role ? ` (${session.role})` : ""}`;
      made.setAttribute("aria-label", label);
      made.title = label;
    } catch {
      made.hidden = true;
    }
  };
  addEventListener("covenant:session", look);
  look();
  return made;
}

onUnauthorized(signIn);
