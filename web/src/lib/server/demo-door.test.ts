import type { KeptPerson } from '@deskwire/contracts/person';
import { expect, it } from 'vitest';
import { createDemoDoor } from './demo-door';

const on = { state: 'on', run: 'r', started_at: '2026-01-01T00:00:00.000Z' };

const administrator: KeptPerson = {
  ...{ id: 'p0123456789abcde', email: 'ana@example.com', name: 'Ana', role: 'admin', teams: [], generation: 1 },
  ...{ created_at: '2026-01-01T00:00:00.000Z', password_hash: 'h' },
};
const ofDemo: KeptPerson = { ...administrator, demo: true };

function setUp(record: unknown, everybody: KeptPerson[] = []) {
  const done: string[] = [];
  const config = {
    get: () => Promise.resolve({ operation: 'PUT', revision: 1, json: () => record }),
    put: () => Promise.resolve(done.push('written')),
  };
  const people = {
    list: () => Promise.resolve(everybody),
    removeDemo: () => Promise.resolve(done.push('people')),
  };
  const link = { bucket: () => Promise.resolve(config), ask: (call: () => unknown) => call() };
  // Only these few of their capabilities are asked for.
  const door = createDemoDoor(link as never, people as never, { now: () => 0, runs: true });
  return { door, done };
}

it('takes its people away before it is said to be going: a server that dies in between leaves nobody a password', async () => {
  const { door, done } = setUp(on);
  expect(await door.remove()).toEqual({ state: 'removing' });
  expect(done).toEqual(['people', 'written']);
});

it('takes away people that an earlier removal left', async () => {
  const { door, done } = setUp({ state: 'removed', run: 'r', removed_at: '2026-01-01T00:00:00.000Z' });
  expect(await door.remove()).toEqual({ state: 'removed' });
  expect(done).toEqual(['people']);
});

it('does not take away the last people who can administer this desk, whoever asks', async () => {
  for (const everybody of [[ofDemo], [ofDemo, { ...administrator, password_hash: undefined }]]) {
    const { door, done } = setUp(on, everybody);
    expect([await door.remove(), done]).toEqual(['nobody-left', []]);
  }
  expect(await setUp(on, [ofDemo, administrator]).door.remove()).toEqual({ state: 'removing' });
});
