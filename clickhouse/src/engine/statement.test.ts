import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { insertFromFile, selectIntoPipe } from './engine-sql.ts';
import { sqlLiteral, sqlTokens } from './sql-tokens.ts';
import { readStatement } from './statement.ts';

describe('readStatement', () => {
  it.each([
    ['SELECT 1', null],
    ['SELECT 1 FORMAT JSON', 'JSON'],
    ['select 1 -- FORMAT CSV\n format\tJSONEachRow ; -- done', 'JSONEachRow'],
    ["SELECT 'FORMAT CSV'", null],
    ['SELECT format FROM t ORDER BY format DESC', null],
    ['SELECT (SELECT 1) AS format', null],
    ['SELECT 1 FORMAT TSV SETTINGS max_threads = 1', 'TSV'],
    ['WITH 1 AS x SELECT x FORMAT CSV', 'CSV'],
    ['(SELECT 1) UNION ALL (SELECT 2) FORMAT XML', 'XML'],
    ['/* ; */ SELECT `a;b`, "c;d", $$e;f$$ FROM t', null],
  ])('finds the output format of %s', (sql, format) => {
    expect(readStatement(sql)).toMatchObject({ kind: 'select', format });
  });

  it('puts the result into a pipe, before format and settings', () => {
    const statement = readStatement('SELECT 1 FORMAT TSV SETTINGS a = 1;');
    if (statement.kind !== 'select') throw new Error(statement.kind);
    const sql = selectIntoPipe(statement, '/p', 'TSV').replaceAll('\n', ' ');
    expect(sql).toBe("SELECT 1  INTO OUTFILE '/p' APPEND FORMAT TSV SETTINGS a = 1");
  });

  it.each([
    ["INSERT INTO t FORMAT CSV\n1,'x;y'", 'CSV', "1,'x;y'"],
    ['INSERT INTO t FORMAT CSV  \n\n1', 'CSV', '\n1'],
    ['INSERT INTO t FORMAT JSONEachRow {"a": 1}', 'JSONEachRow', '{"a": 1}'],
    ['INSERT INTO t FORMAT RowBinary', 'RowBinary', ''],
    ['INSERT INTO t FORMAT RowBinary ; ', 'RowBinary', ''],
    ["insert into db.`format` (a, `values`) values (1, 'FORMAT x; SELECT')", 'Values', " (1, 'FORMAT x; SELECT')"],
    ['INSERT INTO values FORMAT TSV\n1', 'TSV', '1'],
    ['INSERT INTO t SETTINGS async_insert = 0 VALUES (1)', 'Values', ' (1)'],
    ["INSERT INTO t FORMAT CSV SETTINGS a = 1, b = 'x'\n1", 'CSV', '1'],
  ])('finds the rows of %s', (sql, format, rows) => {
    const statement = readStatement(sql);
    expect(statement).toMatchObject({ kind: 'insert-rows', format });
    if ('dataAt' in statement) expect(sql.slice(statement.dataAt)).toBe(rows);
  });

  it('never looks into binary rows', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const rows = Buffer.from(bytes).toString('latin1');
        const head = 'INSERT INTO t (a, b) FORMAT RowBinary\n';
        const statement = readStatement(head + rows);
        // A text that ends in a lone semicolon has no rows, to the server too.
        if (!/^\s*;\s*$/.test(rows)) expect(statement).toMatchObject({ kind: 'insert-rows', dataAt: head.length });
      }),
    );
  });

  it('replaces input() by the file of rows and keeps the rest', () => {
    const sql = `INSERT INTO events (seq, input) SELECT seq, 'input(''x'')' FROM input('seq UInt64, s Enum8(\\'a\\' = 1)') AS i
      WHERE throwIf((SELECT max(seq) FROM events) != {prev: UInt64}) = 0 FORMAT RowBinary`;
    const statement = readStatement(sql);
    if (statement.kind !== 'insert-input') throw new Error(statement.kind);
    expect(statement.placeholders).toEqual(['prev']);
    const body = { head: Buffer.alloc(0), file: null, sizeBytes: 0, rowsFile: () => '/rows', remove: () => {} };
    const rewritten = insertFromFile({ statement, text: Buffer.from(sql), body, isBody: false }, () => {});
    expect(rewritten).toContain(`FROM file('/rows', 'RowBinary', 'seq UInt64, s Enum8(\\'a\\' = 1)', 'none') AS i`);
    expect(rewritten).toContain(`SELECT seq, 'input(''x'')' FROM`);
    expect(rewritten).not.toMatch(/FORMAT/);
  });

  it('takes INSERT SELECT without input() as it is', () => {
    expect(readStatement("INSERT INTO t SELECT 'FORMAT x' FROM u;")).toMatchObject({ kind: 'plain', pure: true });
    expect(readStatement('WITH 1 AS x INSERT INTO t SELECT x')).toMatchObject({ kind: 'plain', pure: true });
  });

  it('knows which statements leave something in their session', () => {
    for (const sql of [
      'SET a = 1',
      'USE x',
      'CREATE TEMPORARY TABLE t (a Int8)',
      'CREATE OR REPLACE TEMPORARY TABLE t (a Int8)',
    ]) {
      expect(readStatement(sql)).toMatchObject({ kind: 'plain', pure: false });
    }
    for (const sql of ['CREATE TABLE t (temporary Int8)', 'ALTER TABLE t DELETE WHERE 1', 'SHOW TABLES']) {
      expect(readStatement(sql)).toMatchObject({ kind: 'plain', pure: true });
    }
  });

  it('reads KILL QUERY', () => {
    const sql = "KILL QUERY WHERE query_id = 'sync' AND user = 'x' SYNC FORMAT TSV";
    expect(readStatement(sql)).toMatchObject({
      kind: 'kill',
      where: " query_id = 'sync' AND user = 'x' ",
      mode: 'sync',
      format: 'TSV',
    });
  });

  it.each([
    ['', 62],
    [' -- nothing', 62],
    ['SELECT 1; SELECT 2', 62],
    ['INSERT INTO t SELECT 1; DROP TABLE t', 62],
    ["SELECT * FROM file ('/etc/passwd')", 497],
    ["INSERT INTO FUNCTION file('/tmp/x', 'CSV') VALUES (1)", 497],
    ["INSERT INTO t SELECT * FROM executable('x', 'CSV', 'a Int8')", 497],
    ["SELECT * FROM `file`('/etc/passwd')", 497],
    ['SELECT * FROM "FILE" (\'/etc/passwd\')', 497],
    ["SELECT * FROM `f\\x69\\Nle`('/etc/passwd')", 497],
    ["SELECT * FROM “file”('/etc/passwd')", 497],
    ["SELECT * FROM\u00a0file\u2003('/etc/passwd')", 497],
    ["SELECT ‘'’, * FROM file('/etc/passwd') WHERE '' = ‘'’", 497],
    ["SELECT 1 // '\n, * FROM file('/etc/passwd') // '", 497],
    ["INSERT INTO FUNCTION `file`('/tmp/x', 'CSV') VALUES (1)", 497],
    ["SELECT * FROM url('file:///etc/passwd', 'LineAsString')", 497],
    ["CREATE DATABASE d ENGINE = `Filesystem`('/')", 497],
    ['CREATE DATABASE d ENGINE Filesystem', 497],
    ["SELECT 1 INTO OUTFILE 'x'", 358],
    ["INSERT INTO t FROM INFILE 'x' FORMAT CSV", 358],
    ["INSERT INTO t SELECT * FROM input('a Int8')", 36],
  ])('refuses %s with %i', (sql, code) => {
    expect(() => readStatement(latin1(sql))).toThrow(expect.objectContaining({ code }));
  });
});

it.each([
  'SELECT `url` FROM t',
  'CREATE TABLE t (url String, `file` String) ENGINE = Memory',
  "SELECT 'é“file”(' // file(",
])('lets %s pass, which reads no file', (sql) => {
  expect(() => readStatement(latin1(sql))).not.toThrow();
});

/** One character a byte, as the door hands statements on. */
const latin1 = (sql: string) => Buffer.from(sql).toString('latin1');

describe('sqlTokens', () => {
  it('gives every literal back as one token', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const tokens = [...sqlTokens(`SELECT ${sqlLiteral(value)} AS x`)];
        expect(tokens.map(({ kind }) => kind)).toEqual(['word', 'string', 'word', 'word']);
      }),
    );
  });

  it('counts the brackets around a token', () => {
    expect([...sqlTokens('a (b [c]) d')].map(({ text, depth }) => `${text}${depth}`).join(' ')).toBe(
      'a0 (0 b1 [1 c2 ]1 )0 d0',
    );
  });
});
