import { expect, it } from 'vitest';
import { createCollector } from './collector.ts';
import type { StreamMessage } from '@deskwire/streams/reader';

const never = new AbortController().signal;
const message = (seq: number, over: Partial<StreamMessage> = {}): StreamMessage => ({
  subject: 'events.a.b',
  seq,
  timeUs: Date.UTC(2026, 10, 22) * 1_000 + seq,
  data: Buffer.alloc(10),
  ...over,
});

function collector(
  over: { rowsMax?: number; bytesMax?: number; waitMs?: number; eventsPerMessage?: number; nextSeq?: number } = {},
) {
  let now = 0;
  let rooms = 0;
  const made = createCollector<number>({
    read: ({ seq }) => Array.from({ length: over.eventsPerMessage ?? 1 }, () => seq),
    nextSeq: over.nextSeq ?? 1,
    rowsMax: over.rowsMax ?? 1_000,
    bytesMax: over.bytesMax ?? 1_000_000,
    waitMs: () => over.waitMs ?? 0,
    onRoom: () => (rooms += 1),
    clock: () => now,
  });
  return { ...made, pass: (ms: number) => (now += ms), rooms: () => rooms };
}

it('gives the first event after a pause at once', async () => {
  const { add, take } = collector({ waitMs: 1_000_000 });
  add(message(1));
  expect(await take(never)).toMatchObject({ entries: [1], firstSeq: 1, lastSeq: 1 });
});

it('waits between two batches unless one is full', async () => {
  const { add, take, pass } = collector({ waitMs: 50, rowsMax: 2 });
  add(message(1));
  await take(never);
  add(message(2));
  const second = take(never);
  pass(10);
  add(message(3));
  expect((await second).entries).toEqual([2, 3]);
});

it('never splits a message and asks for no more when full', async () => {
  const { add, take, hasRoom, rooms } = collector({ rowsMax: 10, eventsPerMessage: 8 });
  add(message(1));
  expect(hasRoom()).toBe(true);
  add(message(2));
  expect(hasRoom()).toBe(false);
  add(message(3));
  expect((await take(never)).entries).toHaveLength(16);
  expect((await take(never)).entries).toHaveLength(8);
  expect(rooms()).toBeGreaterThan(0);
});

it('closes a batch at the end of a month of the stream, so that it is one part', async () => {
  const { add, take } = collector();
  add(message(1, { timeUs: Date.UTC(2026, 10, 30, 23, 59, 59, 999) * 1_000 }));
  add(message(2, { timeUs: Date.UTC(2026, 11, 1) * 1_000 }));
  expect((await take(never)).lastSeq).toBe(1);
  expect((await take(never)).firstSeq).toBe(2);
});

it('says which positions the stream no longer had', async () => {
  const { add, take } = collector({ nextSeq: 4 });
  add(message(6));
  add(message(7));
  add(message(9));
  expect((await take(never)).missing).toEqual([
    { fromSeq: 4, toSeq: 5 },
    { fromSeq: 8, toSeq: 8 },
  ]);
});

it('stops waiting when its session ends', async () => {
  const ending = new AbortController();
  const waiting = collector().take(ending.signal);
  ending.abort(new Error('over'));
  await expect(waiting).rejects.toThrow('over');
});
