import { hashText } from '@deskwire/contracts/hash-text';
import { openIndexes } from '@deskwire/vault/indexes';
import { expect, it } from 'vitest';
import { readEntries, type GoodEntry } from './entry.ts';

const time = '2026-11-22T10:00:00.000Z';

/** The entry of one event, by the keys of a master key. */
function entryOf(data: object, masterKeyByte: number): GoodEntry {
  const { blindIndex, contentHash } = openIndexes(Buffer.alloc(32, masterKeyByte));
  const event = { specversion: '1.0', id: 'e1', source: 'a/b', type: 'ticket.snapshot', time, data };
  const message = {
    ...{ subject: 'events.a.ticket.snapshot', seq: 1, timeUs: Date.parse(time) * 1_000 },
    data: Buffer.from(JSON.stringify(event)),
  };
  const [entry] = readEntries(message, { blind: blindIndex, keyedHash: contentHash });
  if (entry?.good !== true) throw new Error('the event was refused');
  return entry;
}

const ticket = { ticket_id: 'T1', created_at: time, updated_at: time, status: 'open' };

it('lets no row that can be read whole say anything about the key: its content hash is the same under every one', () => {
  const row = entryOf(ticket, 7);
  expect(row.personal).toBe('');
  expect(row.contentHash).toEqual(entryOf(ticket, 8).contentHash);
  expect(row.idHash).toEqual(entryOf(ticket, 8).idHash);
});

it('lets no row say what is sealed to who has no key: its content hash is another one under every key', () => {
  const sealed = { ...ticket, subject: 'Ada needs a printer' };
  const { type, timeMs, open, personal, contentHash } = entryOf(sealed, 7);
  expect(contentHash).toEqual(entryOf(sealed, 7).contentHash);
  expect(contentHash).not.toEqual(entryOf(sealed, 8).contentHash);
  expect(contentHash).not.toEqual(hashText(`${type}${timeMs}${open}${personal}`));
  expect(contentHash).not.toEqual(entryOf({ ...sealed, subject: 'Bob needs a printer' }, 7).contentHash);
});
