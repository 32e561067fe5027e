import type { KeptPerson } from '@deskwire/contracts/person';
import { expect, it, vi } from 'vitest';
import { NatsAway } from './nats-link';
import { createUseLink } from './use-link';

const person: KeptPerson = {
  ...{ id: 'p0123456789abcde', email: 'ana@example.com', name: 'Ana Ruiz', role: 'analyst', teams: [] },
  ...{ generation: 2, created_at: '2026-01-01T00:00:00.000Z' },
};
const away = () => Promise.reject(new NatsAway('NATS does not answer'));
const asked = { secret: 's', password: 'four quiet herons', first: undefined, device: 'Firefox on Linux' };
const earlier = 'the session that this browser had';

function setUp(parts: Partial<Record<'use' | 'endAllOf' | 'start' | 'end', () => Promise<never>>>) {
  const warn = vi.fn();
  const ended: string[] = [];
  const use = createUseLink({
    links: { use: parts.use ?? (() => Promise.resolve({ ok: true, person })) },
    sessions: {
      endAllOf: parts.endAllOf ?? (() => Promise.resolve()),
      startForPerson: parts.start ?? (() => Promise.resolve('a session')),
      end: parts.end ?? ((id) => Promise.resolve(void ended.push(id))),
    },
    warn,
  });
  return { use: () => use({ ...asked, earlier }), warn, ended };
}

it('signs in, also when what is over cannot be cleared away', async () => {
  const { use, warn } = setUp({ endAllOf: away });
  expect(await use()).toEqual({ state: 'signed-in', person, sessionId: 'a session' });
  expect(warn).toHaveBeenCalledOnce();
});

it('ends the session whose place it takes, and no other when it takes none', async () => {
  const taken = setUp({});
  await taken.use();
  expect(taken.ended).toEqual([earlier]);
  expect(await setUp({ end: away }).use()).toMatchObject({ state: 'signed-in' });
  for (const parts of [{ start: away }, { use: away }]) {
    const kept = setUp(parts);
    await kept.use();
    expect(kept.ended).toEqual([]);
  }
});

it('says that the password is set when only the session could not be begun', async () => {
  expect(await setUp({ start: away }).use()).toEqual({ state: 'set', person });
});

it('says that it is not known when NATS did not answer the write itself', async () => {
  expect(await setUp({ use: away }).use()).toEqual({ state: 'unknown' });
});
