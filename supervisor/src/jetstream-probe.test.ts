import { createLog } from '@deskwire/runtime/log';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchJetStream } from './jetstream-probe.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Answer = 'stored' | 'timeout' | 'refused';

/** Probes once a second, with these answers in turn; says how often the server was killed. */
async function kills(answers: Answer[], isUp = () => true): Promise<number> {
  let killed = 0;
  let next = 0;
  const probe = watchJetStream({
    write: () => {
      const answer = answers[next++] ?? 'stored';
      return answer === 'stored' ? Promise.resolve() : Promise.reject(new Error(answer));
    },
    isTimeout: (error) => error instanceof Error && error.message === 'timeout',
    isUp,
    kill: () => killed++,
    everyMs: 1_000,
    log: createLog('supervisor', 'silent'),
  });
  await vi.advanceTimersByTimeAsync(1_000 * answers.length);
  probe.stop();
  return killed;
}

test('kills a server after three writes in a row without an answer', async () => {
  expect(await kills(['timeout', 'timeout', 'timeout'])).toBe(1);
});

test('an answer in between begins the count anew', async () => {
  expect(await kills(['timeout', 'timeout', 'stored', 'timeout', 'timeout'])).toBe(0);
});

test('a refusal is an answer: a full disk that is reported is not mended by a restart', async () => {
  expect(await kills(['timeout', 'timeout', 'refused', 'timeout', 'timeout', 'refused'])).toBe(0);
});

test('counts nothing while the server is known to be down', async () => {
  expect(await kills(['timeout', 'timeout', 'timeout', 'timeout'], () => false)).toBe(0);
});
