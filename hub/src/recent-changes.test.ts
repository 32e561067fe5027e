import type { ChangeRow } from '@deskwire/clickhouse/kpi/testing/change-rows';
import { changeRows, seeded } from '@deskwire/clickhouse/kpi/testing/change-rows';
import { readTicketMessage } from '@deskwire/clickhouse/read-ticket-message';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecentChanges, type ChangeCounts } from './recent-changes.ts';
import { changeMessage } from './testing/change-message.ts';

const day = { from: Date.UTC(2026, 10, 22), to: Date.UTC(2026, 10, 23) };
const epoch = 1_000;
const floorAt = '2026-11-22T09:00:00.123456Z';

/** The message of TICKETS as the hub reads it. */
const contentOf = (row: ChangeRow) =>
  readTicketMessage({
    subject: 'tickets.a.b',
    data: Buffer.from(JSON.stringify(changeMessage(row, { epoch: 1, seq: 1, at: floorAt }))),
  });
const rows = changeRows(seeded(5), 60, day.from - 3 * 86_400_000, day.to);
function following({ startSeq = 1, recentMax = 10_000 } = {}) {
  const recent = createRecentChanges({ epoch, startSeq, recentMax });
  rows.slice(startSeq - 1).forEach((row, place) => recent.add(startSeq + place, contentOf(row)));
  return recent;
}
/** What created, solved and reopened mean, of the rows behind a position. */
function expected(seq: number, { from, to }: typeof day, team?: string): ChangeCounts {
  const behind = rows.slice(seq).filter(({ after }) => team === undefined || after.team === team);
  const count = (at: (row: ChangeRow) => number, does: (row: ChangeRow) => boolean) =>
    behind.filter((row) => does(row) && at(row) >= from && at(row) < to).length;
  return {
    created: count(
      ({ created_at }) => created_at,
      ({ created }) => created,
    ),
    solved: count(
      ({ at }) => at,
      ({ solved }) => solved,
    ),
    reopened: count(
      ({ at }) => at,
      ({ reopened }) => reopened,
    ),
  };
}

describe('changes behind the last answer', () => {
  it('counts what the rows would, whole and by team, behind any position and in any range', () => {
    const recent = following();
    const instant = fc.integer({ min: day.from - 4 * 86_400_000, max: day.to });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: rows.length }), instant, instant, (seq, from, to) => {
        const ahead = recent.since({ epoch, seq }, { from, to });
        expect(ahead?.total).toEqual(expected(seq, { from, to }));
        for (const team of ['', 'billing', 'sales'])
          expect(ahead?.teams.get(team) ?? { created: 0, solved: 0, reopened: 0 }).toEqual(
            expected(seq, { from, to }, team),
          );
      }),
    );
  });

  it('counts no change twice: what is settled is in the answer', () => {
    const recent = following();
    recent.settle(40);
    expect(recent.since({ epoch, seq: 40 }, day)?.total).toEqual(expected(40, day));
    recent.settle(rows.length);
    expect(recent.since({ epoch, seq: rows.length }, day)?.total).toEqual({ created: 0, solved: 0, reopened: 0 });
  });

  it('says nothing behind an answer that goes less far than one before: rows were withdrawn', () => {
    const recent = following();
    recent.settle(40);
    expect(recent.since({ epoch, seq: 30 }, day)).toBeUndefined();
    expect(recent.since({ epoch, seq: 50 }, day)?.total).toEqual(expected(50, day));
  });

  it('says nothing where it may not have heard everything, nor of another stream', () => {
    const recent = following({ startSeq: 11 });
    expect(recent.since({ epoch, seq: 9 }, day)).toBeUndefined();
    expect(recent.since({ epoch, seq: 10 }, day)?.total).toEqual(expected(10, day));
    expect(recent.since({ epoch: epoch + 1, seq: 10 }, day)).toBeUndefined();
  });

  it('says nothing behind a hole either, until an answer goes beyond it', () => {
    const recent = following();
    const row = rows[0] ?? expect.fail();
    recent.add(rows.length + 3, contentOf(row));
    expect(recent.since({ epoch, seq: rows.length + 1 }, day)).toBeUndefined();
    expect(recent.since({ epoch, seq: rows.length + 2 }, day)?.heardSeq).toBe(rows.length + 3);
  });

  it('knows the last stored change, which no floor and nothing unreadable is', () => {
    const row = rows[0] ?? expect.fail();
    const recent = createRecentChanges({ epoch, startSeq: 11, recentMax: 10 });
    const changed = (seq: number) => recent.since({ epoch, seq }, day)?.changedSeq;
    const floor = { epoch: 1, seq: 9, at: floorAt };
    expect(changed(10)).toBe(10);
    recent.add(11, contentOf({ ...row, created: false, solved: false, reopened: false }));
    recent.add(12, { kind: 'floor', floor });
    recent.add(13, { kind: 'unreadable' });
    expect([10, 11, 12, 13].map(changed)).toEqual([10, 11, 11, 11]);
    // Stored, but not heard yet: it may be one.
    expect(changed(14)).toBe(14);
    // Between these two, messages are gone.
    recent.add(20, { kind: 'floor', floor });
    expect(changed(20)).toBe(19);
  });

  it('goes no further than it has room for', () => {
    const recent = createRecentChanges({ epoch, startSeq: 1, recentMax: 2 });
    const moves = rows.map((row, place) => recent.hasRoom() && recent.add(place + 1, contentOf(row)));
    expect(moves.filter(Boolean)).toHaveLength(2);
    recent.settle(rows.length);
    expect(recent.hasRoom()).toBe(true);
  });

  it('knows how far the desk had come, also by a floor alone; what cannot be read tells nothing', () => {
    const recent = createRecentChanges({ epoch, startSeq: 1, recentMax: 10 });
    const watermark = () => recent.since({ epoch, seq: 0 }, day)?.watermark;
    expect(recent.add(1, { kind: 'unreadable' })).toBe(false);
    expect(watermark()).toBe('1970-01-01T00:00:00.000Z');
    expect(recent.add(2, { kind: 'floor', floor: { epoch: 1, seq: 9, at: '2026-11-22T10:00:00.5Z' } })).toBe(false);
    expect(watermark()).toBe('2026-11-22T10:00:00.500Z');
    recent.add(3, contentOf(rows[0] ?? expect.fail()));
    expect(watermark()).toBe('2026-11-22T10:00:00.500Z');
  });
});
