import type { StreamMessage } from '@deskwire/streams/reader';
import { expect, it, vi } from 'vitest';
import { createIntake } from './intake.ts';

const never = new AbortController().signal;
const message = (seq: number, sizeBytes = 10): StreamMessage => ({
  ...{ subject: 'events.a.b', seq, timeUs: Date.UTC(2026, 10, 22) * 1_000 + seq },
  data: Buffer.alloc(sizeBytes),
});

interface Rows {
  count: number;
  seqs: number[];
}

/** `answers` holds what is being decoded; the test lets each go on. */
function intake(over: { rowsMax?: number; onRoom?: () => void } = {}) {
  const answers: { rows: Rows; resolve: (rows: Rows) => void; reject: (error: Error) => void }[] = [];
  const made = createIntake<Rows>({
    decode: (messages) =>
      new Promise((resolve, reject) => {
        answers.push({ rows: { count: messages.length, seqs: messages.map(({ seq }) => seq) }, resolve, reject });
      }),
    ...{ nextSeq: 1, rowsMax: over.rowsMax ?? 1_000, bytesMax: 1e9, waitMs: () => 0, clock: () => 0 },
    onRoom: over.onRoom ?? (() => undefined),
  });
  const decodeNext = async () => {
    await vi.waitFor(() => expect(answers.length).toBeGreaterThan(0));
    const next = answers.shift();
    next?.resolve(next.rows);
  };
  return { ...made, answers, decodeNext };
}

it('hands over what came together as one chunk, and what comes while two are decoded as the next one', async () => {
  const { add, take, decodeNext, answers } = intake();
  for (const seq of [1, 2]) add(message(seq));
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  add(message(3));
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  for (const seq of [4, 5]) add(message(seq));
  const seen: number[][] = [];
  for (let i = 0; i < 3; i++) {
    await decodeNext();
    seen.push((await take(never)).pieces.flatMap(({ seqs }) => seqs));
  }
  expect(seen).toEqual([[1, 2], [3], [4, 5]]);
});

it('asks for no more while much waits to be decoded, and says when there is room again', async () => {
  const onRoom = vi.fn();
  const { add, hasRoom, decodeNext } = intake({ onRoom });
  for (let seq = 1; seq <= 5; seq++) add(message(seq, 2 ** 20));
  expect(hasRoom()).toBe(false);
  await decodeNext();
  await decodeNext();
  await vi.waitFor(() => expect(hasRoom()).toBe(true));
  expect(onRoom).toHaveBeenCalled();
});

it('is broken when messages cannot be decoded', async () => {
  const { add, answers, broken } = intake();
  add(message(1));
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  answers[0]?.reject(new Error('the thread ended'));
  await expect(broken).rejects.toThrow('the thread ended');
});
