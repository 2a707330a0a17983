/** The documents of the library, read once and again after a change; other modules ask here for names and kinds. */

import { get } from "./api.js";

let loaded = null;

/** All documents, by name. */
export function documents() {
  loaded ??= get("v1/documents").then(
    (reply) => reply.documents,
    (error) => {
      loaded = null;
      throw error;
    },
  );
  return loaded;
}

/** Forgets what was read: something was added or deleted. */
export function changed() {
  loaded = null;
  dispatchEvent(new Event("covenant:library"));
}

/** A document by its id, or undefined. */
export async function byId(id) {
  return (await documents()).find((one) => one.id === id);
}

/** The values that documents state of themselves under some facts, each once, sorted. */
export function values(list, ...names) {
  return [...new Set(list.flatMap((one) => names.flatMap((name) => one.facts[name] ?? [])))].sort((a, b) => a.localeCompare(b));
}
