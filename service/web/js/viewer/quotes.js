/** Where a quote stands among pieces of text, white space aside: layout breaks words' spaces, not their letters. */

/**
 * @param {string[]} texts pieces in reading order
 * @param {string} quote
 * @returns {{piece: number, start: number, end: number}[]} the parts of pieces that the first occurrence covers
 *
 * findQuote(["The rate", "is 4.25%."], "rate is 4") is [{piece: 0, start: 4, end: 8}, {piece: 1, start: 0, end: 4}].
 */
export function findQuote(texts, quote) {
  const letters = [];
  texts.forEach((text, piece) => {
    for (let at = 0; at < text.length; at += 1) if (/\S/.test(text[at])) letters.push([text[at], piece, at]);
  });
  const wanted = quote.replace(/\s+/g, "");
  if (!wanted) return [];
  const from = letters.map(([letter]) => letter).join("").indexOf(wanted);
  if (from < 0) return [];
  const found = [];
  for (const [, piece, at] of letters.slice(from, from + wanted.length)) {
    const last = found.at(-1);
    if (last?.piece === piece) last.end = at + 1;
    else found.push({ piece, start: at, end: at + 1 });
  }
  return found;
}
