/**
 * One token of a statement; `start` and `end` are offsets, `depth` counts the brackets open around it. `text` is what stands
 * there, `key` is what keywords are compared with: a word in lower case, a symbol, and nothing for what is quoted.
 */
export interface SqlToken {
  kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol';
  text: string;
  key: string;
  start: number;
  end: number;
  depth: number;
}

const word = /[A-Za-z_][\w$]*/y;
const number = /\d[\w.]*/y;
// The engine takes typographic quotes for quotes and blanks of Unicode for blanks; whatever else is not ASCII it refuses outside of quotes.
const curly = /\u00e2\u0080(?:\u0098[\s\S]*?(?:\u00e2\u0080\u0099|$)|\u009c[\s\S]*?(?:\u00e2\u0080\u009d|$))/y;
const blank =
  /(?:\s+|(?!\u00e2\u0080[\u0098\u009c])[\u0080-\uffff]|--[^\n]*|\/\/[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?(?:\*\/|$))+/y;
const heredoc = /\$\w*\$/y;

/**
 * The tokens of ClickHouse SQL as the engine's own lexer cuts them, comments and blanks left out; `sql` holds one character a byte. Lazy
 * on purpose: what follows `FORMAT x` in an INSERT is data of any kind and must never be scanned. An unterminated quote reaches to the end, where the engine will complain about it.
 */
export function* sqlTokens(sql: string, from = 0): Generator<SqlToken, void> {
  let at = from;
  let depth = 0;
  for (;;) {
    at = matchEnd(blank, sql, at) ?? at;
    if (at >= sql.length) return;
    const start = at;
    const first = sql.charAt(at);
    if (first === "'" || first === '"' || first === '`') {
      at = quoteEnd(sql, at, first);
      yield { kind: first === "'" ? 'string' : 'quoted', text: sql.slice(start, at), key: '', start, end: at, depth };
      continue;
    }
    const curlyEnd = matchEnd(curly, sql, at);
    if (curlyEnd !== undefined) {
      at = curlyEnd;
      const kind = sql.charAt(start + 2) === '\u009c' ? 'quoted' : 'string';
      yield { kind, text: sql.slice(start, at), key: '', start, end: at, depth };
      continue;
    }
    const wordEnd = matchEnd(word, sql, at);
    if (wordEnd !== undefined) {
      at = wordEnd;
      const text = sql.slice(start, at);
      yield { kind: 'word', text, key: text.toLowerCase(), start, end: at, depth };
      continue;
    }
    const numberEnd = matchEnd(number, sql, at);
    if (numberEnd !== undefined) {
      at = numberEnd;
      yield { kind: 'number', text: sql.slice(start, at), key: '', start, end: at, depth };
      continue;
    }
    const tagEnd = matchEnd(heredoc, sql, at);
    const close = tagEnd === undefined ? -1 : sql.indexOf(sql.slice(start, tagEnd), tagEnd);
    if (tagEnd !== undefined && close >= 0) {
      at = close + (tagEnd - start);
      yield { kind: 'string', text: sql.slice(start, at), key: '', start, end: at, depth };
      continue;
    }
    at += 1;
    if (')]}'.includes(first)) depth = Math.max(0, depth - 1);
    yield { kind: 'symbol', text: first, key: first, start, end: at, depth };
    if ('([{'.includes(first)) depth += 1;
  }
}

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

// Both ways of escaping a quote are legal: a backslash, and doubling it.
function quoteEnd(sql: string, start: number, quote: string): number {
  for (let at = start + 1; at < sql.length; at += 1) {
    const char = sql.charAt(at);
    if (char === '\\') at += 1;
    else if (char === quote) {
      if (sql.charAt(at + 1) !== quote) return at + 1;
      at += 1;
    }
  }
  return sql.length;
}

/** What a word or a quoted identifier names, in lower case; nothing for other tokens. An escape may stand for a letter, or for nothing. */
export function nameOf(token: SqlToken): string {
  if (token.kind !== 'quoted') return token.kind === 'word' ? token.key : '';
  const quoteLength = token.text.startsWith('\u00e2') ? 3 : 1;
  return token.text
    .slice(quoteLength, -quoteLength)
    .replace(/\\(?:x([\da-f]{2})|([\s\S]))/gi, (_, hex: string | undefined, char: string) =>
      hex !== undefined ? String.fromCharCode(parseInt(hex, 16)) : char === 'N' ? '' : `\\${char}`,
    )
    .toLowerCase();
}

/** A value as a single-quoted ClickHouse literal. */
export function sqlLiteral(value: string): string {
  return `'${value.replace(/[\\']/g, '\\$&')}'`;
}
