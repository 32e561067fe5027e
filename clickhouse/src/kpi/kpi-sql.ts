import { readFileSync } from 'node:fs';
import { kpiNames, type KpiName } from '@deskwire/contracts/kpi';
import { kpiDefinitions } from '@deskwire/contracts/kpi-definitions';
import { kpiDimensions, type KpiBy, type KpiFilters } from '@deskwire/contracts/kpi-request';

/** What shapes a statement, beside its parameters: columns of our own lists, never text of a caller. */
export interface KpiShape {
  by: KpiBy;
  filters: Partial<KpiFilters>;
  manyBuckets: boolean;
  /** Events count up to a position only. */
  hasEnd: boolean;
}

/**
 * Statements for the figures of several KPIs, to be run at the same time: what happened in the range, by row and by ticket, and what
 * is open, read from sums; `kept`: somebody else asks for that. None when no KPI is measured. All give rows of the same kind.
 */
export function figuresSql(names: readonly KpiName[], shape: KpiShape, open: 'asked' | 'kept' = 'asked'): string[] {
  const measured = names.filter((name) => kpiDefinitions[name].measured);
  const isState = (name: KpiName) => kpiDefinitions[name].kind === 'state';
  const happened = measured.filter((name) => !isState(name));
  // Of about the same cost: in one statement they would be planned one after the other, by one thread.
  const events = [isByTicket, (name: KpiName) => !isByTicket(name)].map((part) =>
    passesSql(happened.filter(part), shape),
  );
  const states = open === 'kept' ? '' : passesSql(measured.filter(isState), shape);
  return [
    // No projection fits these; looking for one in every pass takes about 4 ms each.
    ...events.filter((sql) => sql !== '').map((sql) => `${sql}\nSETTINGS optimize_use_projections = 0`),
    ...(states === '' ? [] : [states]),
  ];
}

const isByTicket = (name: KpiName) => queryOf(name).source.endsWith('-tickets');

/**
 * One statement put together from files: a source says which rows may count (sources/), a query when, whether and with what value
 * one of them does (queries/). KPIs over the same source share one pass, as long as there is one bucket: each cuts its buckets by
 * its own instant. Empty without names.
 */
function passesSql(names: readonly KpiName[], shape: KpiShape): string {
  const passes = new Map<string, { source: SourceName; names: KpiName[] }>();
  for (const name of names) {
    const { source } = queryOf(name);
    const key = shape.manyBuckets ? `${source} ${name}` : source;
    passes.set(key, { source, names: [...(passes.get(key)?.names ?? []), name] });
  }
  return [...passes.values()].map((pass) => passSql(pass.source, pass.names, shape)).join('\nUNION ALL\n');
}

const stateNames = kpiNames.filter((name) => kpiDefinitions[name].kind === 'state');
const mutationsSql = "FROM system.mutations WHERE database = currentDatabase() AND table = 'ticket_changes'";
/** How many rows lie before and behind the position, and what was rewritten in place so far. */
const stampSql = `(SELECT count() FROM ticket_changes) - intDiv(count(), 2) AS rows_before, intDiv(count(), 2) AS rows_since, (SELECT toString(sum(cityHash64(mutation_id))) ${mutationsSql}) AS mutations`;

/**
 * Statements about all states, of one bucket: `all` counts everything; `since` what moved from the position `beginning_epoch` and
 * `beginning_seq` on; `both` finds such a position near the end, and says whether rows are being rewritten.
 */
export function openTicketsSql(shape: KpiShape): { all: string; since: string; both: string } {
  const all = (columns: string) => statesSql('open-tickets', stateNames, shape, columns);
  const since = (beginning: string, columns: string) =>
    `WITH ${beginning} AS beginning\n${statesSql('open-tickets-since', stateNames, shape, columns)}`;
  const place = `(SELECT countIf(NOT is_done OR create_time > now() - 10) ${mutationsSql}) AS mutating, toString(beginning.1) AS beginning_epoch, toString(beginning.2) AS beginning_seq`;
  const noPlace = ['toInt64(0)', 'toUInt64(0)', "''", 'toUInt64(0)', "''", "''"].join(', ');
  return {
    all: all(''),
    since: `${since('({beginning_epoch: UInt64}, {beginning_seq: UInt64})', `${stampSql}, `)}\nSETTINGS optimize_use_projections = 0`,
    both: `${since(`(${sourceSql('open-tickets-beginning', shape)})`, `'since' AS part, ${stampSql}, ${place}, `)}\nUNION ALL\n${all(`'all', ${noPlace}, `)}`,
  };
}

/** The statement that lists what stands behind a figure: from the same files, so that the two cannot disagree. Undefined when it is not measured. */
export function ticketsSql(name: KpiName, shape: KpiShape): string | undefined {
  if (!kpiDefinitions[name].measured) return undefined;
  const query = queryOf(name);
  const rows =
    query.source === 'open-tickets'
      ? `SELECT {to: DateTime64(3, 'UTC')} AS counted_at, ticket_id, toUInt64(0) AS place, 1. AS value, 0. AS business_value\n${sourceSql('open-tickets-listed', shape)}`
      : `SELECT ${query.counted_at} AS counted_at, ticket_id, toUInt64(version) AS place, toFloat64(${query.value}) AS value, ${query.business_value} AS business_value
FROM (SELECT * ${sourceSql(query.source, shape)})
WHERE ${countsIn(query)}`;
  return `SELECT counted_at, ticket_id, place, value, business_value
FROM (${rows})
WHERE (counted_at, ticket_id, place) > ({after_at: DateTime64(3, 'UTC')}, {after_ticket: String}, {after_place: UInt64})
ORDER BY counted_at, ticket_id, place
LIMIT {limit: UInt32}`;
}

const read = (folder: string, name: string) =>
  readFileSync(new URL(`${folder}/${name}.sql`, import.meta.url), 'utf8')
    .replace(/^--.*\n/gm, '')
    .trimEnd();

const sourceNames = ['changes', 'ratings', 'resolved-tickets', 'solved-tickets', 'open-tickets'] as const;
type SourceName = (typeof sourceNames)[number];
const moreSources = ['open-tickets-listed', 'open-tickets-since', 'open-tickets-beginning'] as const;
type MoreSource = (typeof moreSources)[number];
const sources = new Map<string, string>([...sourceNames, ...moreSources].map((name) => [name, read('sources', name)]));

/** A query's file: its heading names its source, its lines are `<expression> AS <name>`. */
const queries = new Map<KpiName, KpiQuery>();
interface KpiQuery {
  source: SourceName;
  counted_at: string;
  counts: string;
  value: string;
  business_value: string;
}
function queryOf(name: KpiName): KpiQuery {
  const known = queries.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(`queries/${name}.sql`, import.meta.url), 'utf8');
  const over = /Over ([a-z-]+)\.$/m.exec(text)?.[1];
  const source = sourceNames.find((each) => each === over);
  if (source === undefined) throw new Error(`queries/${name}.sql does not say over which source it is`);
  const part = (column: string) => new RegExp(`^(.+) AS ${column},?$`, 'm').exec(text)?.[1] ?? '';
  const query = {
    source,
    counted_at: part('counted_at'),
    counts: part('counts'),
    value: part('value'),
    business_value: part('business_value'),
  };
  queries.set(name, query);
  return query;
}

/** Whoever adds what happened since counts up to a position; whoever cannot takes all that there is. */
const endOf = (name: KpiName, { hasEnd }: KpiShape) =>
  hasEnd && kpiDefinitions[name].kind === 'events'
    ? ' AND (epoch, seq) <= ({up_to_epoch: UInt64}, {up_to_seq: UInt64})'
    : '';
const countsIn = ({ counts, counted_at }: KpiQuery) =>
  `${counts} AND ${counted_at} >= {from: DateTime64(3, 'UTC')} AND ${counted_at} < {to: DateTime64(3, 'UTC')}`;

function passSql(source: SourceName, names: readonly KpiName[], shape: KpiShape): string {
  if (source === 'open-tickets') return statesSql(source, names, shape);
  const all = names.map((name) => ({ name, query: queryOf(name) }));
  const [first] = all;
  const instant = first === undefined ? '' : first.query.counted_at;
  const bucket = bucketSql(instant, shape);
  const group = source.endsWith('-tickets') ? 'group_key' : byColumn(shape.by, '');
  const figures = figuresOf(names);
  // Each condition once, as a column: repeated in every aggregate it would be analysed, and worked out, as often.
  const columns = all.map(
    ({ name, query }, place) =>
      `${countsIn(query)}${endOf(name, shape)} AS counts_${place}, ${query.value} AS value_${place}, ${query.business_value} AS business_${place}`,
  );
  // A ticket that was solved in two teams is one ticket in the whole: its source has made that row already.
  const [whole, keys] =
    source === 'solved-tickets'
      ? ['is_whole', 'bucket_from, group_key, is_whole']
      : [isWhole(shape), withWhole('bucket_from', shape)];
  const known = source === 'solved-tickets' ? ', is_whole' : '';
  // With one KPI the rows that do not count need not be grouped at all.
  return `SELECT bucket AS bucket_from, toString(group_by) AS group_key, ${whole} AS is_whole, [
    ${figures}
] AS figures
FROM (SELECT ${bucket} AS bucket, ${group} AS group_by${known}, ${columns.join(', ')} ${sourceSql(source, shape)})${shape.manyBuckets ? '\nWHERE counts_0' : ''}
GROUP BY ${keys}`;
}

/** `columns` stand before the others. Of many buckets, those in which nothing changed have no row: filters leave groups in which nothing ever did. */
function statesSql(source: SourceName | MoreSource, names: readonly KpiName[], shape: KpiShape, columns = ''): string {
  return `SELECT ${columns}move.1 AS bucket_from, toString(move.2) AS group_key, ${isWhole(shape)} AS is_whole, [
    ${figuresOf(names)}
] AS figures
${sourceSql(source, shape)}
GROUP BY ${withWhole('bucket_from', shape)}${shape.manyBuckets ? '\nHAVING arrayExists(figure -> figure.2 != 0, figures)' : ''}`;
}

const figuresOf = (names: readonly KpiName[]) =>
  names.map((name, place) => figureSql(name, queryOf(name), place)).join(',\n    ');

/** A constant where there is one bucket: a second key that is worked out makes grouping a year's tickets a third dearer. */
const bucketSql = (instant: string, { manyBuckets }: KpiShape) =>
  manyBuckets ? `roundDown(toUnixTimestamp64Milli(${instant}), {edges: Array(Int64)})` : '{edges: Array(Int64)}[1]';

/** Groups and the whole cost one pass; without `by` there is only the whole. */
const withWhole = (keys: string, { by }: KpiShape) =>
  by === 'none' ? `${keys}, group_key` : `GROUPING SETS ((${keys}, group_key), (${keys}))`;
const isWhole = ({ by }: KpiShape) => (by === 'none' ? '1' : 'grouping(group_key)');

/** ('name', n, [value] or [p50, p90, mean, and the same in business time]). */
function figureSql(name: KpiName, query: KpiQuery, place: number): string {
  const when = `counts_${place}`;
  // floor(level * n) of a level just below is ceil(level * n) - 1: nearest rank, for n below 10^9.
  const set = (value: string) =>
    `quantilesExactIf(0.4999999999, 0.8999999999)(${value}, ${when}), [avgIf(${value}, ${when})]`;
  switch (kpiDefinitions[name].kind) {
    case 'duration':
      return `('${name}', toInt64(countIf(${when})), arrayConcat(${set(`value_${place}`)}, ${set(`business_${place}`)}))`;
    case 'share':
      return `('${name}', toInt64(countIf(${when})), [avgIf(value_${place}, ${when})])`;
    case 'events':
      return `('${name}', toInt64(countIf(${when})), CAST([], 'Array(Float64)'))`;
    case 'state':
      return `('${name}', toInt64(${query.value}), CAST([], 'Array(Float64)'))`;
    default:
      return kpiDefinitions[name].kind satisfies never;
  }
}

function sourceSql(name: SourceName | MoreSource, shape: KpiShape): string {
  const { by, filters } = shape;
  return (sources.get(name) ?? '')
    .replaceAll(/%(ticket_id, \w+)%/g, (_, keys: string) => withWhole(keys, shape))
    .replaceAll(/%bucket of ([^%]+)%/g, (_, instant: string) => bucketSql(instant, shape))
    .replaceAll('%is_whole%', isWhole(shape))
    .replaceAll('%by%', byColumn(by, ''))
    .replaceAll('%by_before%', byColumn(by, '_before'))
    .replaceAll('%filters%', filterSql(filters, ''))
    .replaceAll('%filters_before%', filterSql(filters, '_before'));
}

/** A ticket keeps its source; the others may have another value before a change. */
const moving: readonly string[] = ['team', 'priority', 'channel', 'assignee'];

function byColumn(by: KpiBy, side: '' | '_before'): string {
  return by === 'none' ? "''" : `${by}${moving.includes(by) ? side : ''}`;
}

function filterSql(filters: Partial<KpiFilters>, side: '' | '_before'): string {
  const given = kpiDimensions.filter((dimension) => (filters[dimension]?.length ?? 0) > 0);
  if (given.length === 0) return 'true';
  return given.map((dimension) => `${byColumn(dimension, side)} IN {${dimension}: Array(String)}`).join(' AND ');
}
