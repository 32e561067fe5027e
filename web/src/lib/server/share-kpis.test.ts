import type { ReceiptDoor } from '@deskwire/clickhouse/kpi/kpi-door';
import type { ReceiptRow, ReceiptRowsQuestion } from '@deskwire/clickhouse/kpi/read-kpi-tickets';
import type { KpiQuestion, KpiRow } from '@deskwire/clickhouse/kpi/read-kpis';
import { TooManyFigures } from '@deskwire/clickhouse/kpi/too-many-figures';
import { expect, it } from 'vitest';
import { shareKpis } from './share-kpis';

const day = 86_400_000;
const today = { from: 0, to: day };

/** A door that answers when it is told to. */
function setUp() {
  const asked: { question: KpiQuestion; answer: (rows: KpiRow[]) => void; refuse: (error: Error) => void }[] = [];
  const rows: { question: ReceiptRowsQuestion; answer: (rows: ReceiptRow[]) => void }[] = [];
  const door: ReceiptDoor = {
    figures: (question) => new Promise((answer, refuse) => asked.push({ question, answer, refuse })),
    receiptRows: (question) => new Promise((answer) => rows.push({ question, answer })),
    facts: () => Promise.reject(new Error('nobody asks for facts here')),
  };
  return { asked, rows, kpis: shareKpis(door) };
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

it('has rows of receipts wait for the same turns, and reads them once for all who open the same page', async () => {
  const { asked, rows, kpis } = setUp();
  const after = { at: 0, ticket: '', place: 0 };
  const receipt = (changes: Partial<ReceiptRowsQuestion> = {}) =>
    kpis.receiptRows({
      ...{ name: 'created', range: { from: 0, to: 365 * day }, limit: 101, after, asOf: '12:00' },
      ...changes,
    });
  const figures = kpis.figures({ names: ['created'], range: { from: 0, to: 365 * day } });
  const first = Promise.all([receipt(), receipt()]);
  const next = receipt({ after: { ...after, at: 1 } });
  void receipt({ range: today });
  expect(rows.map(({ question }) => question.range.to / day)).toEqual([1]);
  asked[0]?.answer([]);
  expect(await figures).toEqual([]);
  expect(rows.map(({ question }) => question.range.to / day)).toEqual([1, 365]);
  const row = { counted_at: '1970-01-01T00:00:00.000Z', ticket_id: 'zendesk~1', place: 1, value: 1, business_value: 0 };
  rows[1]?.answer([row]);
  expect(await first).toEqual([[row], [row]]);
  expect(rows.map(({ question }) => question.after.at)).toEqual([0, 0, 1]);
  rows[2]?.answer([]);
  expect(await next).toEqual([]);
});

it('asks alone for the whole, or for one team, where there are more teams than an answer holds', async () => {
  const { asked, kpis } = setUp();
  const ask = (team: string[], by?: 'team') =>
    kpis.figures({ names: ['created'], range: today, filters: { team }, by, figuresMax: 3 });
  const [whole, billing, byTeam] = [ask([]), ask(['billing'], 'team'), ask([], 'team')];
  asked[0]?.refuse(new TooManyFigures('4 figures'));
  await expect(byTeam).rejects.toThrow(TooManyFigures);
  expect(asked.map(({ question }) => [question.by, question.filters?.team])).toEqual([
    ['team', undefined],
    [undefined, []],
    ['team', ['billing']],
  ]);
  asked[1]?.answer([created(null, 11)]);
  asked[2]?.answer([created(null, 3)]);
  expect(await Promise.all([whole, billing])).toEqual([[created(null, 11)], [created(null, 3)]]);
});
