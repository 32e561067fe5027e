import { randomBytes } from 'node:crypto';
import { ClickHouseError, type ClickHouseClient, type ClickHouseSettings } from '@clickhouse/client';
import { runQuery } from '@deskwire/clickhouse/query';
import { aggregateProjections, selfCheckLeftovers } from '@deskwire/clickhouse/self-check-queries';
import { z } from 'zod';
import type { AddFinding } from './finding.ts';

const withRows: ClickHouseSettings = { optimize_use_projections: 0 };
const withProjection = (name: string): ClickHouseSettings => ({
  optimize_use_projections: 1,
  force_optimize_projection: 1,
  force_optimize_projection_name: name,
  preferred_optimize_projection_name: name,
});
const projectionNotUsed = '584';
/** Groups compared one by one once the sums of a projection differ. */
const groupsMax = 100_000;

/**
 * Each aggregate projection of a table against the same aggregate of its rows, on a snapshot that shares the table's parts:
 * while rows arrive, two queries never see the same ones.
 */
export async function checkProjections(
  client: ClickHouseClient,
  table: string,
  add: AddFinding,
): Promise<{ compared: number; notCompared: string[] }> {
  for (const { name } of await runQuery(client, selfCheckLeftovers, {})) await drop(client, name);
  const copy = `self_check_${table}_${randomBytes(4).toString('hex')}`;
  const notCompared: string[] = [];
  let compared = 0;
  try {
    await client.command({ query: `CREATE TABLE ${quoted(copy)} CLONE AS ${quoted(table)}` });
    await client.command({ query: `SYSTEM STOP MERGES ${quoted(copy)}` });
    for (const projection of await runQuery(client, aggregateProjections, { table: copy })) {
      try {
        await compare(client, table, copy, projection, add);
        compared += 1;
      } catch (error) {
        if (!(error instanceof ClickHouseError) || error.code !== projectionNotUsed) throw error;
        notCompared.push(`${table}.${projection.name}`);
      }
    }
  } finally {
    await drop(client, copy);
  }
  return { compared, notCompared };
}

interface Projection {
  name: string;
  query: string;
  keys: string[];
}

async function compare(
  client: ClickHouseClient,
  table: string,
  copy: string,
  projection: Projection,
  add: AddFinding,
): Promise<void> {
  // What ClickHouse keeps of the definition lacks only the table.
  const at = projection.query.lastIndexOf(' GROUP BY ');
  const from = ` FROM ${quoted(copy)}`;
  const sql = at < 0 ? projection.query + from : projection.query.slice(0, at) + from + projection.query.slice(at);
  const columns = comparable(await describe(client, sql));
  const sums = `SELECT ${sumsOf(columns)} FROM (${sql})`;
  const [expected] = await read(client, sums, withRows);
  const [found] = await read(client, sums, withProjection(projection.name));
  if (agree(expected, found)) return;
  await nameGroups(client, `projection ${projection.name} of ${table}`, sql, columns, projection, add);
}

interface Column {
  name: string;
  isFloat: boolean;
}

/** More than one answer is right for these: they depend on the order in which rows are merged, or are approximate. */
const manyAnswers = /^(any|arg(Min|Max)|first|last|group|quantile|median|topK|uniq(Combined|HLL|Theta)|uniq\b)/;

function comparable(columns: { name: string; type: string }[]): Column[] {
  return columns
    .filter(({ name, type }) => !manyAnswers.test(name) && !type.startsWith('AggregateFunction'))
    .map(({ name, type }) => ({ name, isFloat: /Float/.test(type) }));
}

/** Number of groups, a checksum of what is exact, and sums of what is not: addition of floats depends on its order. */
function sumsOf(columns: Column[]): string {
  const exact = columns.filter(({ isFloat }) => !isFloat).map(({ name }) => quoted(name));
  const floats = columns.filter(({ isFloat }) => isFloat).map(({ name }) => `sum(${quoted(name)})`);
  return ['toString(count())', `toString(sum(cityHash64(${exact.join(', ')})))`, ...floats].join(', ');
}

/** Which groups differ, with what the rows say and what the projection says. */
async function nameGroups(
  client: ClickHouseClient,
  label: string,
  sql: string,
  columns: Column[],
  projection: Projection,
  add: AddFinding,
): Promise<void> {
  const isKey = (column: Column) => projection.keys.includes(column.name);
  const [keys, values] = [columns.filter(isKey), columns.filter((column) => !isKey(column))];
  const texts = [...keys, ...values].map(({ name, isFloat }) => (isFloat ? quoted(name) : `toString(${quoted(name)})`));
  const groups = `SELECT ${texts.join(', ')} FROM (${sql}) ORDER BY ${texts.slice(0, keys.length).join(', ') || '1'} LIMIT ${groupsMax}`;
  const byKey = async (settings: ClickHouseSettings) =>
    new Map(
      (await read(client, groups, settings)).map((row) => [
        JSON.stringify(row.slice(0, keys.length)),
        row.slice(keys.length),
      ]),
    );
  const [expected, found] = [await byKey(withRows), await byKey(withProjection(projection.name))];
  let differing = 0;
  for (const key of new Set([...expected.keys(), ...found.keys()])) {
    const [rows, projected] = [expected.get(key), found.get(key)];
    if (agree(rows, projected)) continue;
    differing += 1;
    add('projection', `${label}: group ${nameGroup(keys, key)}: expected ${say(rows)}, found ${say(projected)}`);
  }
  if (differing === 0) add('projection', `${label}: it differs from its rows beyond the first ${groupsMax} groups`);
}

type Row = (string | number | null)[];

function say(values: Row | undefined): string {
  return values === undefined ? 'nothing' : values.join(', ');
}

/** Who is assigned is left out: an alert names no people. */
function nameGroup(keys: Column[], key: string): string {
  const values = row.parse(JSON.parse(key));
  return keys
    .map(({ name }, i) => `${name} = ${/^assignee(_before)?$/.test(name) ? '...' : `'${values[i] ?? ''}'`}`)
    .join(', ');
}

function agree(expected: Row | undefined, found: Row | undefined): boolean {
  if (expected === undefined || found === undefined) return expected === found;
  return expected.every((value, i) => {
    const other = found[i];
    if (typeof value !== 'number' || typeof other !== 'number') return value === other;
    return Math.abs(value - other) <= 1e-9 * Math.max(1, Math.abs(value), Math.abs(other));
  });
}

const row = z.array(z.union([z.string(), z.number(), z.null()]));

async function read(client: ClickHouseClient, query: string, settings: ClickHouseSettings): Promise<Row[]> {
  const answer = await client.query({ query, format: 'JSONCompactEachRow', clickhouse_settings: settings });
  return z.array(row).parse(await answer.json());
}

async function describe(client: ClickHouseClient, sql: string): Promise<{ name: string; type: string }[]> {
  const answer = await client.query({ query: `DESCRIBE TABLE (${sql})`, format: 'JSONEachRow' });
  return z.array(z.object({ name: z.string(), type: z.string() })).parse(await answer.json());
}

const drop = (client: ClickHouseClient, name: string) =>
  client.command({ query: `DROP TABLE IF EXISTS ${quoted(name)}` });

const quoted = (name: string) => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
