import type { HeardHeartbeat } from '@deskwire/clickhouse/sent-record';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSentCounts } from './sent-counts.ts';

const source = 'zendesk/acme';
const at = (n: number) => new Date(Date.UTC(2026, 10, 22, 12, n)).toISOString();
const said = (sent: number, n: number) => ({ sent, saidAt: at(n), at: at(n), isFinal: false });

/** A source that says after each step what it has sent in all: `sent` events more, of which `arrived` came before that heartbeat. */
function told(steps: { sent: number; arrived: number }[], heard: HeardHeartbeat[] = []) {
  const counts = createSentCounts(heard);
  let total = 100;
  return steps.map(({ sent, arrived }, n) => {
    for (let event = 0; event < arrived; event++) counts.arrived(source, 1);
    total += sent;
    return counts.heartbeat(source, said(total, n)).record;
  });
}

it('names what two heartbeats in a row miss, and when it was sent', () => {
  const begun = { sent: 0, arrived: 0 };
  const [, full, short, missing, same, more] = told([
    begun,
    { sent: 5, arrived: 5 },
    { sent: 5, arrived: 3 },
    { sent: 4, arrived: 4 },
    { sent: 0, arrived: 0 },
    { sent: 1, arrived: 0 },
  ]);
  expect(full).toEqual({ short: 0, missing: 0, from: null, to: null });
  expect(short).toEqual({ short: 2, missing: 0, from: at(1), to: at(2) });
  expect(missing).toEqual({ short: 2, missing: 2, from: at(1), to: at(2) });
  expect(same).toEqual(missing);
  expect(more).toEqual({ short: 3, missing: 2, from: at(1), to: at(5) });
});

it('forgives an event that one heartbeat overtook, and what comes late however late', () => {
  const steps = [
    { sent: 0, arrived: 0 },
    { sent: 5, arrived: 4 },
    { sent: 5, arrived: 6 },
  ];
  expect(told(steps).map(({ missing }) => missing)).toEqual([0, 0, 0]);
  const late = [...steps, { sent: 3, arrived: 0 }, { sent: 0, arrived: 0 }, { sent: 0, arrived: 3 }];
  expect(told(late).map(({ missing }) => missing)).toEqual([0, 0, 0, 0, 3, 0]);
});

it('begins anew when a count goes back, keeping what was missing', () => {
  const counts = createSentCounts([]);
  for (const [n, sent] of [10, 12, 12].entries()) counts.heartbeat(source, said(sent, n));
  expect(counts.heartbeat(source, said(1, 3)).record).toEqual({ short: 2, missing: 2, from: at(0), to: at(1) });
  counts.arrived(source, 1);
  expect(counts.heartbeat(source, said(2, 4)).record).toMatchObject({ missing: 2 });
});

it('takes a heartbeat that another one has overtaken for no new beginning, and goes on from the newest count', () => {
  const counts = createSentCounts([]);
  counts.heartbeat(source, said(100, 1));
  counts.arrived(source, 5);
  counts.heartbeat(source, said(105, 2));
  counts.arrived(source, 1);
  const late = counts.heartbeat(source, { ...said(100, 3), saidAt: at(1) });
  expect(late).toMatchObject({ sent: 105, saidAt: at(2), record: { short: -1, missing: 0 } });
  // Nor does one that counts as many say that nothing is under way any more.
  expect(counts.heartbeat(source, { ...said(105, 4), saidAt: at(1) }).record.short).toBe(-1);
  for (const n of [5, 6]) expect(counts.heartbeat(source, said(106, n)).record).toMatchObject({ short: 0, missing: 0 });
  // Said later, a lower count is a connector that began anew.
  counts.heartbeat(source, said(3, 7));
  expect(counts.heartbeat(source, said(4, 8)).record.short).toBe(1);
});

it('waits for nothing behind a final heartbeat', () => {
  const counts = createSentCounts([]);
  for (const [n, sent] of [10, 12, 12].entries()) counts.heartbeat(source, said(sent, n));
  expect(counts.heartbeat(source, { ...said(12, 3), isFinal: true }).record).toMatchObject({ short: 0, missing: 0 });
});

it('waits no more, once an unreadable message is dismissed, for what any source of its segment is short of since it came', () => {
  const counts = createSentCounts([]);
  const beats = (...sent: number[]) =>
    ['zendesk/old', source, 'zendesk/late', 'rt/one'].map(
      (one, i) => counts.heartbeat(one, said(sent[i] ?? 0, n)).record,
    );
  let n = 0;
  beats(0, 0, 0, 0);
  for (n of [1, 2]) beats(3, 0, 0, 0);
  for (n of [3, 4]) beats(3, 3, 0, 3);
  counts.dismissed({ source: 'zendesk', receivedAt: at(2).replace(':00.', ':30.') });
  for (n of [5, 6]) expect(beats(3, 3, 3, 3).map(({ short }) => short)).toEqual([3, 0, 0, 3]);
});

it('knows nothing of what was sent before the first heartbeat, and nothing of other sources', () => {
  const counts = createSentCounts([]);
  counts.arrived(source, 1);
  expect(counts.heartbeat(source, said(1_000_000, 0)).record.short).toBe(0);
  counts.heartbeat('rt/one', said(7, 0));
  counts.arrived('rt/one', 1);
  expect(counts.heartbeat(source, said(1_000_001, 1)).record.short).toBe(1);
});

it('counts what stood before a heartbeat that did not know of it yet: it was being acknowledged', () => {
  const steps = [
    { sent: 0, arrived: 0 },
    { sent: 0, arrived: 5 },
    { sent: 5, arrived: 0 },
    { sent: 0, arrived: 0 },
  ];
  expect(told(steps).map(({ short }) => short)).toEqual([0, -5, 0, 0]);
  expect(told(steps).map(({ missing }) => missing)).toEqual([0, 0, 0, 0]);
});

it('knows after a retirement what a source sent last and did not say any more', () => {
  const counts = createSentCounts([]);
  counts.heartbeat(source, said(100, 0));
  counts.arrived(source, 5);
  for (const n of [1, 2]) counts.heartbeat(source, { ...said(100, n), isFinal: true });
  counts.arrived(source, 5);
  counts.heartbeat(source, said(110, 3));
  expect(counts.heartbeat(source, said(110, 4)).record).toMatchObject({ short: 0, missing: 0 });
});

it('compares a source that begins anew after its retirement by its own clock', () => {
  const counts = createSentCounts([]);
  counts.heartbeat(source, said(100, 0));
  counts.heartbeat(source, { ...said(100, 1), saidAt: at(40), isFinal: true });
  counts.heartbeat(source, said(0, 2));
  expect(counts.heartbeat(source, said(3, 3)).record.short).toBe(3);
});

it('lets what was never acknowledged stand in for what is lost only until the source has been quiet', () => {
  const unacknowledged = { sent: 0, arrived: 1 };
  const lost = { sent: 1, arrived: 0 };
  const quiet = { sent: 0, arrived: 0 };
  const last = (...steps: { sent: number; arrived: number }[]) => told([quiet, ...steps]).at(-1)?.missing;
  expect(last(unacknowledged, lost, quiet)).toBe(0);
  expect(last(unacknowledged, quiet, lost, quiet)).toBe(1);
  // Two heartbeats behind one another say nothing of that.
  const counts = createSentCounts([]);
  counts.heartbeat(source, said(1, 0));
  counts.arrived(source, 1);
  counts.heartbeat(source, said(1, 1));
  expect(counts.heartbeat(source, { ...said(1, 2), at: at(1).replace(':00.', ':04.') }).record.short).toBe(-1);
});

it('never says that something is missing of a source that loses nothing, and always when it does', () => {
  const step = fc.record({ sent: fc.nat(20), lost: fc.nat(20), inFlight: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), fc.nat(19), (steps, cut) => {
      let lost = 0;
      let unsaid = 0;
      const path = [{ sent: 0, arrived: 0, lost }];
      for (const one of steps) {
        const gone = Math.min(one.lost, one.sent);
        const arrived = one.sent - gone;
        const inFlight = Math.min(one.inFlight, arrived);
        lost += gone;
        path.push({ sent: one.sent + unsaid - inFlight, arrived, lost });
        unsaid = inFlight;
      }
      path.push({ sent: unsaid, arrived: 0, lost }, { sent: 0, arrived: 0, lost });
      const records = told(path);
      expect(records.at(-1)?.missing).toBe(lost);
      for (const [n, { missing }] of records.entries()) expect(missing).toBeLessThanOrEqual(path[n]?.lost ?? 0);
      // A worker that takes over goes on from the row of the last heartbeat.
      const half = Math.min(cut, path.length - 2);
      const record = records[half];
      if (record === undefined) return;
      const sent = 100 + path.slice(0, half + 1).reduce((sum, { sent: more }) => sum + more, 0);
      const counts = createSentCounts([
        { source, sent, saidAt: at(half), at: at(half), arrived: path[half + 1]?.arrived ?? 0, record, unreadAt: '' },
      ]);
      expect(counts.heartbeat(source, said(sent + (path[half + 1]?.sent ?? 0), half + 1)).record).toEqual(
        records[half + 1],
      );
    }),
  );
});
