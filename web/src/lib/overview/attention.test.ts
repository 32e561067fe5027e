import type { FlowReport } from '@deskwire/contracts/flow';
import type { KpiAnswer, KpiAnswers, KpiFigure } from '@deskwire/contracts/kpi';
import { describe, expect, it } from 'vitest';
import { needsAttention } from './attention';
import type { OverviewFigures } from './figures';

const at = '2026-11-22T12:00:00.000Z';
const answer = (figure: KpiFigure, more: Partial<KpiAnswer> = {}): KpiAnswer => ({
  ...figure,
  ...{ unit: 'tickets', cohort: '', as_of: at, watermark: at, completeness: { state: 'complete' } },
  ...more,
});
const count = (n: number): KpiFigure => ({ value: n, n });
const calm: KpiAnswers = { backlog: answer(count(100)), unassigned: answer(count(5)), created: answer(count(40)) };
const before = (known: OverviewFigures['compared']['figures'], state: 'complete' | 'unknown' = 'complete') => ({
  ...{ from: at, to: at, figures: known },
  completeness: { first_reply_time: { state }, csat: { state }, solved: { state } },
});
const figures = (more: Partial<OverviewFigures> = {}): OverviewFigures => ({
  ...{ scope: 'all', from: at, to: at, at, answers: {}, compared: before({}), stepMs: 1, stored: null },
  ...{ buckets: [], priorities: [], teams: [] },
  ...more,
});
const flow: FlowReport = {
  ...{ at, state: 'unknown', why: 'no sign of life', ratePerS: 0, streams: [], rejected: [], gaps: [] },
  totals: { received: 1, accepted: 1, duplicate: 0, rejected: 0, balanced: true },
  today: { from: at, received: 1, accepted: 1, duplicate: 0, rejected: 0 },
  sources: [
    {
      ...{ source: 'zendesk', state: 'silent', received: 1, accepted: 1, duplicate: 0, rejected: 0, ratePerS: 0 },
      ...{ lastEventAt: null, lastReceivedAt: null, watermark: null, heartbeat: null },
    },
  ],
};
const ids = (question: Partial<Parameters<typeof needsAttention>[0]>) =>
  needsAttention({ answers: calm, figures: figures(), flow: undefined, ...question }).map(({ id }) => id);

describe('what needs attention', () => {
  it('is nothing on a calm day', () => expect(ids({})).toEqual([]));

  it('is first of all a source that is silent, with the way to it', () => {
    const answers = { ...calm, unassigned: answer(count(30)) };
    const [first, second] = needsAttention({ answers, figures: figures(), flow });
    expect(first).toMatchObject({ id: 'silent zendesk', weight: 'urgent', to: { page: '/flow' } });
    expect(second).toMatchObject({ id: 'unassigned', to: { view: { receipt: { name: 'unassigned' } } } });
  });

  it('is what arrived and is not stored: what that means for figures, and who finds out', () => {
    const words = (why: string, missing: number) => {
      const stream = {
        ...{ stream: 'EVENTS', epoch: 1, committedSeq: 9, headSeq: 9, lagMessages: 0, watermark: at },
        ...{ messages: 9, rows: 9, missing, balanced: missing === 0 },
      };
      const incomplete: FlowReport = { ...flow, state: 'incomplete', why, sources: [], streams: [stream] };
      return needsAttention({ answers: calm, figures: figures(), flow: incomplete }).map(({ says }) => says);
    };
    expect(words('3 messages have arrived but are not stored', 3)).toEqual([
      'Figures are incomplete: 3 messages have arrived but are not stored. An administrator finds which with npm run self-check',
    ]);
    expect(words('zendesk says that it has sent 1 event more than arrived', 0)).toEqual([
      'Figures are incomplete: zendesk says that it has sent 1 event more than arrived',
    ]);
  });

  it('is no number that its own tile does not show', () => {
    const unknown = { completeness: { state: 'unknown' } } as const;
    const answers = { ...calm, backlog: answer(count(100), unknown), unassigned: answer(count(30), unknown) };
    expect(ids({ answers })).toEqual([]);
  });

  it('is a rejected event that waits, whatever else is missing', () => {
    const completeness = { state: 'incomplete', missing: 4, rejected: 2 } as const;
    expect(ids({ answers: { created: answer(count(40), { completeness }) } })).toEqual(['rejected']);
    expect(
      ids({ answers: { created: answer(count(40), { completeness: { state: 'incomplete', missing: 2 } }) } }),
    ).toEqual([]);
  });

  it('is a team whose backlog grows while it solves less', () => {
    const team = (solved: number, before: number) => ({
      ...{ team: 'billing', figures: { backlog: count(50), created: count(30), solved: count(solved) } },
      ...{ compared: { solved: count(before) }, oldest: null },
    });
    expect(ids({ figures: figures({ teams: [team(10, 20)] }) })).toEqual(['team billing']);
    expect(ids({ figures: figures({ teams: [team(10, 8)] }) })).toEqual([]);
    expect(ids({ figures: figures({ teams: [team(28, 40)] }) })).toEqual([]);
    // Of an incomplete number only the least is known: it may have solved as many as before.
    const incomplete = { solved: answer(count(10), { completeness: { state: 'incomplete', missing: 9 } }) };
    expect(ids({ figures: figures({ teams: [team(10, 20)], answers: incomplete }) })).toEqual([]);
  });

  it('says of how many a share is', () => {
    const answers = { reopen_rate: answer({ value: 0.3125, n: 64 }) };
    const [reopened] = needsAttention({ answers, figures: figures(), flow: undefined });
    expect(reopened?.says).toBe('31.3 % of the solved tickets came back, n 64');
  });

  it('leaves rates and medians of few alone', () => {
    const wait = (p50: number, n: number) => ({ value: { p50, p90: p50, mean: p50 }, n });
    const compared = before({ first_reply_time: wait(600, 50) });
    const slow = (n: number) => ({ ...calm, first_reply_time: answer(wait(1_000, n)) });
    expect(ids({ answers: slow(50), figures: figures({ compared }) })).toEqual(['reply']);
    expect(ids({ answers: slow(9), figures: figures({ compared }) })).toEqual([]);
    const unknown = before(compared.figures, 'unknown');
    expect(ids({ answers: slow(50), figures: figures({ compared: unknown }) })).toEqual([]);
  });
});
