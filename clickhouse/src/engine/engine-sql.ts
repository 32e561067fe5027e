import { EngineException } from './engine-exception.ts';
import type { RequestBody } from './request-body.ts';
import { sqlLiteral } from './sql-tokens.ts';
import type { Statement } from './statement.ts';

/** A statement with the bytes it came in. */
export interface StatementText<S extends Statement = Statement> {
  statement: S;
  /** Bytes of the statement, and of rows that stand behind it in the same text. */
  text: Buffer;
  /** Null when the body was a form. */
  body: RequestBody | null;
  /** The statement is the body, not the URL. */
  isBody: boolean;
}

/** A result goes into the named pipe, as the client side of INTO OUTFILE writes it. */
export function selectIntoPipe(statement: Statement & { kind: 'select' }, pipe: string, format: string): string {
  return `${utf8(statement.query)}\nINTO OUTFILE ${sqlLiteral(pipe)} APPEND\nFORMAT ${format}${utf8(statement.tail)}`;
}

/** The caller's own text, with its result as a buffer: for asking the engine what is wrong with it. */
export function selectIntoMemory(statement: Statement & { kind: 'select' }): string {
  const clause = statement.format === null ? '' : `\nFORMAT ${statement.format}`;
  return `${utf8(statement.query)}${clause}${utf8(statement.tail)}`;
}

/** Rows that follow an INSERT are read from a file. `onFile` is told its path before the engine is. */
export function insertFromFile(
  job: StatementText<Statement & { kind: 'insert-rows' | 'insert-input' }>,
  onFile: (path: string) => void,
): string {
  const { statement, text, body } = job;
  if (body === null) throw new EngineException(48, 'NOT_IMPLEMENTED', 'INSERT from a form is not supported');
  // Rows stand behind the statement, and in the body when the statement was in the URL: in this order, as the server reads them.
  const file = job.isBody
    ? body.rowsFile(Buffer.alloc(0), statement.dataAt)
    : body.rowsFile(text.subarray(statement.dataAt), 0);
  onFile(file);
  if (statement.kind === 'insert-rows') {
    const rows = `FROM INFILE ${sqlLiteral(file)} COMPRESSION 'none'`;
    return `${utf8(statement.head)} ${rows} ${utf8(statement.settings)} FORMAT ${statement.format}`;
  }
  // chDB has no input() over a file (measured), file() is the same to the SELECT around it.
  const rows = `file(${sqlLiteral(file)}, ${sqlLiteral(statement.format)}, ${utf8(statement.structure)}, 'none')`;
  return `${utf8(statement.before)}${rows}${utf8(statement.after)}`;
}

/** Statements are read with one character a byte; this is their text again. */
export function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
