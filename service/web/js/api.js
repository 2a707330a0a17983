/**
 * Requests to the service and their errors. What the service answers is handed on as it came.
 * Leaves asking for a key to `session.js`, streams to `stream.js`.
 */

/** What the service says went wrong, in the one shape all its errors have. */
export class ApiError extends Error {
  constructor(status, { code = "", message = "", remedy = "" } = {}) {
    super(message || `the service answered with status ${status}`);
    this.status = status;
    this.code = code;
    this.remedy = remedy;
  }

  /** Whether this service has no such route, as opposed to no such thing. */
  get noRoute() {
    return (this.status === 404 && this.code === "not_found") || this.status === 405;
  }
}

let askForKey = async () => false;

/** What is called when the service wants a key: a function to a promise of whether one was given. */
export function onUnauthorized(handler) {
  askForKey = handler;
}

/** A response whose status is fine; one that wants a key is asked for again once there is one. */
export async function send(method, path, { body, headers = {}, signal } = {}) {
  const form = body instanceof FormData;
  const options = {
    method,
    signal,
    credentials: "same-origin",
    headers: { accept: "application/json", ...(body && !form ? { "content-type": "application/json" } : {}), ...headers },
    body: body === undefined || form ? body : JSON.stringify(body),
  };
  let response = await reach(path, options);
  if (response.status === 401 && (await askForKey())) response = await reach(path, options);
  if (!response.ok) throw await errorOf(response);
  return response;
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, { code: "unreachable", message: "the service does not answer", remedy: "see whether it is running, then try again" });
  }
}

/** The error that a response tells of. */
export async function errorOf(response) {
  try {
    return new ApiError(response.status, (await response.json()).error);
  } catch {
    return new ApiError(response.status);
  }
}

async function json(response) {
  return response.status === 204 ? null : response.json();
}

export const get = async (path, options) => json(await send("GET", path, options));
export const post = async (path, body, options) => json(await send("POST", path, { body, ...options }));
export const remove = async (path) => json(await send("DELETE", path));

/** A path with its parts escaped: `path("v1", "documents", id)`. */
export const path = (...parts) => parts.map((part) => encodeURIComponent(part)).join("/");
