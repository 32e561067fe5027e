import { QueryError } from '../query.ts';

/** An answer would have more figures than the question said it may have. */
export class TooManyFigures extends Error {
  override name = 'TooManyFigures';
}

/** The engine gave up on more rows than `max_result_rows` says: TOO_MANY_ROWS_OR_BYTES. */
export function isOverResultRows(error: unknown): boolean {
  const cause = error instanceof QueryError ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && String(cause.code) === '396';
}
