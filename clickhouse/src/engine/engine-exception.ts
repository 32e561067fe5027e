/** An exception in ClickHouse's own words: number, name and text, as the server would send it. */
export class EngineException extends Error {
  override readonly name = 'EngineException';
  readonly code: number;
  readonly type: string;

  constructor(code: number, type: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.type = type;
  }
}

/** `Code: 62. DB::Exception: ... (SYNTAX_ERROR)` -> its parts. Anything else becomes code 1002, UNKNOWN_EXCEPTION. */
export function engineException(cause: unknown): EngineException {
  if (cause instanceof EngineException) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  const found = /Code: (\d+)\. DB::Exception: ([\s\S]*?)\s*\(([A-Z0-9_]{3,})\)\s*$/.exec(text);
  if (found === null) return new EngineException(1002, 'UNKNOWN_EXCEPTION', text, { cause });
  return new EngineException(Number(found[1]), found[3] ?? '', found[2] ?? '', { cause });
}

/** The body that clickhouse-server sends for an exception; drivers read code and name from it. */
export function exceptionText(exception: EngineException, version: string): string {
  const { code, message, type } = exception;
  return `Code: ${code}. DB::Exception: ${message} (${type}) (version ${version} (official build))\n`;
}

// src/Server/HTTP/exceptionCodeToHTTPStatus.cpp of ClickHouse; every other code is 500.
const codesOfStatus: ReadonlyArray<readonly [number, readonly number[]]> = [
  [401, [194]],
  [403, [192, 193, 497, 512, 516]],
  [400, [6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321, 376, 427, 441, 675, 676]],
  [404, [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511]],
  [413, [229]],
  [501, [48]],
  [503, [76, 209, 439]],
  [411, [381]],
  [408, [159]],
  [415, [779]],
];
const statusOfCode = new Map(codesOfStatus.flatMap(([status, codes]) => codes.map((code) => [code, status] as const)));

/** HTTP status of an exception code, as clickhouse-server maps it. */
export function httpStatus(code: number): number {
  return statusOfCode.get(code) ?? 500;
}
