/**
 * Server-sent events over a POST, which the browser's own EventSource cannot send.
 * Leaves what the events mean to the caller.
 */

import { send } from "./api.js";

/**
 * Posts a body and reads what comes back, as events or, from a service that does not stream, as one object.
 *
 * @param {string} path
 * @param {object} body
 * @param {(event: string, data: any) => void} on called for each event as it comes
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>} the object of a reply that is no stream, else null
 */
export async function postForEvents(path, body, on, signal) {
  const headers = { accept: "text/event-stream, application/json;q=0.5" };
  const response = await send("POST", path, { body, headers, signal });
  if (!(response.headers.get("content-type") ?? "").startsWith("text/event-stream")) return response.json();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    rest = (rest + (value ?? "")).replaceAll("\r\n", "\n");
    const blocks = rest.split("\n\n");
    rest = done ? "" : blocks.pop();
    for (const block of blocks) emit(block, on);
    if (done) return null;
  }
}

function emit(block, on) {
  let name = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  if (data.length) on(name, JSON.parse(data.join("\n")));
}
