import { readTicketMessage } from '@deskwire/clickhouse/read-ticket-message';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTicketsFeed } from './tickets-feed.ts';

const at = '2026-11-22T09:00:00.000Z';
const face = { status: 'open', priority: null, team: 'billing', assignee: null };
const message: Record<string, unknown> = {
  ...{ ...face, id: 'zendesk~1', version: 2, known: true, source: 'zendesk', channel: null, customer_id: null },
  ...{ tags: ['vip'], sealed: null, created_at: at, updated_at: at, source_version: null, team_name: 'Billing' },
  ...{ deleted_at: null, merged_into: null, floor: { epoch: 1, seq: 2, at } },
  clock: { changed_at: at, first_reply_at: null, solved_at: null, reopens: 0, agent_replies: 0 },
  change: {
    ...{ kind: 'command', at, cause: null, before: face, after: face, created: false, open_before: true },
    ...{ open_after: true, solved: false, reopened: false, channel_before: null, late_at: null, measures: {} },
  },
};
const feed = createTicketsFeed({
  repair: () => Promise.resolve(),
  onUnreadable: () => undefined,
  onStored: () => undefined,
});
async function prepared(data: Uint8Array, subject: string) {
  const rows = await feed.decode([{ subject, seq: 7, timeUs: 1e15, data }]);
  const span = { sizeBytes: 1, firstSeq: 7, lastSeq: 7, firstTimeUs: 1e15, lastTimeUs: 1e15, missing: [] };
  return feed.prepare({ ...span, pieces: [rows], rowCount: rows.count }, { epoch: 1, streamCreatedUs: 1 });
}

it('needs nothing of a message but what it stores', () => {
  expect(readTicketMessage({ subject: 'tickets.a.b', data: Buffer.from(JSON.stringify(message)) }).kind).toBe('change');
});

it('makes one row of whatever a message holds, and never throws', async () => {
  const damaged = fc
    .tuple(fc.constantFrom(...Object.keys(message)), fc.oneof(fc.jsonValue(), fc.double(), fc.constant(2 ** 52)))
    .map(([key, value]) => Buffer.from(JSON.stringify({ ...message, [key]: value })));
  const bytes = fc.oneof(damaged, fc.uint8Array());
  const subject = fc.constantFrom('tickets.a.b', 'tickets._floor', 'tickets');
  await fc.assert(
    fc.asyncProperty(bytes, subject, async (data, on) => {
      const { rows, rowBinary } = await prepared(data, on);
      return rows === 1 && Buffer.concat(rowBinary).length > 280;
    }),
  );
});
