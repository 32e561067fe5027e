import type { HeardHeartbeat } from '@deskwire/clickhouse/sent-record';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSentCounts } from './sent-counts.ts';

const source = 'zendesk/acme';
const at = (n: number) => new Date(Date.UTC(2026, 10, 22, 12, n)).toISOString();

/** A source that says after each step what it has sent in all: `sent` events more, of which `arrived` came before that heartbeat. */
function told(steps: { sent: number; arrived: number }[], heard: HeardHeartbeat[] = []) {
  const counts = createSentCounts(heard);
  let total = 100;
  return steps.map(({ sent, arrived }, n) => {
    for (let event = 0; event < arrived; event++) counts.arrived(source, 1);
    total += sent;
    return counts.heartbeat(source, total, at(n));
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
  for (const [n, sent] of [10, 12, 12].entries()) counts.heartbeat(source, sent, at(n));
  expect(counts.heartbeat(source, 1, at(3))).toEqual({ short: 2, missing: 2, from: at(0), to: at(1) });
  counts.arrived(source, 1);
  expect(counts.heartbeat(source, 2, at(4))).toMatchObject({ missing: 2 });
});

it('knows nothing of what was sent before the first heartbeat, and nothing of other sources', () => {
  const counts = createSentCounts([]);
  counts.arrived(source, 1);
  expect(counts.heartbeat(source, 1_000_000, at(0)).short).toBe(0);
  counts.heartbeat('rt/one', 7, at(0));
  counts.arrived('rt/one', 1);
  expect(counts.heartbeat(source, 1_000_001, at(1)).short).toBe(1);
});

it('never says that something is missing of a source that loses nothing, and always when it does', () => {
  const step = fc.record({ sent: fc.nat(20), lost: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), fc.nat(19), (steps, cut) => {
      let lost = 0;
      const path = [{ sent: 0, arrived: 0 }];
      for (const one of steps) {
        const gone = Math.min(one.lost, one.sent);
        lost += gone;
        path.push({ sent: one.sent, arrived: one.sent - gone });
      }
      path.push({ sent: 0, arrived: 0 });
      const records = told(path);
      expect(records.at(-1)?.missing).toBe(lost);
      // A worker that takes over goes on from the row of the last heartbeat.
      const half = Math.min(cut, path.length - 2);
      const record = records[half];
      if (record === undefined) return;
      const sent = 100 + path.slice(0, half + 1).reduce((sum, { sent: more }) => sum + more, 0);
      const counts = createSentCounts([{ source, sent, at: at(half), arrived: path[half + 1]?.arrived ?? 0, record }]);
      expect(counts.heartbeat(source, sent + (path[half + 1]?.sent ?? 0), at(half + 1))).toEqual(records[half + 1]);
    }),
  );
});
