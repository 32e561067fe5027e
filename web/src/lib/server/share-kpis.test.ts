import type { KpiDoor } from '@deskwire/clickhouse/kpi/kpi-door';
import type { KpiQuestion, KpiRow } from '@deskwire/clickhouse/kpi/read-kpis';
import { expect, it } from 'vitest';
import { shareKpis } from './share-kpis';

const day = 86_400_000;
const today = { from: 0, to: day };

/** A door that answers when it is told to. */
function setUp() {
  const asked: { question: KpiQuestion; answer: (rows: KpiRow[]) => void }[] = [];
  const door: KpiDoor = {
    figures: (question) => new Promise((answer) => asked.push({ question, answer })),
    facts: () => Promise.reject(new Error('nobody asks for facts here')),
  };
  return { asked, kpis: shareKpis(door) };
}
const created = (group: string | null, n: number): KpiRow => ({
  kpi: 'created',
  bucket: 0,
  group,
  figure: { value: n, n },
});

it('takes the whole and every team out of one statement, and knows a team without a row', async () => {
  const { asked, kpis } = setUp();
  const ask = (team: string[], by?: 'team') =>
    kpis.figures({ names: ['created'], range: today, filters: { team }, by });
  const answers = Promise.all([ask([]), ask(['billing']), ask(['legal']), ask([], 'team'), ask(['sales'], 'team')]);
  expect(asked.map(({ question }) => question)).toEqual([
    { names: ['created'], range: today, filters: {}, by: 'team' },
  ]);
  const teams = [created('billing', 3), created('sales', 1), created('', 7)];
  asked[0]?.answer([created(null, 11), ...teams]);
  expect(await answers).toEqual([
    [created(null, 11)],
    [created(null, 3)],
    [],
    [created(null, 11), ...teams],
    [created(null, 1), created('sales', 1)],
  ]);
});

it('asks alone what is filtered by more than one team, or has many buckets', () => {
  const { asked, kpis } = setUp();
  const one = { names: ['created' as const], range: today };
  const edges = Array.from({ length: 201 }, (_, place) => place * 60_000);
  const questions = [
    { ...one, filters: { team: ['billing', 'sales'] } },
    { ...one, filters: { team: ['billing'], priority: ['high'] } },
    { ...one, filters: { team: ['billing'] }, by: 'priority' as const },
    { ...one, filters: { team: ['billing'] }, edges },
    { ...one, filters: { priority: ['high'] } },
  ];
  for (const question of questions) void kpis.figures(question);
  expect(asked.map(({ question }) => question)).toEqual(questions);
});

it('gives nobody figures that are older than the proof beside them', async () => {
  const { asked, kpis } = setUp();
  const ask = (asOf: string) => kpis.figures({ names: ['created'], range: today, by: 'team', asOf });
  const first = ask('12:00');
  void ask('12:00');
  void ask('12:01');
  expect(asked).toHaveLength(2);
  asked[0]?.answer([created(null, 1)]);
  expect(await first).toEqual([created(null, 1)]);
  void ask('12:01');
  expect(asked).toHaveLength(2);
});

it('lets long ranges take turns', async () => {
  const { asked, kpis } = setUp();
  const year = (to: number) => kpis.figures({ names: ['created'], range: { from: 0, to } });
  const [first, second] = [year(365 * day), year(366 * day)];
  void kpis.figures({ names: ['created'], range: today });
  expect(asked.map(({ question }) => question.range.to / day)).toEqual([365, 1]);
  asked[0]?.answer([]);
  expect(await first).toEqual([]);
  expect(asked.map(({ question }) => question.range.to / day)).toEqual([365, 1, 366]);
  asked[2]?.answer([created(null, 2)]);
  expect(await second).toEqual([created(null, 2)]);
});
