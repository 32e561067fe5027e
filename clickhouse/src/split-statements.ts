/** The statements of a migration file, without comments; ";" inside quotes does not end one. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let current = '';
  for (const piece of sql.match(/--[^\n]*|'(?:\\.|''|[^'\\])*'|;|[^;'-]+|-/g) ?? []) {
    if (piece.startsWith('--')) continue;
    if (piece === ';') {
      statements.push(current.trim());
      current = '';
    } else current += piece;
  }
  statements.push(current.trim());
  return statements.filter((statement) => statement !== '');
}
