import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startWorld, type World } from './src/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  for (const bucket of ['customers', 'reports']) await world.setLimit(`KV_${bucket}`, 256 * 2 ** 20);
});
afterAll(() => world.close());

/** So many values of this size fill more than ten of the files (8 MiB each) that a stream is stored in. */
const values = { count: 320, bytes: 300_000 };
const keys = Array.from({ length: values.count }, (_, n) => `key-${n}`);
const replaced = keys.filter((_, n) => n % 10 === 0);
const padding = 'x'.repeat(values.bytes);

async function put(bucket: string, some: string[], version: number): Promise<void> {
  const js = world.nc.jetstream();
  const publish = (key: string) => js.publish(`$KV.${bucket}.${key}`, JSON.stringify({ version, padding }));
  for (let from = 0; from < some.length; from += 32) await Promise.all(some.slice(from, from + 32).map(publish));
}

/** How many of the keys that were written again have that value. */
async function countOf(bucket: string, version: number): Promise<number> {
  const kv = await world.nc.jetstream().views.kv(bucket, { bindOnly: true });
  let found = 0;
  for (const key of replaced) {
    const entry = await kv.get(key);
    if (entry !== null && z.object({ version: z.number() }).parse(entry.json()).version === version) found += 1;
  }
  return found;
}

/** Values in many files, some of them written again just before a kill -9, and once more after it. */
async function throughKill(bucket: string): Promise<{ acknowledged: number; afterwards: number }> {
  await put(bucket, keys, 1);
  await put(bucket, replaced, 2);
  await world.broker.kill();
  await world.broker.start();
  await expect.poll(() => world.nc.rtt().catch(() => -1)).toBeGreaterThanOrEqual(0);
  const acknowledged = await countOf(bucket, 2);
  await put(bucket, replaced, 3);
  return { acknowledged, afterwards: await countOf(bucket, 3) };
}

test('a kill -9 of nats-server takes back no acknowledged profile of a customer, however many files they fill', async () => {
  expect(await throughKill('customers')).toEqual({ acknowledged: replaced.length, afterwards: replaced.length });
});

test('as a control, a bucket of which the server removes what was replaced loses some, and what is written to them later', async () => {
  const { acknowledged, afterwards } = await throughKill('reports');
  expect(acknowledged).toBeLessThan(replaced.length);
  expect(afterwards).toBeLessThan(replaced.length);
});
