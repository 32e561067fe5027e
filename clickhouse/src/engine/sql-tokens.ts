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

const word = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const number = /\d[\w.]*/y;
const blank = /(?:\s+|--[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?(?:\*\/|$))+/y;
const heredoc = /\$\w*\$/y;

/**
 * The tokens of ClickHouse SQL, comments and blanks left out. Lazy on purpose: what follows `FORMAT x` in an INSERT is data
 * of any kind and must never be scanned. An unterminated quote reaches to the end, where the engine will complain about it.
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

/** A value as a single-quoted ClickHouse literal. */
export function sqlLiteral(value: string): string {
  return `'${value.replace(/[\\']/g, '\\$&')}'`;
}
