import { EngineException } from './engine-exception.ts';
import { nameOf, type SqlToken } from './sql-tokens.ts';

/** Names in `{name: Type}`. */
export function placeholdersOf(tokens: readonly SqlToken[]): string[] {
  return tokens.flatMap((token, index) => {
    const name = tokens[index + 1];
    return token.key === '{' && name?.kind === 'word' && tokens[index + 2]?.key === ':' ? [name.text] : [];
  });
}

// clickhouse-local reads and writes any file of this machine and starts programs; a server does not, so neither may callers here.
// `url` takes `file://`, and `eval` statements as texts.
const foreignNames = new Set(
  'file filecluster filesystem url urlcluster executable executablepool executable_pool sqlite arrowstream python eval'.split(
    ' ',
  ),
);

/** Throws when a statement names files or programs of this machine. */
export function refuseForeignReach(tokens: readonly SqlToken[]): void {
  tokens.forEach((token, index) => {
    const next = tokens[index + 1];
    const name = nameOf(token);
    if (foreignNames.has(name) && (next?.key === '(' || isEngine(tokens, index))) {
      throw new EngineException(497, 'ACCESS_DENIED', `Function ${name} is not allowed through this door`);
    }
    if ((token.key === 'into' && next?.key === 'outfile') || (token.key === 'from' && next?.key === 'infile')) {
      throw new EngineException(358, 'INTO_OUTFILE_NOT_ALLOWED', 'INTO OUTFILE and FROM INFILE are not allowed');
    }
  });
}

/** `ENGINE = name` without arguments. */
function isEngine(tokens: readonly SqlToken[], index: number): boolean {
  const before = tokens[index - 1]?.key === '=' ? index - 2 : index - 1;
  return tokens[before]?.key === 'engine';
}

/** Offset where the statement ends, its semicolon left out. Throws when another statement follows. */
export function statementEnd(sql: string, tokens: readonly SqlToken[]): number {
  const semicolon = tokens.findIndex((token) => token.depth === 0 && token.key === ';');
  if (semicolon < 0) return tokens.at(-1)?.end ?? sql.length;
  const after = tokens.slice(semicolon).find((token) => token.key !== ';');
  if (after !== undefined) {
    const message = `Syntax error (Multi-statements are not allowed): failed at position ${after.start + 1}`;
    throw new EngineException(62, 'SYNTAX_ERROR', message);
  }
  return tokens[semicolon - 1]?.end ?? 0;
}

// `ORDER BY format DESC` and the like: a column called format, not the clause.
const neverFormats = new Set(
  'asc desc nulls limit from where group order having union except intersect settings'.split(' '),
);

/** The output clause `FORMAT name`, behind which only SETTINGS may stand. */
export function outputFormat(tokens: readonly SqlToken[]): { name: string; start: number; end: number } | null {
  const index = tokens.findLastIndex((token) => token.depth === 0 && token.key === 'format');
  if (index < 1) return null;
  const [clause, name, next] = tokens.slice(index, index + 3);
  if (clause === undefined || name?.kind !== 'word' || neverFormats.has(name.key)) return null;
  if (next !== undefined && next.key !== 'settings') return null;
  return { name: name.text, start: clause.start, end: name.end };
}
