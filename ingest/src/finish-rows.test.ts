import { dispositionCode, eventsColumns } from '@deskwire/clickhouse/events-row';
import type { StreamMessage } from '@deskwire/streams/reader';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { draftOf } from './draft.ts';
import { finishRows, isKept, readIdentity } from './finish-rows.ts';

const reader = {
  blind: (_kind: string, value: string) => `b_${value.length}`,
  keyedHash: () => ({ low: 1, high: 2 }),
};
const timeUs = Date.UTC(2026, 10, 22, 10) * 1_000;
const time = '2026-11-22T10:00:00.000Z';

const ticket = (n: number, more: object = {}) => ({
  ...{ specversion: '1.0', id: `é${n}`, source: 'a/b', type: 'ticket.snapshot', time },
  data: { ticket_id: `T${n}`, created_at: time, updated_at: time, status: 'open', team: 'Größe 1', ...more },
});
const heartbeat = (n: number, more: object = {}) => ({
  ...{ specversion: '1.0', id: `h${n}`, source: 'a/b', type: 'source.heartbeat', time },
  data: { cursor: '', sent_count: n, interval_s: 10, ...more },
});
const message = (seq: number, body: unknown): StreamMessage & { data: Buffer } => ({
  ...{ subject: 'events.a.batch', seq, timeUs },
  data: Buffer.from(JSON.stringify(body)),
});

/** Rows as ClickHouse reads them, by the names and types of the columns. */
function parsed(bytes: Buffer): Record<string, number | string>[] {
  const rows: Record<string, number | string>[] = [];
  let at = 0;
  const length = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes.readUInt8(at++);
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const row: Record<string, number | string> = {};
    for (const column of eventsColumns) {
      const [name = '', type = ''] = column.split(' ');
      const sizeBytes = type === 'String' ? length() : type === 'Int8' ? 1 : type === 'UInt32' ? 4 : 8;
      row[name] =
        type === 'String'
          ? bytes.toString('utf8', at, at + sizeBytes)
          : sizeBytes === 8
            ? Number(bytes.readBigUInt64LE(at))
            : bytes.readUIntLE(at, sizeBytes);
      at += sizeBytes;
    }
    rows.push(row);
  }
  return rows;
}

const seal = (name: string, plain: Uint8Array) => ({ sealed: `${name}:${Buffer.from(plain).toString('hex')}` });
const members = z.record(z.string(), z.unknown());
const membersOf = (json: unknown) => members.parse(JSON.parse(String(json)));
const unsealed = (sealed: unknown) => membersOf(Buffer.from(String(sealed).split(':')[1] ?? '', 'hex'));

it('hands on a draft as it is when nothing is personal or twice', () => {
  const draft = draftOf([message(7, [ticket(1), ticket(2)])], reader);
  const [first, second] = parsed(finishRows(draft, { verdicts: undefined, seal, extraOf: () => undefined }));
  expect(first).toMatchObject({ seq: 7, idx: 0, events_in_message: 2, id: 'é1', ticket_id: 'T1', team: 'gro-e-1' });
  expect(second).toMatchObject({
    seq: 7,
    idx: 1,
    events_in_message: 0,
    disposition: dispositionCode.accepted,
    reason: '',
  });
  expect(membersOf(second?.['data'])).toEqual(ticket(2).data);
});

it('keeps what is nested too deep as it was written, and the other events of its batch', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const batch = message(1, [ticket(1), ticket(2, { fields: 'deep' })]);
  const data = Buffer.from(batch.data.toString().replace('"deep"', `{"a":${deep}}`));
  const draft = draftOf([{ ...batch, data }], reader);
  expect(draft.bad.map(({ row, reason }) => [row, reason])).toEqual([[1, 'too-deep']]);
  expect(
    `[${JSON.stringify(ticket(1))},${Buffer.from(draft.bad[0]?.bytes ?? []).toString()}]` === data.toString(),
  ).toBe(true);
  expect(draft.count).toBe(2);
});

it('says in a heartbeat’s row what was counted, with and without anything personal', () => {
  const draft = draftOf([message(1, [heartbeat(3), heartbeat(4, { note: 'Ann' })])], reader);
  const rows = parsed(finishRows(draft, { verdicts: undefined, seal, extraOf: (row) => `"counted":${row}` }));
  expect(rows.map(({ data }) => membersOf(data))).toMatchObject([
    { cursor: '', sent_count: 3, counted: 0 },
    { cursor: '', sent_count: 4, counted: 1 },
  ]);
  expect(rows.map(({ data }) => membersOf(data)['sealed'] !== undefined)).toEqual([false, true]);
  expect(draft.arrivals).toMatchObject([
    { kind: 'heartbeat', row: 0, sentCount: 3 },
    { kind: 'heartbeat', row: 1, sentCount: 4 },
  ]);
});

it('counts what arrived before and behind each heartbeat, whatever became of it', () => {
  const draft = draftOf([message(1, [ticket(1), { bad: true }, heartbeat(2), ticket(3)]), message(2, 'bad')], reader);
  expect(draft.arrivals).toMatchObject([
    { kind: 'events', source: 'a/b', count: 1 },
    // What has no source of its own counts for that of its subject.
    { kind: 'events', source: 'a', count: 2 },
    { kind: 'heartbeat', source: 'a/b', sentCount: 2 },
    { kind: 'events', source: 'a/b', count: 1 },
  ]);
});

it('stores each event once in full, as a copy without content, or as a copy that differs, beside rejected ones', () => {
  const kind = fc.constantFrom('open', 'personal', 'heartbeat', 'rejected');
  const row = fc.record({ kind, verdict: fc.constantFrom(0, 1, 2) });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), (of) => {
      const bodies = of.map((one, n) => {
        if (one.kind === 'rejected') return { ...ticket(n), type: 'nonsense' };
        if (one.kind === 'heartbeat') return heartbeat(n);
        return ticket(n, one.kind === 'personal' ? { subject: 'x'.repeat(n * 40), requester: { name: 'Zoë' } } : {});
      });
      const verdicts = Uint8Array.from(of.map((one) => (one.kind === 'rejected' ? 0 : one.verdict)));
      const draft = draftOf([message(1, bodies)], reader);
      const rows = parsed(finishRows(draft, { verdicts, seal, extraOf: () => '"counted":1' }));
      expect(rows).toHaveLength(of.length);
      rows.forEach((stored, n) => {
        const expected = of[n];
        if (expected === undefined) return;
        expect(stored['idx']).toBe(n);
        expect(readIdentity(draft, n)).toEqual({ source: stored['source'], id: stored['id'] });
        if (expected.kind === 'rejected') {
          expect(stored).toMatchObject({ disposition: dispositionCode.rejected, reason: 'unknown-type', data: '' });
          return;
        }
        const reason = ['', 'same-content', 'content-differs'][expected.verdict];
        expect(stored).toMatchObject({ reason, disposition: reason === '' ? 1 : 2 });
        expect(stored['data'] !== '').toBe(isKept(verdicts, n));
        if (stored['data'] === '') return;
        const { sealed, ...open } = membersOf(stored['data']);
        expect(open).toMatchObject(
          expected.kind === 'heartbeat' ? { sent_count: n, counted: 1 } : { ticket_id: `T${n}` },
        );
        expect(sealed !== undefined).toBe(expected.kind === 'personal');
        if (sealed !== undefined) expect(unsealed(sealed)).toMatchObject({ requester: { name: 'Zoë' } });
      });
    }),
  );
});
