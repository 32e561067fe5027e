import { expect, it } from 'vitest';
import { nameOfRejected, parseRejectedName } from './rejected.ts';
import { settledBySubject, sourceOfSubject, subjects } from './subjects.ts';

const place = { stream: 'EVENTS', epoch: 1_764_000_000_000_000, seq: 42, idx: 3 };

it('names a rejected event by its position, and reads the name back', () => {
  expect(nameOfRejected(place)).toBe('EVENTS.1764000000000000.42.3');
  expect(parseRejectedName(nameOfRejected(place))).toEqual(place);
});

it.each([
  '',
  'EVENTS',
  'EVENTS.1.2',
  'EVENTS.1.2.3.4',
  'EVENTS.1.2.x',
  'EVENTS.1.2.>',
  'events.1.2.3',
  'EVENTS.9999999999999999.1.0',
])('takes %o for no name', (text) => {
  expect(parseRejectedName(text)).toBeUndefined();
});

it('says what settles a rejected event by a subject that no source has', () => {
  const subject = subjects.settlement('zendesk', nameOfRejected(place));
  expect([sourceOfSubject(subject), settledBySubject(subject)]).toEqual(['zendesk', nameOfRejected(place)]);
  for (const other of [
    subjects.event('zendesk', 'ticket.snapshot'),
    subjects.batch('settled'),
    'events._settled',
    'events',
  ])
    expect(settledBySubject(other)).toBe('');
  expect(sourceOfSubject(subjects.batch('zendesk'))).toBe('zendesk');
  expect(sourceOfSubject('events._settled.zendesk')).toBe('unnamed');
  const retirement = subjects.retirement('zendesk', 'zendesk/acme', 1_764_000_000_000);
  expect([sourceOfSubject(retirement), settledBySubject(retirement)]).toEqual(['zendesk', '']);
  for (const nobody of [
    'events._other.zendesk.x',
    'events.zendesk',
    'events.Zendesk.x',
    'events.z_d.x',
    'events..x',
    'events',
  ])
    expect(sourceOfSubject(nobody)).toBe('unnamed');
});
