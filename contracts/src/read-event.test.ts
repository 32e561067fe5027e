import fc from 'fast-check';
import { expect, it } from 'vitest';
import { depthMax, readMessage } from './read-event.ts';

const receivedAt = Date.parse('2026-11-22T10:00:01Z');
const good = {
  specversion: '1.0',
  id: 'e1',
  source: 'zendesk/acme',
  type: 'ticket.snapshot',
  time: '2026-11-22T10:00:00Z',
  data: { ticket_id: 'T1', created_at: '2026-11-22T09:00:00Z', updated_at: '2026-11-22T10:00:00Z', status: 'open' },
};
const read = (value: unknown, source = 'zendesk') =>
  readMessage(source, Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), receivedAt);
const first = (value: unknown) => read(value)[0];

it('keeps a good event with its event time', () => {
  expect(first(good)).toMatchObject({ kept: true, timeMs: Date.parse(good.time), event: { data: { status: 'open' } } });
});

it('reads an array of events one by one, good and bad', () => {
  expect(read([good, { ...good, id: '' }, 7]).map((reading) => (reading.kept ? 'kept' : reading.reason))).toEqual([
    'kept',
    'invalid-id',
    'not-an-object',
  ]);
});

const bad: [string, unknown, string][] = [
  ['text that is not JSON', '{"specversion":', 'not-json'],
  ['an empty batch', [], 'empty-batch'],
  ['a number', 7, 'not-an-object'],
  ['null', null, 'not-an-object'],
  ['another specversion', { ...good, specversion: '0.3' }, 'wrong-specversion'],
  ['no id', { ...good, id: undefined }, 'invalid-id'],
  ['an id that is a number', { ...good, id: 7 }, 'invalid-id'],
  ['no source', { ...good, source: undefined }, 'invalid-source'],
  ['a source with an address in it', { ...good, source: 'zendesk/jane@example.org' }, 'invalid-source'],
  ['another login’s source', { ...good, source: 'hubspot/acme' }, 'source-mismatch'],
  ['an unknown type', { ...good, type: 'ticket.exploded' }, 'unknown-type'],
  ['no time', { ...good, time: undefined }, 'invalid-time'],
  ['a time without a zone', { ...good, time: '2026-11-22T10:00:00' }, 'invalid-time'],
  ['1970', { ...good, time: '1970-01-01T00:00:00Z' }, 'time-out-of-range'],
  ['2100', { ...good, time: '2100-01-01T00:00:00Z' }, 'time-out-of-range'],
  ['an update in 2100', { ...good, data: { ...good.data, updated_at: '2100-01-01T00:00:00Z' } }, 'time-out-of-range'],
  ['an unknown status', { ...good, data: { ...good.data, status: '-100' } }, 'unknown-status'],
  ['an unknown priority', { ...good, data: { ...good.data, priority: 'P1' } }, 'unknown-priority'],
  ['no data', { ...good, data: undefined }, 'invalid-data'],
  ['a ticket without an id', { ...good, data: { ...good.data, ticket_id: undefined } }, 'invalid-data'],
  ['a time with a thousand digits', { ...good, time: `2026-11-22T10:00:00.${'1'.repeat(1_000)}Z` }, 'invalid-time'],
  ['a __proto__ key', JSON.stringify(good).replace('"status"', '"__proto__":{"admin":true},"status"'), 'forbidden-key'],
  [
    'a __proto__ key with an escape in it',
    JSON.stringify(good).replace('"status"', '"\\u005f_pr\\u006Fto__":{"admin":true},"status"'),
    'forbidden-key',
  ],
  [
    'a __proto__ key with an escape in the envelope',
    JSON.stringify(good).replace('"source"', '"__pro\\u0074o__":{"admin":true},"source"'),
    'forbidden-key',
  ],
];
it.each(bad)('refuses %s', (_, value, reason) => {
  expect(first(value)).toMatchObject({ kept: false, reason });
});

it('refuses bytes that are not UTF-8 and messages above 1 MiB', () => {
  expect(readMessage('zendesk', Buffer.from([0x7b, 0xff, 0x7d]), receivedAt)[0]).toMatchObject({
    reason: 'invalid-utf8',
  });
  expect(readMessage('zendesk', Buffer.alloc(1_048_577, 0x20), receivedAt)[0]).toMatchObject({ reason: 'too-large' });
});

it('names the field and what was expected, and never quotes what was sent', () => {
  const reading = first({ ...good, data: { ...good.data, updated_at: 'MARK' } });
  expect(reading).toMatchObject({ reason: 'invalid-data' });
  expect(reading && !reading.kept && reading.detail).toContain('data.updated_at');
  expect(JSON.stringify(reading)).not.toContain('MARK');
});

it('takes the source of an unreadable event from its subject', () => {
  expect(first('nonsense')).toMatchObject({ source: 'zendesk', id: '', type: '' });
  expect(first({ ...good, specversion: '2' })).toMatchObject({
    source: 'zendesk/acme',
    id: 'e1',
    type: 'ticket.snapshot',
  });
});

it('answers every message with at least one reading and never throws', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
        fc.jsonValue().map((v) => Buffer.from(JSON.stringify({ ...good, data: v }))),
      ),
      (bytes) => {
        expect(readMessage('zendesk', bytes, receivedAt).length).toBeGreaterThan(0);
      },
    ),
  );
});

it('refuses nesting deeper than can be written again, also of an event in a batch, and nothing less deep', () => {
  const nested = (depth: number) =>
    JSON.stringify(good).replace('"status"', `"fields":{"a":${'['.repeat(depth)}${']'.repeat(depth)}},"status"`);
  // The event, its data and its fields are three.
  expect(first(nested(depthMax - 3))).toMatchObject({ kept: true });
  expect(first(nested(depthMax - 2))).toMatchObject({ kept: false, reason: 'too-deep' });
  expect(read(`[${nested(100_000)},${JSON.stringify(good)}]`).map(({ kept }) => kept)).toEqual([false, true]);
  expect(first(`[[${'['.repeat(100_000)}"__proto__"${']'.repeat(100_000)}]]`)).toMatchObject({ reason: 'too-deep' });
});
