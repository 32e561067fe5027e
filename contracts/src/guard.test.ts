import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { event, eventTypes } from './event.ts';
import { guardOf } from './guard.ts';

const isEvent = guardOf(event);
const time = '2026-11-22T10:00:00.000Z';
const good = {
  'ticket.snapshot': {
    ...{ ticket_id: '1', created_at: time, updated_at: '2026-11-22T10:00:00+01:00', status: 'open', priority: 'low' },
    ...{ source_version: 3, team: 'A', tags: ['x', 'y'], requester: { name: 'Ann', age: 3 }, fields: { a: null } },
  },
  'ticket.message': { ticket_id: '1', message_id: '2', author: 'agent', public: true, created_at: time },
  'ticket.rating': { ticket_id: '1', score: 5, rated_at: time },
  'ticket.deleted': { ticket_id: '1' },
  'customer.snapshot': { customer_id: '1', updated_at: time, email_verified: true, lifetime_value: 1.5, consents: {} },
  'customer.erased': { customer_id: '1' },
  'interaction.logged': { kind: 'call', occurred_at: time },
  'source.heartbeat': { cursor: '', sent_count: 0, interval_s: 0.5, final: true },
  'rejection.dismissed': { by: 'me', reason: 'old' },
} as const;

const strange = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(...['', 'x'.repeat(513), 'x'.repeat(201), time, '2026-02-30T10:00:00Z', 'new', 'a/b', 'A/b', 0, -1]),
  fc.constantFrom(...[1.5, 2 ** 53, 86_400, 86_401, true, false, null, [], ['', 'a'], Array(201).fill('a'), {}]),
);

/** With another value in one field, or without it. */
function changed(of: Record<string, unknown>, at: number, value: unknown): Record<string, unknown> {
  const keys = [...Object.keys(of), 'subject', 'customer_id'];
  const key = keys[at % keys.length] ?? '';
  const others = Object.entries(of).filter(([name]) => name !== key);
  const added: [string, unknown] = [key, value];
  return Object.fromEntries(value === undefined ? others : [...others, added]);
}

it('says yes exactly where the schema would, of every type, whatever is put in a field or left out', () => {
  const type = fc.constantFrom(...eventTypes);
  let [yes, no] = [0, 0];
  fc.assert(
    fc.property(type, fc.nat(), fc.option(strange, { nil: undefined }), fc.boolean(), (of, at, value, inData) => {
      const envelope = { specversion: '1.0', id: '1', source: 'a/b', type: of, time, extra: 1 };
      const data = inData ? changed(good[of], at, value) : good[of];
      const whole = inData ? { ...envelope, data } : changed({ ...envelope, data }, at, value);
      const parsed = event.safeParse(whole);
      expect(isEvent(whole)).toBe(parsed.success);
      // And where it does, the schema changes nothing.
      if (parsed.success) expect(parsed.data).toEqual(whole);
      if (parsed.success) yes += 1;
      else no += 1;
    }),
    { numRuns: 3_000 },
  );
  expect(Math.min(yes, no)).toBeGreaterThan(300);
});

it('knows every type of event', () => {
  for (const type of eventTypes)
    expect(isEvent({ specversion: '1.0', id: '1', source: 'a/b', type, time, data: good[type] })).toBe(true);
});

it('refuses to be made of what would change a value', () => {
  for (const schema of [z.object({ a: z.string() }), z.string().trim(), z.coerce.number(), z.string().default('a')])
    expect(() => guardOf(schema)).toThrow('cannot be asked');
});
