import type { ClickHouseClient } from '@clickhouse/client';
import { kpiNames, type KpiFigure, type KpiName } from '@deskwire/contracts/kpi';
import { kpiDimensions, type KpiBy, type KpiFilters } from '@deskwire/contracts/kpi-request';
import type { FlowReport } from '@deskwire/contracts/flow';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { connectClickHouse } from '../connect.ts';
import { startEngine, type StartedEngine } from '../engine/start-engine.ts';
import { streamTips } from '../flow-queries.ts';
import { streamTip } from '../ledger-queries.ts';
import { migrate, readMigrations } from '../migrate.ts';
import { oldestOpen } from '../oldest-open.ts';
import { runQuery } from '../query.ts';
import { ticketRows } from '../ticket-query.ts';
import { openKpiDoor } from './kpi-door.ts';
import { kpiFacts, readKpiFacts } from './kpi-facts.ts';
import { bucketEdges, type KpiRange } from './kpi-range.ts';
import { figuresSql } from './kpi-sql.ts';
import { readKpiAnswers } from './read-kpi-answers.ts';
import { readKpiTickets, type ReceiptPlace } from './read-kpi-tickets.ts';
import { paramsOf, readKpis, utcText } from './read-kpis.ts';
import { changeRows, seeded, storedChange, type ChangeRow } from './testing/change-rows.ts';
import { TooManyFigures } from './too-many-figures.ts';
import { naiveKpi, naiveLate } from './testing/naive-kpis.ts';
import { readKpisPatiently } from './testing/read-kpis-patiently.ts';

/** TEST_SEED makes other rows; the name of a test has it. */
const seed = Number(process.env['TEST_SEED'] ?? 7);
const random = seeded(seed);
const span = { from: Date.UTC(2026, 8, 25), to: Date.UTC(2026, 10, 10) };
const flow: FlowReport = {
  ...{
    at: '2026-11-22T10:00:00.000Z',
    state: 'complete',
    why: null,
    ratePerS: 0,
    streams: [],
    sources: [],
    rejected: [],
    gaps: [],
  },
  totals: { received: 0, accepted: 0, duplicate: 0, rejected: 0, balanced: true },
  today: { from: '2026-11-22T00:00:00.000Z', received: 0, accepted: 0, duplicate: 0, rejected: 0 },
};
let engine: StartedEngine;
let client: ClickHouseClient;
let rows: ChangeRow[];

beforeAll(async () => {
  engine = await startEngine();
  const { url, user, password, database } = engine;
  const login = {
    CLICKHOUSE_URL: url,
    CLICKHOUSE_USER: user,
    CLICKHOUSE_PASSWORD: password,
    CLICKHOUSE_DATABASE: database,
  };
  client = connectClickHouse(login, 'test');
  // Some rows are older than what is read from today: an upgrade works them in.
  await migrate(client, readMigrations().slice(0, 5));
  // A third is from before rows told until when figures would have moved.
  const told = changeRows(random, 700, span.from, span.to);
  rows = told.map((row, place) => (place % 3 === 0 ? { ...row, late_until: row.late_at } : row));
  const values = rows.map((row, place) => storedChange(row, place + 1));
  // Several parts, not in the order of time.
  for (const part of [0, 1, 2]) {
    await client.insert({
      table: 'ticket_changes',
      values: values.filter((_, place) => place % 3 === part),
      format: 'JSONEachRow',
    });
    await migrate(client);
  }
  await vi.waitUntil(async () => (await unfinishedMutations()) === '0\n', { timeout: 20_000 });
});
async function unfinishedMutations(): Promise<string> {
  const query = 'SELECT countIf(NOT is_done) FROM system.mutations';
  return (await client.query({ query, format: 'TabSeparated' })).text();
}
afterAll(async () => {
  await client.close();
  await engine.stop();
});

const randomRange = () => {
  const ends = [0, 1].map(() => Math.floor(span.from + random() * (span.to + 9 * 86_400_000 - span.from)));
  return { from: Math.min(...ends), to: Math.max(...ends) + 1 };
};
/** Sums of floats differ in their last digits by order. */
function close(figure: KpiFigure): unknown {
  const round = (value: number) => Number((value * (1 + 1e-11)).toPrecision(9));
  const set = (value: { p50: number; p90: number; mean: number }) => [
    round(value.p50),
    round(value.p90),
    round(value.mean),
  ];
  const { value, n, business } = figure;
  return {
    n,
    value: typeof value === 'number' ? round(value) : value && set(value),
    business: business && set(business),
  };
}

/** By group; null is the whole. */
function withWhole(kpi: KpiName, range: KpiRange, by: KpiBy, filters: Partial<KpiFilters>) {
  const whole = [...naiveKpi(rows, kpi, range, 'none', filters).values()].map((figure) => [null, figure] as const);
  const groups = by === 'none' ? [] : naiveKpi(rows, kpi, range, by, filters);
  return new Map<string | null, unknown>([...whole, ...groups].map(([group, figure]) => [group, close(figure)]));
}

it.each([[[]], [['urgent']], [['', 'low']]])(
  `finds the oldest open ticket of each team, priority %j, TEST_SEED=${seed}`,
  async (priority) => {
    const newest = new Map<string, ChangeRow>();
    for (const row of rows) if (row.version > (newest.get(row.ticket_id)?.version ?? 0)) newest.set(row.ticket_id, row);
    const counts = ({ open_after, after }: ChangeRow) =>
      open_after && (priority.length === 0 || priority.includes(after.priority));
    const open = [...newest.values()].filter(counts).sort((a, b) => b.created_at - a.created_at);
    const expected = new Map(open.map(({ after, ticket_id, created_at }) => [after.team, { ticket_id, created_at }]));
    const found = (await runQuery(client, oldestOpen, { priority })).map(
      ({ team, ticket_id, created_at }) => [team, { ticket_id, created_at: Date.parse(created_at) }] as const,
    );
    expect(new Map(found)).toEqual(expected);
  },
);

describe(`every KPI equals a plain computation, TEST_SEED=${seed}`, () => {
  const cases = (['none', ...kpiDimensions] as const).flatMap((by): [KpiBy, number][] =>
    [1, 2, 3].map((round) => [by, round]),
  );
  it.each(cases)('by %s, over a random range and filter (%i)', async (by) => {
    const range = randomRange();
    const filters =
      random() < 0.5
        ? {}
        : { team: ['billing', ''], ...(random() < 0.5 && { assignee: ['ann', ''] }), channel: ['email', ''] };
    const found = await readKpisPatiently(client, { names: kpiNames, range, by, filters });
    for (const kpi of kpiNames) {
      const said = new Map(found.filter((row) => row.kpi === kpi).map(({ group, figure }) => [group, close(figure)]));
      expect([kpi, said]).toEqual([kpi, withWhole(kpi, range, by, filters)]);
    }
  });
});

it(`counts what came too late to move figures of a range, also where that was long before them, TEST_SEED=${seed}`, async () => {
  const late = rows.filter(({ late_at }) => late_at > 0);
  expect(late.filter((row) => row.late_until > row.late_at + 86_400_000).length).toBeGreaterThan(20);
  // To the millisecond: an end of a range is in it, and its start.
  const edges = late.slice(0, 10).flatMap((row) => [
    { from: row.late_until, to: row.late_until + 1 },
    { from: row.late_until + 1, to: row.late_until + 2 },
    { from: row.late_at - 1, to: row.late_at },
  ]);
  for (const range of [...Array.from({ length: 10 }, randomRange), ...edges])
    expect([range, (await readKpiFacts(client, range)).late]).toEqual([range, naiveLate(rows, range)]);
});

describe(`a series has each bucket as a period of its own, TEST_SEED=${seed}`, () => {
  it.each([
    ['Europe/Berlin', 'day', '2026-10-20T22:00:00Z', '2026-10-28T09:30:00Z'],
    ['Europe/Berlin', 'hour', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
    ['Asia/Kathmandu', 'hour', '2026-10-10T03:03:03Z', '2026-10-12T03:03:03Z'],
    ['America/St_Johns', 'day', '2026-10-29T02:30:00Z', '2026-11-04T03:30:00Z'],
    ['Australia/Lord_Howe', 'hour', '2026-10-03T10:00:00Z', '2026-10-04T20:00:00Z'],
    ['UTC', 'minute', '2026-10-10T10:00:30Z', '2026-10-10T12:00:30Z'],
  ] as const)('in %s by %s', async (zone, grain, from, to) => {
    const range = { from: Date.parse(from), to: Date.parse(to) };
    const edges = bucketEdges(range, grain, zone, 2_000) ?? [];
    expect(edges.length).toBeGreaterThan(5);
    const found = await readKpisPatiently(client, { names: kpiNames, range, edges, by: 'team' });
    const actual = new Map(found.map((row) => [`${row.kpi} ${row.bucket} ${row.group}`, close(row.figure)]));
    expect(actual.size).toBe(found.length);
    const expected = new Map<string, unknown>();
    for (const kpi of kpiNames) {
      edges.forEach((bucket, place) => {
        const period = { from: bucket, to: edges[place + 1] ?? range.to };
        for (const [group, figure] of withWhole(kpi, period, 'team', {}))
          expected.set(`${kpi} ${bucket} ${group}`, figure);
      });
    }
    expect(actual).toEqual(expected);
    expect(expected.size).toBeGreaterThan(20);
  });
});

it('counts percentiles by nearest rank for every n', async () => {
  for (const n of [1, 2, 3, 9, 10, 11, 20, 99, 100, 101, 1_000]) {
    const answer = await client.query({
      query: 'SELECT quantilesExact(0.4999999999, 0.8999999999)(number) AS ranks FROM numbers({n: UInt32})',
      query_params: { n },
      format: 'JSONEachRow',
    });
    const [{ ranks } = { ranks: [] }] = z.array(z.object({ ranks: z.array(z.number()) })).parse(await answer.json());
    expect([n, ...ranks]).toEqual([n, Math.ceil(n / 2) - 1, Math.ceil((9 * n) / 10) - 1]);
  }
});

describe(`receipts, TEST_SEED=${seed}`, () => {
  it.each(kpiNames)('of %s list exactly what its number counts, page by page', async (name) => {
    const range = { from: Date.UTC(2026, 9, 5), to: Date.UTC(2026, 9, 20) };
    const filters = { team: ['billing', ''] };
    const listed: string[] = [];
    const values: number[] = [];
    let after: ReceiptPlace | undefined;
    let n: number;
    do {
      const page = await readKpiTickets(openKpiDoor(client), { name, range, filters, limit: 7, after, flow });
      listed.push(...page.tickets.map(({ ticket_id, at }) => `${ticket_id} ${at}`));
      values.push(...page.tickets.map(({ value }) => value));
      n = page.n;
      after = page.next ?? undefined;
    } while (after !== undefined);
    const [figure] = naiveKpi(rows, name, range, 'none', filters).values();
    expect([listed.length, n]).toEqual([figure?.n ?? 0, figure?.n ?? 0]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    if (figure !== undefined && figure.n > 0) {
      const whole = typeof figure.value === 'number' ? figure.value : figure.value?.mean;
      expect(figure.value === figure.n ? mean * figure.n : mean).toBeCloseTo(whole ?? 0, 6);
    }
  });
});

describe('answers', () => {
  const range = { from: Date.UTC(2026, 9, 5), to: Date.UTC(2026, 9, 20) };
  it('have no value exactly when n is 0, and say what is not measured', async () => {
    const answers = await readKpiAnswers(openKpiDoor(client), {
      names: kpiNames,
      range: { from: Date.UTC(2030, 0), to: Date.UTC(2031, 0) },
      flow,
    });
    for (const name of kpiNames) expect((answers[name]?.n ?? -1) === 0).toBe(answers[name]?.value === null);
    expect(answers.created).toMatchObject({ n: 0, value: null });
    expect(answers.sla_attainment).toMatchObject({
      n: 0,
      value: null,
      cohort: 'not measured: no SLA targets are applied yet',
    });
  });
  it('count events up to a position where one is asked for, and everything else as far as it is stored', async () => {
    const names = ['created', 'first_reply_time', 'full_resolution_time'] as const;
    const question = { names, range: { from: span.from, to: span.to + 9 * 86_400_000 } };
    const [all, part] = [
      await readKpisPatiently(client, question),
      await readKpisPatiently(client, { ...question, upTo: { epoch: 1, seq: 500 } }),
    ];
    const of = (found: typeof all, name: string) => found.find(({ kpi }) => kpi === name)?.figure;
    const closeOf = (figure?: KpiFigure) => close(figure ?? { n: 0, value: null });
    expect(of(part, 'created')?.n).toBe(rows.slice(0, 500).filter((row) => row.created).length);
    expect(of(part, 'created')?.n).toBeLessThan(of(all, 'created')?.n ?? 0);
    // Means of the same values in another order differ in their last digits.
    for (const name of names.slice(1)) expect(closeOf(of(part, name))).toEqual(closeOf(of(all, name)));
  });
  it('have no more figures than were asked for: every state of every bucket is one, and so is whatever else was counted', async () => {
    const edges = bucketEdges(range, 'hour', 'UTC', 1_000) ?? [];
    const read = (name: KpiName, figuresMax: number) =>
      readKpis(client, { names: [name], range, edges, by: 'team', figuresMax });
    const open = await readKpisPatiently(client, { names: ['backlog'], range, edges, by: 'team' });
    const groups = new Set(open.map(({ group }) => group)).size;
    await expect(read('backlog', groups * edges.length - 1)).rejects.toThrow(TooManyFigures);
    expect(await read('backlog', groups * edges.length)).toHaveLength(open.length);
    const ofBilling = {
      names: ['backlog'] as const,
      range,
      edges,
      by: 'team' as const,
      filters: { team: ['billing'] },
    };
    expect((await readKpis(client, { ...ofBilling, figuresMax: 2 * edges.length })).length).toBeGreaterThan(
      edges.length,
    );
    const created = await readKpisPatiently(client, { names: ['created'], range, edges, by: 'team' });
    expect(created.length).toBeLessThan(groups * edges.length);
    expect(await read('created', created.length)).toHaveLength(created.length);
    // Here the engine gives up, before it has sent them.
    await expect(read('created', created.length - 1)).rejects.toThrow('more rows than figures');
  });
  it('bring the period of equal length before, and groups that add up', async () => {
    const { created } = await readKpiAnswers(openKpiDoor(client), {
      names: ['created'],
      range,
      by: 'team',
      previous: true,
      flow,
    });
    expect(created?.previous).toMatchObject({ from: '2026-09-20T00:00:00.000Z', to: '2026-10-05T00:00:00.000Z' });
    expect(created?.previous?.n).toBe(rows.filter((row) => row.created && row.created_at < range.from).length);
    expect(created?.groups?.reduce((sum, { n }) => sum + n, 0)).toBe(created?.n);
  });
});

describe('reads little', () => {
  const range = { from: Date.UTC(2026, 10, 9), to: Date.UTC(2026, 10, 9, 12) };
  function explain(names: (typeof kpiNames)[number][]): Promise<string[]> {
    const [sql = ''] = figuresSql(names, { by: 'team', filters: {}, manyBuckets: false, hasEnd: false });
    return planOf(sql, paramsOf({ names, range }, [range.from]));
  }
  async function planOf(sql: string, query_params: Record<string, unknown>): Promise<string[]> {
    const query = `EXPLAIN indexes = 1, projections = 1 ${sql}`;
    const answer = await client.query({ query, query_params, format: 'JSONEachRow' });
    return z
      .array(z.object({ explain: z.string() }))
      .parse(await answer.json())
      .map((line) => line.explain);
  }
  it('whole months and days of the backlog come from sums, for which only the projection is read', async () => {
    const plan = await explain(['backlog', 'unassigned']);
    for (const projection of ['backlog_by_month', 'backlog_by_day'])
      expect(plan.filter((line) => line.includes(`ReadFromMergeTree (${projection})`))).toHaveLength(1);
  });
  it.each([
    [
      'how far the desk has come, beside what came late',
      kpiFacts.sql,
      { from: utcText(range.from), to: utcText(range.to) },
      'floor_and_unreadable',
    ],
    ['the tip of the feed', streamTip.sql, { stream: 'TICKETS', table: 'ticket_changes' }, 'tip'],
    ['the proof of the feed', streamTips.sql, { table: 'ticket_changes' }, 'tip'],
  ])('%s is read from a projection of the changes, and from no rows of all history', async (_, sql, params, name) => {
    const reads = (await planOf(sql, params)).flatMap((line) => /ReadFromMergeTree \((\S+)\)/.exec(line)?.[1] ?? []);
    expect(reads).toContain(name);
    expect(reads.filter((read) => read.endsWith('ticket_changes'))).toHaveLength(sql === kpiFacts.sql ? 1 : 0);
  });
  it('an id that no ticket has costs a look at ids, and at nothing else of tickets', async () => {
    const bytesRead = async (query: string, query_params: Record<string, unknown> = {}) => {
      const answer = await client.query({ query, query_params, format: 'JSON' });
      const { statistics } = z.object({ statistics: z.object({ bytes_read: z.number() }) }).parse(await answer.json());
      return statistics.bytes_read;
    };
    const [ids, all] = [await bytesRead('SELECT ticket_id FROM tickets'), await bytesRead('SELECT * FROM tickets')];
    expect(all).toBeGreaterThan(3 * ids);
    for (const [id, whole] of [
      ['nothing', 0],
      ['zendesk~nothing', 0],
      ['zendesk~nothing', 1],
    ])
      expect(await bytesRead(ticketRows.sql, { id, whole, limit: 20 })).toBeLessThan(2 * ids);
  });
  it('a range is bounded by partition, and by the first and last time a row counts', async () => {
    const plan = (await explain(['created', 'first_reply_time'])).join('\n');
    expect(plan).toMatch(/Keys:\s*\n.*ingested_at/);
    expect(plan).toContain('Name: last_at_range');
    expect(plan).toContain('Name: first_at_range');
  });
});
