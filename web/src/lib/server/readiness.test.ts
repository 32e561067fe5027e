import type { PartHealth } from '@deskwire/contracts/health';
import { subjects } from '@deskwire/contracts/subjects';
import { expect, it, vi } from 'vitest';
import { createReadiness } from './readiness';

const since = '2026-01-01T00:00:00.000Z';
const standby = { part: 'ingest', ready: true, detail: 'stands by', since };
const broken = { part: 'ingest', ready: false, detail: 'begins again', since: '2026-01-01T00:00:05.000Z' };

/** How ingest is, where these processes of it answer, in this order. */
async function ingestOf(...answers: PartHealth[]) {
  const connection = Object.assign(Object.create(null), {
    flush: () => Promise.resolve(),
    request: () => Promise.resolve({ json: () => answers[0] }),
    requestMany: (subject: string) =>
      Promise.resolve(subject === subjects.health('ingest') ? answers.map((answer) => ({ json: () => answer })) : []),
  });
  const read = createReadiness({
    link: { connection: () => connection },
    pingClickHouse: () => Promise.resolve(true),
    now: () => 0,
    clock: () => 0,
  });
  return (await read()).parts.find(({ part }) => part === 'ingest');
}

it('is not ready while one of several processes is not, whoever answers first', async () => {
  const verdict = { part: 'ingest', ready: false, detail: 'begins again', since: broken.since };
  expect(await ingestOf(standby, broken)).toEqual(verdict);
  expect(await ingestOf(broken, standby)).toEqual(verdict);
});

it('is ready while one works and the other stands by, in the same words', async () => {
  const working = { ...standby, detail: 'stores' };
  const verdict = { part: 'ingest', ready: true, detail: 'stands by | stores', since };
  expect(await ingestOf(standby, working)).toEqual(verdict);
  expect(await ingestOf(working, standby)).toEqual(verdict);
});

it('is not ready when nobody answers', async () => {
  expect(await ingestOf()).toMatchObject({ ready: false, detail: 'does not answer over NATS' });
});

it('asks every part again after a second, also when the time of day was set back', async () => {
  let [now, clock] = [Date.parse('2026-01-01T12:00:00Z'), 0];
  const pingClickHouse = vi.fn(() => Promise.resolve(true));
  const connection = () => {
    throw new Error('NATS does not answer');
  };
  const ask = createReadiness({ link: { connection }, pingClickHouse, now: () => now, clock: () => clock });
  await ask();
  [now, clock] = [now - 3_600_000, 999];
  expect((await ask()).at).toBe('2026-01-01T12:00:00.000Z');
  clock = 1_000;
  expect((await ask()).at).toBe('2026-01-01T11:00:00.000Z');
  expect(pingClickHouse).toHaveBeenCalledTimes(2);
});
