import { expect, it } from 'vitest';
import { createPeopleDoor } from './people-door';

it('looks once a second for the first person, also when the time of day was set back', async () => {
  let [now, clock, looked] = [Date.parse('2026-01-01T12:00:00Z'), 0, 0];
  const nobody = {
    status: () => Promise.resolve({ streamInfo: { state: { last_seq: 0 } } }),
    watch: ({ initializedFn }: { initializedFn: () => void }) => {
      looked += 1;
      initializedFn();
      return Promise.resolve(Object.assign([], { stop: () => undefined }));
    },
  };
  const link = { bucket: () => Promise.resolve(nobody), connection: () => ({ jetstream: () => undefined }) };
  // Only these few of their capabilities are asked for.
  const door = createPeopleDoor(link as never, { now: () => now, clock: () => clock });
  expect(await door.isAnybodyThere()).toBe(false);
  [now, clock] = [now - 3_600_000, 999];
  expect([await door.isAnybodyThere(), looked]).toEqual([false, 1]);
  clock = 1_000;
  expect([await door.isAnybodyThere(), looked]).toEqual([false, 2]);
});
