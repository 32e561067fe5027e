import type { ReceiptDoor } from '@deskwire/clickhouse/kpi/kpi-door';
import { noFacts } from '@deskwire/clickhouse/kpi/kpi-facts';
import type { AnswersQuestion } from '@deskwire/clickhouse/kpi/read-kpi-answers';
import type { SeriesQuestion } from '@deskwire/clickhouse/kpi/read-kpi-series';
import type { ReceiptQuestion, ReceiptRow } from '@deskwire/clickhouse/kpi/read-kpi-tickets';
import type { KpiQuestion, KpiRow } from '@deskwire/clickhouse/kpi/read-kpis';
import { TooManyFigures } from '@deskwire/clickhouse/kpi/too-many-figures';
import { expect, it } from 'vitest';
import { shareAnswers, shareReceipts, shareSeries } from './share-answers';

const day = 86_400_000;
const proven = { at: '2026-11-22T12:00:00.000Z', streams: [], sources: [], gaps: [] };
const created = (group: string | null, n: number): KpiRow => ({
  kpi: 'created',
  bucket: 0,
  group,
  figure: { value: n, n },
});

const ticket = (nth: number): ReceiptRow => ({
  ...{ ticket_id: `zendesk~${nth}`, counted_at: '2026-11-22T12:00:00.000Z', place: 1, value: 1, business_value: 0 },
});

/** Each reading finds one ticket more than the one before: 10 + n of billing, 1 of nobody. An answer is never kept, but given for a second. */
function setUp() {
  const asked: KpiQuestion[] = [];
  const time = { now: 0 };
  const door: ReceiptDoor = {
    figures: (question) => {
      asked.push(question);
      if (question.by === 'team' && question.figuresMax === 1) return Promise.reject(new TooManyFigures('3 figures'));
      const rows = [created('billing', 9 + asked.length), created('', 1)];
      return Promise.resolve([created(null, 10 + asked.length), ...rows]);
    },
    facts: () => Promise.resolve(noFacts),
    receiptRows: () => Promise.resolve(Array.from({ length: 10 + asked.length }, (_, nth) => ticket(nth))),
  };
  const answers = shareAnswers(door, { keptMs: () => 0, graceMs: () => 1_000, clock: () => time.now });
  const ask = (address: string, changes: Partial<AnswersQuestion> = {}) =>
    answers(new URLSearchParams(address), {
      names: ['created'],
      range: { from: day, to: 2 * day },
      flow: proven,
      ...changes,
    });
  const series = shareSeries(door, { keptMs: () => 0, graceMs: () => 1_000, clock: () => time.now });
  const askSeries = (address: string, changes: Partial<SeriesQuestion> = {}) =>
    series(new URLSearchParams(address), {
      ...{ name: 'created', range: { from: 0, to: day }, edges: [0, day / 2], grain: 'hour', zone: 'UTC' },
      ...{ flow: proven, ...changes },
    });
  const receipts = shareReceipts(door, { keptMs: () => 0, graceMs: () => 1_000, clock: () => time.now });
  const askReceipt = (address: string, changes: Partial<ReceiptQuestion> = {}) =>
    receipts(new URLSearchParams(address), {
      ...{ name: 'created', range: { from: day, to: 2 * day }, limit: 50, flow: proven, ...changes },
    });
  return { asked, time, ask, askSeries, askReceipt };
}

it('takes what is asked of all teams, and of one, out of the same reading', async () => {
  const { asked, ask } = setUp();
  const [all, billing, sales, byTeam] = await Promise.all([
    ask('scope=all&kpis=created'),
    ask('kpis=created&scope=team:billing', { filters: { team: ['billing'] } }),
    ask('kpis=created&team=sales', { filters: { team: ['sales'] } }),
    ask('kpis=created&by=team', { by: 'team' }),
  ]);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ filters: {}, by: 'team', asOf: '2026-11-22T12:00:00.000Z' });
  expect([all, billing, sales].map(({ created }) => [created?.value, created?.groups])).toEqual([
    [11, undefined],
    [10, undefined],
    [null, undefined],
  ]);
  expect(byTeam.created).toMatchObject({
    value: 11,
    groups: [
      { group: 'billing', n: 10 },
      { group: '', n: 1 },
    ],
  });
});

it('gives one team the last reading at once, whoever it was made for, while a new one is made', async () => {
  const { asked, time, ask } = setUp();
  await ask('scope=all');
  time.now = 900;
  const billing = { filters: { team: ['billing'] } };
  expect((await ask('scope=team:billing', billing)).created?.value).toBe(10);
  await expect.poll(() => asked.length).toBe(2);
  await expect.poll(async () => (await ask('scope=team:billing', billing)).created?.value).toBeGreaterThan(10);
});

it('has the period before of the same team', async () => {
  const { asked, ask } = setUp();
  const { created } = await ask('previous=true', { previous: true, filters: { team: ['billing'] } });
  expect(asked.map(({ range }) => range.from)).toEqual([day, 0]);
  expect([created?.value, created?.previous?.value]).toEqual([10, 11]);
});

it('has the whole, or one team, also where there are more teams than an answer holds', async () => {
  const { ask, askSeries } = setUp();
  const few = { figuresMax: 1 };
  expect((await ask('scope=all', few)).created?.value).toBe(12);
  expect((await askSeries('grain=hour&scope=team:billing', { ...few, filters: { team: ['billing'] } })).kpi).toBe(
    'created',
  );
  await expect(ask('by=team', { ...few, by: 'team' })).rejects.toThrow(TooManyFigures);
  await expect(askSeries('grain=hour&by=team', { ...few, by: 'team' })).rejects.toThrow(TooManyFigures);
});

it('does not give yesterday for today, nor its series, which nobody who asked has named', async () => {
  const { asked, ask, askSeries } = setUp();
  const tomorrow = { range: { from: 2 * day, to: 2 * day + 1 } };
  await ask('scope=all');
  await ask('scope=all', tomorrow);
  await ask('priority=high', { filters: { priority: ['high'] } });
  await ask('priority=high', { ...tomorrow, filters: { priority: ['high'] } });
  await askSeries('grain=hour');
  expect((await askSeries('grain=hour', { ...tomorrow, edges: [2 * day] })).from).toBe('1970-01-03T00:00:00.000Z');
  expect(asked.map(({ range }) => range.from / day)).toEqual([1, 2, 1, 2, 0, 2]);
});

it.each<Partial<AnswersQuestion>>([
  { filters: { team: ['billing', 'sales'] } },
  { filters: { priority: ['high'] } },
  { by: 'priority' },
])('asks alone what is not about all teams or one: %j', async (changes) => {
  const { asked, ask } = setUp();
  await ask('a=1', changes);
  await ask('a=2', changes);
  expect(asked.map(({ filters, by }) => ({ filters, by }))).toEqual(
    [1, 2].map(() => ({ filters: changes.filters, by: changes.by ?? 'none' })),
  );
});

it('takes series of all teams, and of one, out of the same reading, whose range and buckets they keep', async () => {
  const { asked, time, askSeries } = setUp();
  const all = await askSeries('scope=all&grain=hour');
  time.now = 900;
  const later = { range: { from: 0, to: 2 * day }, edges: [0, day] };
  const billing = await askSeries('scope=team:billing&grain=hour', { ...later, filters: { team: ['billing'] } });
  const byTeam = await askSeries('by=team&grain=hour', { by: 'team' });
  expect(asked[0]).toMatchObject({ names: ['created'], filters: {}, by: 'team', edges: [0, day / 2] });
  const facts = (series: typeof all) => [series.to, ...series.buckets.map(({ from }) => from)];
  expect(facts(billing)).toEqual(facts(all));
  expect(byTeam.kpi).toBe('created');
  expect(asked.every(({ by }) => by === 'team')).toBe(true);
  await askSeries('priority=high&grain=hour', { filters: { priority: ['high'] } });
  expect(asked.at(-1)).toMatchObject({ filters: { priority: ['high'] } });
});

it('gives the last receipt at once, with the range and as many tickets as its number says, while a new one is read', async () => {
  const { asked, time, askReceipt } = setUp();
  const first = await askReceipt('scope=all');
  expect([first.n, first.tickets.length]).toEqual([11, 11]);
  time.now = 900;
  const later = { range: { from: day, to: 2 * day + 1_000 } };
  expect(await askReceipt('scope=all', later)).toEqual(first);
  await expect.poll(() => asked.length).toBe(2);
  await expect.poll(async () => (await askReceipt('scope=all', later)).to).toBe('1970-01-03T00:00:01.000Z');
  const renewed = await askReceipt('scope=all', later);
  expect(renewed.tickets.length).toBe(renewed.n);
});

it('gives no receipt for another one: of another KPI, team, page or day', async () => {
  const { asked, askReceipt } = setUp();
  await askReceipt('scope=all');
  await askReceipt('scope=all', { name: 'reopened' });
  await askReceipt('scope=team:billing', { filters: { team: ['billing'] } });
  await askReceipt('scope=all&cursor=abc');
  await askReceipt('scope=all', { range: { from: 2 * day, to: 3 * day } });
  expect(asked).toHaveLength(5);
});
