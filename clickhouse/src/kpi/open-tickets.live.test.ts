import type { ClickHouseClient } from '@clickhouse/client';
import type { KpiBy, KpiFilters } from '@deskwire/contracts/kpi-request';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import { openKpiDoor, type KpiDoor } from './kpi-door.ts';
import type { KpiQuestion, KpiRow } from './read-kpis.ts';
import { changeRows, seeded, storedChange, type ChangeRow } from './testing/change-rows.ts';
import { readKpisPatiently } from './testing/read-kpis-patiently.ts';
import { startMigrated } from '../testing/start-migrated.ts';

/** TEST_SEED makes other rows; the name of a test has it. */
const seed = Number(process.env['TEST_SEED'] ?? 7);
const names = ['backlog', 'unassigned'] as const;
const span = { from: Date.UTC(2026, 9, 20), to: Date.UTC(2026, 10, 10) };
const dayMs = 86_400_000;
let stop: () => Promise<void>;
let client: ClickHouseClient;
let door: KpiDoor;
let now = 0;
let query: MockInstance<ClickHouseClient['query']>;

beforeAll(async () => {
  ({ client, stop } = await startMigrated());
  query = vi.spyOn(client, 'query');
});
afterAll(() => stop());
beforeEach(async () => {
  await client.command({ query: 'TRUNCATE TABLE ticket_changes' });
  door = openKpiDoor(client, client, () => now);
});

const insert = (rows: readonly ChangeRow[], firstSeq: number) =>
  client.insert({
    table: 'ticket_changes',
    values: rows.map((row, place) => storedChange(row, firstSeq + place)),
    format: 'JSONEachRow',
  });
const sorted = (rows: readonly KpiRow[]) => rows.map((row) => JSON.stringify(row)).sort();
function askPatiently(question: Omit<KpiQuestion, 'names'>): Promise<KpiRow[]> {
  const ask = () => {
    query.mockClear();
    return door.figures({ names, ...question });
  };
  return vi.waitFor(ask, { timeout: 60_000 });
}
/** Asks both, and says how many statements the one that keeps took, and whether it counted everything anew. */
async function compare(
  question: Omit<KpiQuestion, 'names'>,
  at = question.range.to,
): Promise<'anew' | 'since' | 'since, then anew'> {
  now = at;
  const kept = await askPatiently(question);
  const asked = query.mock.calls.map(([params]) => params.query);
  expect(sorted(kept)).toEqual(sorted(await readKpisPatiently(client, { names, ...question })));
  const isAnew = asked.some((sql) => sql.includes('toStartOfMonth'));
  return asked.length === 1 ? (isAnew ? 'anew' : 'since') : isAnew ? 'since, then anew' : 'since';
}

const shapes: [KpiBy, Partial<KpiFilters>][] = [
  ['none', {}],
  ['team', {}],
  ['team', { priority: ['', 'urgent'], channel: ['email', ''] }],
  ['assignee', {}],
];

describe(`what is open, kept from one question to the next, TEST_SEED=${seed}`, () => {
  it.each(shapes)(
    'equals what is counted anew, while rows come late, early and of any time, by %s, of %j',
    async (by, filters) => {
      const random = seeded(seed);
      // Two halves one after the other, each in any order.
      const all = changeRows(random, 200, span.from, span.to).map((row) => ({
        row,
        place: random() + (row.at > span.to - 5 * dayMs ? 1 : 0),
      }));
      const rows = all.sort((a, b) => a.place - b.place).map(({ row }) => row);
      const outcomes = new Set<string>();
      let to = span.to - 5 * dayMs;
      for (let first = 0; first < rows.length;) {
        const size = 1 + Math.floor(random() * (first === 0 ? 400 : 150));
        await insert(rows.slice(first, first + size), first + 1);
        first += size;
        to += Math.floor(random() * 20_000);
        outcomes.add(await compare({ range: { from: to - dayMs, to }, by, filters }));
        if (random() < 0.2) to += Math.floor(random() * dayMs);
      }
      expect(outcomes).toEqual(new Set(['anew', 'since']));
    },
    120_000,
  );

  it('is of the bucket that is asked for, also in groups in which nothing has happened since', async () => {
    const rows = changeRows(seeded(seed), 100, span.from, span.to - dayMs);
    await insert(rows, 1);
    const [last] = changeRows(() => 0, 1, span.to - 1_000, span.to);
    if (last !== undefined) await insert([last], rows.length + 1);
    const since = (from: number) => compare({ range: { from, to: span.to }, by: 'team' });
    expect([await since(span.to - 7 * dayMs), await since(span.to - dayMs)]).toEqual(['anew', 'since']);
  });

  it('is counted anew when rows were rewritten, lost or stored again', async () => {
    const rows = changeRows(seeded(seed), 200, span.from, span.to - dayMs);
    await insert(rows, 1);
    // A position near the end has to be recent.
    const [last] = changeRows(() => 0, 1, span.to - 1_000, span.to);
    if (last !== undefined) await insert([last], rows.length + 1);
    const range = { from: span.to - dayMs, to: span.to };
    const change = async (sql: string) => {
      await client.command({ query: sql, clickhouse_settings: { mutations_sync: '2' } });
      const outcome = await compare({ range, by: 'team' });
      // What was rewritten a moment ago is not kept yet.
      await vi.waitFor(
        async () => {
          await compare({ range, by: 'team' });
          expect(await compare({ range, by: 'team' })).toBe('since');
        },
        { timeout: 60_000, interval: 1_000 },
      );
      return outcome;
    };
    expect(await compare({ range, by: 'team' })).toBe('anew');
    expect(await compare({ range, by: 'team' })).toBe('since');
    expect(await change("ALTER TABLE ticket_changes UPDATE team = 'moved' WHERE seq % 7 = 0")).toBe('since, then anew');
    expect(await change('ALTER TABLE ticket_changes DELETE WHERE seq % 11 = 0 AND seq > 1')).toBe('since, then anew');
    await insert(rows.slice(0, 3), 0);
    expect(await compare({ range, by: 'team' })).toBe('since, then anew');
    expect(await change("ALTER TABLE ticket_changes DROP PARTITION '202610'")).toBe('since, then anew');
    await client.command({ query: 'TRUNCATE TABLE ticket_changes' });
    expect(await compare({ range, by: 'team' })).toBe('since, then anew');
  }, 120_000);

  it('is not asked for from a position that lies far back, nor kept for a range that is over', async () => {
    await insert(changeRows(seeded(seed), 100, span.from, span.to), 1);
    const questions = [span.from + dayMs, span.to + 8 * dayMs, span.from + dayMs, span.to + 8 * dayMs + 1];
    const outcomes: string[] = [];
    for (const to of questions)
      outcomes.push(await compare({ range: { from: to - dayMs, to }, by: 'team' }, span.to + 9 * dayMs));
    expect(outcomes).toEqual(['anew', 'anew', 'anew', 'since']);
  });

  it('never loses a row that is stored while it is counted', async () => {
    const rows = changeRows(seeded(seed), 400, span.to - dayMs, span.to);
    await insert(rows.slice(0, 200), 1);
    const stop = new AbortController();
    const storing = (async () => {
      for (let first = 200; first < rows.length && !stop.signal.aborted; first += 5)
        await insert(rows.slice(first, first + 5), first + 1);
    })();
    let to = span.to + 8 * dayMs;
    now = to + dayMs;
    // A new base each time, between two inserts or in the middle of one.
    for (let round = 0; round < 15; round += 1, to += 61_000) await askPatiently({ range: { from: to - dayMs, to } });
    stop.abort();
    await storing;
    await compare({ range: { from: to - dayMs, to: to - 60_999 } });
  }, 120_000);
});
