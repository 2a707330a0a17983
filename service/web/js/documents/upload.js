/**
 * Files on their way into the library: sent one after the other, each with a line that says how far it is.
 * The service reads and indexes a file after it came; its line follows that too.
 */

import { ApiError, errorOf, get, path } from "../api.js";
import { button, h, icon, show } from "../dom.js";
import { bytes } from "../format.js";
import { changed } from "../library.js";
import { sentence } from "../notes.js";

const POLL_MS = 700;
const ACCEPTED = ".pdf,.docx,.html,.htm,.txt,.md";

/** The place to drop files on, with their lines. */
export function uploader() {
  const lines = h("ul", { class: "uploads" });
  const field = h("input", { type: "file", id: "files", multiple: true, accept: ACCEPTED, class: "unseen", on: { change: () => take([...field.files]) } });
  const zone = h(
    "div",
    { class: "drop", on: { dragover, dragleave, drop } },
    icon("up"),
    h("p", null, h("b", null, "Drop files here"), " or "),
    h("label", { class: "button", for: "files" }, "Choose files"),
    field,
    h("p", { class: "soft" }, "PDF, Word, HTML, text or Markdown. Read in a process of their own, and kept on this service only."),
  );
  let queue = Promise.resolve();

  function dragover(event) {
    event.preventDefault();
    zone.classList.add("over");
  }

  function dragleave() {
    zone.classList.remove("over");
  }

  function drop(event) {
    event.preventDefault();
    zone.classList.remove("over");
    take([...event.dataTransfer.files]);
  }

  function take(files) {
    field.value = "";
    for (const file of files) {
      const line = uploadLine(file);
      lines.append(line.element);
      queue = queue.then(() => line.run());
    }
  }

  return h("section", { class: "upload", "aria-label": "Add documents" }, zone, lines);
}

function uploadLine(file) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": `Progress of ${file.name}` });
  const told = h("span", { class: "told", role: "status" }, "waiting");
  const actions = h("span", { class: "actions" });
  const element = h("li", null, icon("file"), h("span", { class: "cut" }, file.name), h("span", { class: "soft nowrap" }, bytes(file.size)), bar, told, actions);
  const drop = () => button("", { class: "quiet round", icon: "close", label: `Take ${file.name} off the list` }, () => element.remove());

  async function run() {
    element.className = "";
    show(actions);
    try {
      show(told, "sending");
      const reply = await send(file, (part) => (bar.value = part / 2));
      bar.value = 0.5;
      show(told, "reading");
      const ended = reply.document ? reply : await followed(reply, (one) => {
        bar.value = 0.5 + (one.progress ?? 0) / 2;
        show(told, one.stage || one.status);
      });
      bar.value = 1;
      element.className = "done";
      show(told, icon("check"), ended.note ?? "in the library");
      changed();
    } catch (error) {
      element.className = "failed";
      show(told, `${sentence(error.message)} ${sentence(error.remedy)}`);
      show(actions, button("Try again", { class: "small" }, run));
    }
    actions.append(drop());
  }

  return { element, run };
}

/** Sends a file; XMLHttpRequest, because fetch does not tell how much of a body is out. */
function send(file, progress) {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    body.append("file", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", "v1/documents");
    request.setRequestHeader("accept", "application/json");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && progress(event.loaded / event.total));
    request.addEventListener("error", () => reject(new ApiError(0, { message: "the file did not arrive", remedy: "see whether the service is running and takes files of this size" })));
    request.addEventListener("load", async () => {
      const response = new Response(request.responseText, { status: Math.max(request.status, 200) });
      if (response.ok) resolve(await response.json());
      else reject(await errorOf(response));
    });
    request.send(body);
  });
}

async function followed(reply, told) {
  const id = reply.id ?? reply.job;
  for (;;) {
    const one = await get(`v1/${path("uploads", id)}`);
    if (one.status === "done") return one;
    if (one.status === "failed" || one.status === "cancelled") throw new ApiError(422, one.error ?? { message: `reading it ${one.status}` });
    told(one);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
