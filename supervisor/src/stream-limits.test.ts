import { NatsError } from 'nats';
import { expect, test } from 'vitest';
import { raisedLimits, raiseLimits } from './stream-limits.ts';
import { wantedStreams } from './streams.ts';

const MiB = 2 ** 20;
const limit = (stream: string, mebibytes: number, ofMebibytes: number) => ({
  ...{ stream, bytes: mebibytes * MiB, maxBytes: ofMebibytes * MiB },
});

/** Streams that hold so many MiB of so many, and what becomes of their limits. */
async function raise(
  held: Record<string, [number, number]>,
  budgetMebibytes: number,
  setLimit: (stream: string) => Promise<unknown> = () => Promise.resolve(),
) {
  const raised: string[] = [];
  const list = async function* () {
    for (const [name, [bytes, max]] of Object.entries(held))
      yield await Promise.resolve({ config: { name, max_bytes: max * MiB }, state: { bytes: bytes * MiB } });
  };
  const fills = await raiseLimits({
    list,
    wanted: wantedStreams(1024 * MiB),
    budget: () => budgetMebibytes * MiB,
    setLimit: (stream, maxBytes) => {
      raised.push(`${stream} ${maxBytes / MiB}`);
      return setLimit(stream);
    },
  });
  return { raised, fills: fills.map(({ stream, bytes, maxBytes }) => `${stream} ${bytes / MiB} of ${maxBytes / MiB}`) };
}

test('whatever is about to refuse gets a step more, the fullest first, as far as there is room', () => {
  const full = [limit('roomy', 40, 64), limit('low', 60, 64), limit('full', 64, 64), limit('lower', 62, 64)];
  const names = (leftMebibytes: number) => raisedLimits(full, leftMebibytes * MiB).map(({ stream }) => stream);
  expect(names(96)).toEqual(['full', 'lower', 'low']);
  expect(names(95)).toEqual(['full', 'lower']);
  expect(names(31)).toEqual([]);
  expect(names(-100)).toEqual([]);
  expect(raisedLimits(full, 32 * MiB)).toEqual([limit('full', 64, 96)]);
});

test('a bucket that fills takes what was promised to nobody, until that is used up', async () => {
  const held: Record<string, [number, number]> = { EVENTS: [10, 400], KV_keys: [60, 64], KV_users: [1, 64] };
  expect(await raise(held, 600)).toEqual({
    raised: ['KV_keys 96'],
    fills: ['EVENTS 10 of 400', 'KV_users 1 of 104', 'KV_keys 60 of 136'],
  });
  expect((await raise(held, 559)).raised).toEqual([]);
});

test('EVENTS and what removes its oldest keep their limits, and no stream of somebody else is touched', async () => {
  const held: Record<string, [number, number]> = { EVENTS: [400, 400], QUARANTINE: [64, 64], other: [5, 5] };
  expect(await raise(held, 10_000)).toEqual({ raised: [], fills: ['EVENTS 400 of 400'] });
});

test('a server that promises no more makes the limits as they are the last ones', async () => {
  const refuse = () => Promise.reject(new NatsError('', '500', undefined));
  const held: Record<string, [number, number]> = { KV_keys: [60, 64], KV_users: [1, 64] };
  await expect(raise(held, 600, refuse)).rejects.toThrow();
  const refusal = Object.assign(new NatsError('', '500'), {
    api_error: { code: 500, err_code: 10_047, description: 'insufficient storage resources available' },
  });
  const { fills } = await raise(held, 600, () => Promise.reject(refusal));
  expect(fills).toEqual(['KV_users 1 of 64', 'KV_keys 60 of 64']);
});
