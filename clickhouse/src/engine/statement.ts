import { EngineException } from './engine-exception.ts';
import { readInsert } from './insert-statement.ts';
import { outputFormat, placeholdersOf, refuseForeignReach, statementEnd } from './sql-clauses.ts';
import { sqlTokens, type SqlToken } from './sql-tokens.ts';

/**
 * What the door must know of a statement before the engine sees it.
 * - `select`: has a result of any size; `query` is the text without its output clause, `tail` what follows the format.
 * - `insert-rows`: rows in `format` follow at `dataAt` (offset in the text given), then in the request's body.
 * - `insert-input`: the same, but the rows go through a SELECT over `input('structure')`.
 * - `kill`: KILL QUERY, which needs the door because the engine does not know the callers' query ids.
 * - `plain`: everything else; the result, if any, is small. `pure` means that it leaves no state in its session.
 */
export type Statement =
  | { kind: 'select'; query: string; tail: string; format: string | null; placeholders: string[] }
  | { kind: 'insert-rows'; head: string; settings: string; format: string; dataAt: number; placeholders: string[] }
  | {
      kind: 'insert-input';
      before: string;
      structure: string;
      after: string;
      format: string;
      dataAt: number;
      placeholders: string[];
    }
  | { kind: 'kill'; where: string; mode: 'async' | 'sync' | 'test'; format: string | null; placeholders: string[] }
  | { kind: 'plain'; text: string; format: string | null; pure: boolean; placeholders: string[] };

/** Processes as callers know them: the engine's own query ids are replaced by those that came over the wire. */
export const processesOfCallers =
  "(SELECT * REPLACE (Settings['log_comment'] AS query_id) FROM system.processes WHERE Settings['log_comment'] != '')";

const pureKeywords = new Set(
  'alter analyze check delete desc describe drop exists explain grant optimize rename revoke show truncate update'.split(
    ' ',
  ),
);

/**
 * Reads one statement. `sql` holds one character a byte (latin1), so that offsets are offsets in the request; texts come
 * back the same way. Throws EngineException for an empty text, several statements, and reaches into the engine's machine.
 */
export function readStatement(sql: string): Statement {
  const tokens: SqlToken[] = [];
  for (const token of sqlTokens(sql)) {
    const isInsert = token.kind === 'word' && token.key === 'insert' && token.depth === 0;
    if (isInsert && (tokens.length === 0 || tokens[0]?.key === 'with')) return readInsert(sql, token.start);
    tokens.push(token);
  }
  const [first] = tokens;
  if (first === undefined) throw new EngineException(62, 'SYNTAX_ERROR', 'Empty query');
  refuseForeignReach(tokens);
  const end = statementEnd(sql, tokens);
  const body = tokens.filter((token) => token.end <= end);
  const placeholders = placeholdersOf(body);
  const format = outputFormat(body);
  if (first.key === 'kill' && body[1]?.key === 'query')
    return readKill(sql, body, end, format?.name ?? null, placeholders);
  if (first.key === 'select' || first.key === 'with' || first.key === 'from' || first.key === '(') {
    const query = withCallersIds(sql, body, format?.start ?? end);
    return {
      kind: 'select',
      query,
      tail: sql.slice(format?.end ?? end, end),
      format: format?.name ?? null,
      placeholders,
    };
  }
  const temporary = body.slice(1, 4).some((token) => token.key === 'temporary');
  const pure = pureKeywords.has(first.key) || (first.key === 'create' && !temporary);
  return { kind: 'plain', text: sql.slice(0, end), format: format?.name ?? null, pure, placeholders };
}

function withCallersIds(sql: string, tokens: readonly SqlToken[], end: number): string {
  let query = '';
  let from = 0;
  tokens.forEach((token, index) => {
    if (token.key !== 'system' || tokens[index + 1]?.key !== '.') return;
    const table = tokens[index + 2];
    if (table?.key !== 'processes') return;
    query += sql.slice(from, token.start) + processesOfCallers;
    from = table.end;
  });
  return query + sql.slice(from, end);
}

function readKill(
  sql: string,
  tokens: readonly SqlToken[],
  end: number,
  format: string | null,
  placeholders: string[],
): Statement {
  const where = tokens.find((token) => token.depth === 0 && token.key === 'where');
  if (where === undefined) throw new EngineException(62, 'SYNTAX_ERROR', 'Syntax error: KILL QUERY needs WHERE');
  const clause = tokens.find(
    (token) => token.start > where.start && token.depth === 0 && /^(a?sync|test|format|settings)$/.test(token.key),
  );
  const condition = sql.slice(where.end, clause?.start ?? end);
  const mode = clause?.key === 'sync' || clause?.key === 'test' ? clause.key : 'async';
  return { kind: 'kill', where: condition, mode, format, placeholders };
}
