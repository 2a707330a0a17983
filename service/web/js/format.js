/** Numbers, dates and places in words. Pure functions; pages come 0-based and are told as people count. */

/** `0.8234` as `82 %`. */
export const percent = (share) => `${Math.round(100 * share)} %`;

/** A confidence in per cent; `100 %` only where nothing is left open. */
export const sure = (confidence) => percent(confidence < 1 ? Math.min(confidence, 0.99) : 1);

/** A share as the reports print it: `.823`, `1`, `0`. */
export function share(value) {
  if (value === null || value === undefined) return "–";
  const text = value.toFixed(3).replace(/^(-?)0\./, "$1.");
  return { "1.000": "1", ".000": "0", "-.000": "0" }[text] ?? text;
}

/** An interval: `.297–.556`. */
export const interval = (one) => `${share(one.low)}–${share(one.high)}`;

/** A difference with its sign: `+.031`. */
export const difference = (value) => (value > 0 ? `+${share(value)}` : share(value).replace("-", "−"));

/** `1 document`, `3 documents`. */
export const count = (n, one, many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

/** A page as people count, with the printed number where it is another: `p. 42 (printed 38)`. */
export function pageLabel(page, printed = "") {
  const counted = String(page + 1);
  return printed && printed !== counted ? `p. ${counted} (printed ${printed})` : `p. ${counted}`;
}

/** A moment, short: time of today, else the date with its time. */
export function moment(iso) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso ?? "";
  const time = date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (date.toDateString() === new Date().toDateString()) return time;
  return `${day(iso)} ${time}`;
}

/** A date: `3 Nov 2026`. */
export const day = (iso) => new Date(iso).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** Milliseconds: `27 ms`, `1.4 s`. */
export const milliseconds = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** A decimal number in text, with thousands apart and no more than six digits behind the point. */
export function decimal(text) {
  const [whole, part = ""] = text.split(".");
  const kept = part.slice(0, 6).replace(/0+$/, "");
  const cut = part.length > 6 ? "…" : "";
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (kept ? `.${kept}${cut}` : "");
}

/** A file's size: `1.2 MB`. */
export function bytes(n) {
  if (n < 1024) return `${n} B`;
  return n < 1048576 ? `${Math.round(n / 1024)} kB` : `${(n / 1048576).toFixed(1)} MB`;
}
