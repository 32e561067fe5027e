/** Where an element of an array stands in its text, in bytes. */
export interface Span {
  start: number;
  end: number;
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];
const isBlank = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/**
 * The elements of a JSON array as they were written, without the blanks around them: written again they could be many times as long
 * (`1e20`), or too deep to be written at all. The text has been parsed before, so it is well formed. Pure, linear, not recursive.
 */
export function elementSpans(json: Uint8Array): Span[] {
  const spans: Span[] = [];
  let depth = 0;
  let isText = false;
  let start = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (isText) {
      if (byte === backslash) at++;
      else if (byte === quote) isText = false;
    } else if (byte === quote) isText = true;
    else if (byte === openBracket || byte === openBrace) {
      depth++;
      if (depth === 1) start = at + 1;
    } else if (byte === closeBracket || byte === closeBrace) {
      depth--;
      if (depth === 0) spans.push(trimmed(json, start, at));
    } else if (byte === comma && depth === 1) {
      spans.push(trimmed(json, start, at));
      start = at + 1;
    }
  }
  return spans;
}

function trimmed(json: Uint8Array, from: number, to: number): Span {
  let [start, end] = [from, to];
  while (start < end && isBlank(json[start])) start++;
  while (end > start && isBlank(json[end - 1])) end--;
  return { start, end };
}
