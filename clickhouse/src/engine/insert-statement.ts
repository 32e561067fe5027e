import { EngineException } from './engine-exception.ts';
import { placeholdersOf, refuseForeignReach, statementEnd } from './sql-clauses.ts';
import { sqlTokens, type SqlToken } from './sql-tokens.ts';
import type { Statement } from './statement.ts';

/**
 * Reads an INSERT whose keyword stands at `start`; what is before it is its WITH clause. Tokens are taken one by one,
 * because behind `VALUES` and `FORMAT x` stand rows, which may be binary. Throws EngineException.
 */
export function readInsert(sql: string, start: number): Statement {
  const token = tokenReader(sql, start);
  let at = afterTarget(token);
  let settingsAt: number | undefined;
  for (; ; at += 1) {
    const current = token(at);
    const next = token(at + 1);
    if (current === undefined) return plainInsert(sql);
    if (current.depth > 0 || current.kind === 'quoted') continue;
    const opensSelect = current.key === '(' && /^(select|with)$/.test(next?.key ?? '');
    if (current.key === 'select' || current.key === 'with' || opensSelect) return readInsertSelect(sql, token, at);
    if (current.kind !== 'word') continue;
    if (current.key === 'settings') settingsAt = current.start;
    const rows = rowsClause(sql, token, at);
    if (rows === null) continue;
    const tokens = tokensBefore(token, at);
    refuseForeignReach(tokens);
    const head = sql.slice(0, settingsAt ?? current.start);
    const settings = sql.slice(settingsAt ?? current.start, current.start) + rows.settings;
    // The engine puts parameters into rows of VALUES too.
    const inRows = rows.format === 'Values' && sql.includes('{', rows.dataAt) ? [...sqlTokens(sql, rows.dataAt)] : [];
    const placeholders = placeholdersOf([...tokens, ...inRows]);
    return { kind: 'insert-rows', head, settings, format: rows.format, dataAt: rows.dataAt, placeholders };
  }
}

type TokenAt = (index: number) => SqlToken | undefined;

function tokenReader(sql: string, start: number): TokenAt {
  const source = sqlTokens(sql, start);
  const tokens: SqlToken[] = [];
  return (index) => {
    while (tokens.length <= index) {
      const next = source.next();
      if (next.done === true) return undefined;
      tokens.push(next.value);
    }
    return tokens[index];
  };
}

function tokensBefore(token: TokenAt, end: number): SqlToken[] {
  return Array.from({ length: end }, (_, index) => token(index)).filter((current) => current !== undefined);
}

// INSERT [INTO] [TABLE] [FUNCTION] name[.name]: skipped, so that a table called `format` or `values` is not taken for a clause.
function afterTarget(token: TokenAt): number {
  let at = 1;
  while (/^(into|table|function)$/.test(token(at)?.key ?? '')) at += 1;
  at += 1;
  while (token(at)?.key === '.') at += 2;
  return at;
}

interface RowsClause {
  format: string;
  settings: string;
  dataAt: number;
}

// `VALUES` or `FORMAT name [SETTINGS a = 1, ...]` at this token, and where the rows begin behind it.
function rowsClause(sql: string, token: TokenAt, at: number): RowsClause | null {
  const clause = token(at);
  if (clause?.key === 'values') return { format: 'Values', settings: '', dataAt: clause.end };
  const name = token(at + 1);
  if (clause?.key !== 'format' || name?.kind !== 'word') return null;
  let end = name.end;
  let settings = '';
  if (token(at + 2)?.key === 'settings' && token(at + 4)?.key === '=') {
    let last = at + 5;
    while (token(last + 1)?.key === ',') last += 4;
    end = token(last)?.end ?? end;
    settings = ` ${sql.slice(token(at + 2)?.start, end)}`;
  }
  return { format: sql.slice(name.start, name.end), settings, dataAt: dataStart(sql, end) };
}

// As the server: behind the first line break, or else behind the blanks. A semicolon that ends the text is no data.
function dataStart(sql: string, end: number): number {
  const rest = sql.slice(end, end + 1024);
  if (/^\s*;\s*$/.test(rest)) return sql.length;
  return end + (/^[^\S\n]*\n|^\s*/.exec(rest)?.[0].length ?? 0);
}

function readInsertSelect(sql: string, token: TokenAt, selectAt: number): Statement {
  let input: { start: number; end: number; structure: string } | undefined;
  for (let at = selectAt; ; at += 1) {
    const current = token(at);
    if (current === undefined) break;
    if (current.kind !== 'word') continue;
    if (current.key === 'input' && token(at + 1)?.key === '(') {
      if (input !== undefined)
        throw new EngineException(36, 'BAD_ARGUMENTS', 'input() can be used only once in a query');
      const structure = token(at + 2);
      const close = token(at + 3);
      if (structure?.kind !== 'string' || close?.key !== ')') {
        throw new EngineException(36, 'BAD_ARGUMENTS', 'input() takes its structure as one string literal');
      }
      input = { start: current.start, end: close.end, structure: structure.text };
    }
    if (input === undefined || current.depth > 0 || current.key !== 'format') continue;
    const rows = rowsClause(sql, token, at);
    if (rows === null) continue;
    const tokens = tokensBefore(token, at);
    refuseForeignReach(tokens);
    return {
      kind: 'insert-input',
      before: sql.slice(0, input.start),
      structure: input.structure,
      after: sql.slice(input.end, current.start) + rows.settings,
      format: rows.format,
      dataAt: rows.dataAt,
      placeholders: placeholdersOf(tokens),
    };
  }
  if (input !== undefined)
    throw new EngineException(36, 'BAD_ARGUMENTS', 'FORMAT must be specified for function input()');
  return plainInsert(sql);
}

function plainInsert(sql: string): Statement {
  const tokens = [...sqlTokens(sql)];
  refuseForeignReach(tokens);
  const text = sql.slice(0, statementEnd(sql, tokens));
  return { kind: 'plain', text, format: null, pure: true, placeholders: placeholdersOf(tokens) };
}
