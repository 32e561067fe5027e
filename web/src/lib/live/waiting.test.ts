import type { FlowReport, FlowStream } from '@deskwire/contracts/flow';
import { describe, expect, it } from 'vitest';
import { isLate, waitingSince } from './waiting';

const start = Date.parse('2026-11-23T12:00:00Z');
const iso = (second: number) => new Date(start + second * 1_000).toISOString();
const stream = (lagMessages: number | null, watermark: string | null): FlowStream => ({
  ...{ stream: 'EVENTS', epoch: 7, committedSeq: 100, headSeq: 100, lagMessages, watermark },
  ...{ messages: 100, rows: 100, missing: 0, balanced: true },
});
/** At `second`, with so many messages waiting behind what was stored at `stored`. */
const report = (second: number, lag: number | null, stored: number | null): FlowReport => ({
  ...{ at: iso(second), state: 'complete', why: null, ratePerS: 0, sources: [], rejected: [], gaps: [] },
  streams: [stream(0, iso(second)), stream(lag, stored === null ? null : iso(stored))],
  totals: { received: 0, accepted: 0, duplicate: 0, rejected: 0, balanced: true },
  today: { from: iso(0), received: 0, accepted: 0, duplicate: 0, rejected: 0 },
});
/** What is said of each report, as they come. */
function lateness(reports: FlowReport[], before?: number) {
  let since = before;
  return reports.map((each) => {
    since = waitingSince(each, since);
    return isLate(each, since);
  });
}

describe('what waits to be stored', () => {
  it('is late when it has waited for more than two seconds', () => {
    const stuck = [1, 2, 3, 4].map((second) => report(second, 5, 0));
    expect(lateness(stuck)).toEqual([false, false, false, true]);
    expect(lateness([...stuck, report(5, 0, 5), report(6, 5, 5)]).slice(-2)).toEqual([false, false]);
  });
  it('is not while it goes on, however much always waits', () => {
    const busy = [1, 2, 3, 4, 5].map((second) => report(second, 2_000, second - 0.4));
    expect(lateness(busy)).toEqual(busy.map(() => false));
  });
  it('is not when it has just come after a quiet hour', () => {
    expect(lateness([report(3_600, 0, 3_600), report(3_601, 1, 0)])).toEqual([false, false]);
  });
  it('is late in the first report that anybody sees, when what is stored is old or nothing is', () => {
    expect(lateness([report(10, 5, 0)], 0)).toEqual([true]);
    expect(lateness([report(10, 5, null)], 0)).toEqual([true]);
    expect(lateness([report(10, 5, 9.5)], 0)).toEqual([false]);
  });
  it('is not known while the stream does not answer', () => {
    expect(lateness([report(10, null, 0)], 0)).toEqual([false]);
  });
});
