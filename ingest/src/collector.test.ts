import { expect, it } from 'vitest';
import { createCollector } from './collector.ts';
import type { Piece } from './feed.ts';

const never = new AbortController().signal;
interface Rows {
  count: number;
  seq: number;
}
const piece = (seq: number, { count = 1, timeUs = Date.UTC(2026, 10, 22) * 1_000 + seq } = {}): Piece<Rows> => ({
  ...{ rows: { count, seq }, sizeBytes: 10, missing: [] },
  ...{ firstSeq: seq, lastSeq: seq, firstTimeUs: timeUs, lastTimeUs: timeUs },
});

function collector({ rowsMax = 1_000, bytesMax = 1_000_000, waitMs = 0 } = {}) {
  let now = 0;
  let rooms = 0;
  const made = createCollector<Rows>({
    ...{ rowsMax, bytesMax, waitMs: () => waitMs },
    onRoom: () => (rooms += 1),
    clock: () => now,
  });
  return { ...made, pass: (ms: number) => (now += ms), rooms: () => rooms };
}

it('gives the first event after a pause at once', async () => {
  const { add, take } = collector({ waitMs: 1_000_000 });
  add(piece(1));
  expect(await take(never)).toMatchObject({ rowCount: 1, firstSeq: 1, lastSeq: 1 });
});

it('waits between two batches unless one is full', async () => {
  const { add, take, pass } = collector({ waitMs: 50, rowsMax: 2 });
  add(piece(1));
  await take(never);
  add(piece(2));
  const second = take(never);
  pass(10);
  add(piece(3));
  expect((await second).pieces.map(({ seq }) => seq)).toEqual([2, 3]);
});

it('never splits a piece and asks for no more when full', async () => {
  const { add, take, hasRoom, rooms } = collector({ rowsMax: 10 });
  add(piece(1, { count: 8 }));
  expect(hasRoom()).toBe(true);
  add(piece(2, { count: 8 }));
  expect(hasRoom()).toBe(false);
  add(piece(3, { count: 8 }));
  expect(await take(never)).toMatchObject({ rowCount: 16, sizeBytes: 20, firstSeq: 1, lastSeq: 2 });
  expect(await take(never)).toMatchObject({ rowCount: 8, firstSeq: 3, lastSeq: 3 });
  expect(rooms()).toBeGreaterThan(0);
});

it('closes a batch at the end of a month of the stream, so that it is one part', async () => {
  const { add, take } = collector();
  add(piece(1, { timeUs: Date.UTC(2026, 10, 30, 23, 59, 59, 999) * 1_000 }));
  add(piece(2, { timeUs: Date.UTC(2026, 11, 1) * 1_000 }));
  expect((await take(never)).lastSeq).toBe(1);
  expect((await take(never)).firstSeq).toBe(2);
});

it('says of a batch what each of its pieces says is missing', async () => {
  const { add, take } = collector();
  add({ ...piece(6), missing: [{ fromSeq: 4, toSeq: 5 }] });
  add({ ...piece(9), missing: [{ fromSeq: 7, toSeq: 8 }] });
  expect((await take(never)).missing).toEqual([
    { fromSeq: 4, toSeq: 5 },
    { fromSeq: 7, toSeq: 8 },
  ]);
});

it('stops waiting when its session ends', async () => {
  const ending = new AbortController();
  const waiting = collector().take(ending.signal);
  ending.abort(new Error('over'));
  await expect(waiting).rejects.toThrow('over');
});
