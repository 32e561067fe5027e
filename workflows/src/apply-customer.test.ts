import type { CustomerProfile } from '@deskwire/contracts/customer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyCustomer, type CustomerChange } from './apply-customer.ts';

const at = (hour: number) => `2026-11-20T${String(hour).padStart(2, '0')}:00:00Z`;
const change = (seq: number, what: CustomerChange['what']): CustomerChange => ({
  id: 'zendesk~c',
  position: { epoch: 1, seq, idx: 0 },
  what,
});
const snapshot = (seq: number, hour: number, tier = 'gold', shows = { mail: 'b_1', isVerified: false }) =>
  change(seq, {
    ...{ kind: 'snapshot', updated_at: at(hour), tier, locale: 'de', lifetime_value: 5 },
    ...{ sealed: 'xyz', ...shows },
  });
const call = (seq: number, hour: number, hash = `h${seq}`) =>
  change(seq, { kind: 'interaction', hash, interaction: { kind: 'call', occurred_at: at(hour) } });
const erasure = (seq: number, hour: number) => change(seq, { kind: 'erasure', at: at(hour) });

function after(...changes: CustomerChange[]): CustomerProfile | undefined {
  let profile: CustomerProfile | undefined;
  for (const one of changes) {
    const next = applyCustomer(profile, one);
    if (next !== 'nothing') profile = next;
  }
  return profile;
}

test('the newest snapshot wins, whatever the order, and keeps what was heard between', () => {
  expect(after(snapshot(1, 5, 'gold'), call(2, 3), snapshot(3, 4, 'silver'))).toMatchObject({
    ...{ state: 'live', tier: 'gold', updated_at: at(5), person: 'zendesk~c' },
    interactions: [{ kind: 'call', occurred_at: at(3) }],
  });
});

test('an event that comes again changes nothing, by position or by id', () => {
  const profile = after(snapshot(1, 5), call(2, 3, 'same'));
  expect(applyCustomer(profile, snapshot(1, 5))).toBe('nothing');
  expect(applyCustomer(profile, call(2, 3, 'other'))).toBe('nothing');
  expect(applyCustomer(profile, call(9, 3, 'same'))).toBe('nothing');
});

test('an interaction is kept once, also when copies of many older ones came between', () => {
  const first = Array.from({ length: 24 }, (_, hour) => call(hour, hour, `h${hour}`));
  const copies = [...Array.from({ length: 12 }, (_, hour) => hour), 20].map((hour) =>
    call(100 + hour, hour, `h${hour}`),
  );
  const { interactions } = { interactions: [], ...after(...first, ...copies) };
  expect(interactions.map(({ occurred_at }) => occurred_at)).toEqual(Array.from({ length: 10 }, (_, n) => at(14 + n)));
});

test('an erasure leaves nothing but dates; only a later snapshot begins a new profile', () => {
  const erased = after(snapshot(1, 5), call(2, 3), erasure(3, 6));
  expect(erased).toEqual({
    ...{ state: 'erased', id: 'zendesk~c', erased_at: at(6) },
    last_event: { epoch: 1, seq: 3, idx: 0 },
  });
  expect(applyCustomer(erased, call(4, 7))).toBe('nothing');
  expect(applyCustomer(erased, snapshot(4, 5))).toBe('nothing');
  expect(applyCustomer(erased, snapshot(4, 6))).toBe('nothing');
  expect(applyCustomer(erased, snapshot(4, 7))).toMatchObject({ state: 'live', interactions: [], updated_at: at(7) });
});

test('ten interactions are kept, the latest by their own time', () => {
  const profile = after(...Array.from({ length: 20 }, (_, n) => call(n + 1, (n * 7) % 20)));
  expect(profile?.state === 'live' && profile.interactions.map(({ occurred_at }) => occurred_at)).toEqual(
    Array.from({ length: 10 }, (_, n) => at(n + 10)),
  );
});

test('an erasure that is heard after a later snapshot takes only what is older than itself', () => {
  const profile = after(call(1, 3), snapshot(2, 7), call(3, 7), erasure(4, 6));
  expect(profile).toMatchObject({ state: 'live', updated_at: at(7), sealed: 'xyz' });
  expect(profile).toHaveProperty('interactions', [{ kind: 'call', occurred_at: at(7) }]);
  expect(after(erasure(1, 6), snapshot(2, 7))).toMatchObject({ state: 'live', updated_at: at(7) });
});

test('of two erasures the later one counts, also when it is heard first', () => {
  const erased = after(erasure(1, 6), erasure(2, 3));
  expect(erased).toMatchObject({ state: 'erased', erased_at: at(6) });
  expect(applyCustomer(erased, snapshot(3, 5))).toBe('nothing');
});

test('who shows one verified address now is one person, whatever they showed before and in whatever order it was heard', () => {
  const customers = ['a', 'b', 'c'];
  const shown = fc.record({
    customer: fc.constantFrom(...customers),
    shows: fc.record({ mail: fc.constantFrom('b_1', 'b_2'), isVerified: fc.boolean() }),
    // Only to shuffle by.
    heardAt: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(shown, { maxLength: 16 }), (history) => {
      const heard = history.map((one, hour) => ({ ...one, hour })).sort((one, other) => one.heardAt - other.heardAt);
      const personOf = (customer: string) => {
        const own = heard.filter((one) => one.customer === customer);
        const profile = after(
          ...own.map(({ shows, hour }, seq) => ({
            ...snapshot(seq + 1, hour, 'gold', shows),
            id: `zendesk~${customer}`,
          })),
        );
        return profile?.state === 'live' ? profile.person : `zendesk~${customer}`;
      };
      const addressOf = (customer: string) => {
        const shows = history.findLast((one) => one.customer === customer)?.shows;
        return shows?.isVerified === true ? shows.mail : undefined;
      };
      const pairs = customers.flatMap((one, at) => customers.slice(at + 1).map((other) => ({ one, other })));
      for (const { one, other } of pairs) {
        const areOne = addressOf(one) !== undefined && addressOf(one) === addressOf(other);
        expect(personOf(one) === personOf(other)).toBe(areOne);
      }
    }),
  );
});
