import { hashText } from '@deskwire/contracts/hash-text';
import { expect, it } from 'vitest';
import { createIdFilter } from './id-filter.ts';

const hashOf = (text: string): [number, number] => {
  const { low, high } = hashText(text);
  return [low, high];
};

const hour = 3_600_000;

it('never forgets an id within the horizon and forgets it some time after', () => {
  let now = 0;
  const filter = createIdFilter({ sizeBytes: 1 << 20, horizonMs: 72 * hour, now: () => now });
  const old = hashOf('zendesk/acme\nold');
  filter.add(...old);
  for (; now <= 72 * hour; now += hour) {
    filter.add(...hashOf(`filler ${now}`));
    expect(filter.mayHave(...old)).toBe(true);
  }
  now = 200 * hour;
  filter.add(...hashOf('later'));
  expect(filter.mayHave(...old)).toBe(false);
});

it('asks for few of the ids that it never saw', () => {
  const filter = createIdFilter({ sizeBytes: 1 << 20, horizonMs: 72 * hour, now: () => 0 });
  // One slice of 256 KiB at 16 bits an id.
  for (let i = 0; i < 131_072; i++) filter.add(...hashOf(`seen ${i}`));
  let asked = 0;
  for (let i = 0; i < 20_000; i++) if (filter.mayHave(...hashOf(`unseen ${i}`))) asked += 1;
  expect(asked).toBeLessThan(100);
});
