import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageBytesMax } from '@deskwire/contracts/read-event';
import type { RejectReason } from '@deskwire/contracts/reasons';
import { streams, subjects } from '@deskwire/contracts/subjects';
import { quarantineHeaders } from '@deskwire/ingest/quarantine';
import { createIntegrations } from '@deskwire/supervisor/integrations';
import { isKeyName } from '@deskwire/vault/key-name';
import { openVault, type Vault } from '@deskwire/vault/vault';
import { connect } from 'nats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Part } from './src/part.ts';
import { ledgerRows, type LedgerRow } from './src/ledger-rows.ts';
import { ticketEvent } from './src/ticket-events.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;
let worker: Part;
let vault: Vault;

beforeAll(async () => {
  world = await startWorld();
  worker = world.addWorker('ingest');
  await worker.start();
  const kv = await world.nc.jetstream().views.kv('keys', { bindOnly: true });
  vault = await openVault({ kv, masterKey: world.masterKey, readOnly: true });
});
afterAll(async () => {
  await vault.close();
  await world.close();
});

const text = (value: unknown) => Buffer.from(JSON.stringify(value));
const publish = async (bytes: Uint8Array, type = 'ticket.snapshot') =>
  (await world.nc.jetstream().publish(subjects.event('zendesk', type), bytes)).seq;
const rowsAt = async (seq: number) => {
  await untilStored(world);
  return ledgerRows(world.client, `seq = ${seq}`);
};

/** What was put aside of a rejected event, opened again. */
async function putAside({ epoch, seq, idx }: LedgerRow): Promise<{ reason: string; plain: Buffer }> {
  const jsm = await world.nc.jetstreamManager();
  const subject = subjects.quarantine('EVENTS', epoch, seq, idx);
  const message = await jsm.streams.getMessage(streams.quarantine, { last_by_subj: subject });
  const key = message.header.get(quarantineHeaders.key);
  if (!isKeyName(key)) throw new Error(`not the name of a key: ${key}`);
  const opened = await vault.unseal(key, message.data);
  if ('gone' in opened) throw new Error(`nobody can open ${subject}: ${opened.gone}`);
  return { reason: message.header.get(quarantineHeaders.reason), plain: opened.plain };
}

const long = ticketEvent('long');
const cases: [what: string, bytes: Buffer, reason: RejectReason][] = [
  ['what is not JSON', Buffer.from('{"specversion":"1.0",'), 'not-json'],
  ['a wrong specversion', text(ticketEvent('v', { specversion: '0.3' })), 'wrong-specversion'],
  ['a missing id', text({ ...ticketEvent(''), id: undefined }), 'invalid-id'],
  ['the source of another login', text(ticketEvent('s', { source: 'hubspot/eu' })), 'source-mismatch'],
  ['an unknown type', text(ticketEvent('t', { type: 'ticket.exploded' })), 'unknown-type'],
  ['an unknown status', text(ticketEvent('st', { data: { ...long.data, status: 'exploded' } })), 'unknown-status'],
  ['a time in 1970', text(ticketEvent('1970', { time: '1970-01-01T00:00:00Z' })), 'time-out-of-range'],
  [
    'a time in 2100',
    text(ticketEvent('2100', { data: { ...long.data, updated_at: '2100-01-01T00:00:00Z' } })),
    'time-out-of-range',
  ],
  ['an empty batch', text([]), 'empty-batch'],
  ['invalid UTF-8', Buffer.concat([Buffer.from('{"id":"'), Buffer.of(0xc3, 0x28), Buffer.from('"}')]), 'invalid-utf8'],
  [
    'a key __proto__',
    Buffer.from(text(ticketEvent('p')).toString().replace('"data":{', '"data":{"__proto__":{},')),
    'forbidden-key',
  ],
  [
    'nesting deeper than the stack',
    Buffer.from(
      text(long)
        .toString()
        .replace('"data":{', `"data":{"fields":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}},`),
    ),
    'too-deep',
  ],
  ['an array of half a million nothings', Buffer.from(`[${'0,'.repeat(500_000)}0]`), 'too-large'],
  ['a little more than 1 MiB', text({ ...long, more: 'x'.repeat(messageBytesMax) }), 'too-large'],
];

test.each(cases)('rejects %s, counts it with its reason, and keeps its bytes sealed', async (_, bytes, reason) => {
  const count = async () => (await world.flow()).rejected.find((row) => row.reason === reason)?.count ?? 0;
  const before = await count();
  const [row, ...more] = await rowsAt(await publish(bytes));
  expect(more).toEqual([]);
  if (row === undefined) throw new Error('no row');
  expect(row).toMatchObject({ disposition: 'rejected', reason });
  const kept = await putAside(row);
  expect([kept.reason, kept.plain.equals(bytes)]).toEqual([reason, true]);
  expect(await count()).toBe(before + 1);
});

test('a body of 1 MB is accepted, and a message far beyond 1 MiB is refused when it is published', async () => {
  const big = ticketEvent('big', { data: { ...long.data, subject: 'x'.repeat(1_000_000) } });
  expect(await rowsAt(await publish(text(big)))).toMatchObject([{ disposition: 'accepted' }]);
  await expect(publish(Buffer.alloc(messageBytesMax + 200_000, 'x'))).rejects.toThrow(/maximum|exceed/i);
});

test('of a batch of 1,000 with 3 bad ones 997 are accepted, and each of the 3 is visible', async () => {
  const bad = new Map([
    [7, { status: 'exploded' }],
    [500, { ticket_id: 5 }],
    [999, { priority: 'sky' }],
  ]);
  const events = Array.from({ length: 1_000 }, (_, i) =>
    ticketEvent(`batch-${i}`, { data: { ...long.data, ...bad.get(i) } }),
  );
  const rows = await rowsAt(await publish(text(events), 'batch'));
  expect(rows.filter((row) => row.disposition === 'accepted')).toHaveLength(997);
  const rejected = rows.filter((row) => row.disposition === 'rejected');
  expect(rejected.map(({ idx, id, reason }) => [idx, id, reason])).toEqual([
    [7, 'batch-7', 'unknown-status'],
    [500, 'batch-500', 'invalid-data'],
    [999, 'batch-999', 'unknown-priority'],
  ]);
  for (const row of rejected) expect((await putAside(row)).plain).toEqual(text(events[row.idx]));
});

test('what would be longer, or too deep, written again is kept as it came, and stops nobody', async () => {
  const long = `{"x":[${Array.from({ length: 150_000 }, () => '1e20').join(',')}]}`;
  const deep = `${'['.repeat(2_000)}${']'.repeat(2_000)}`;
  const rows = await rowsAt(await publish(Buffer.from(`[ ${long} ,${deep},\n0]`), 'batch'));
  expect(rows.map(({ reason }) => reason)).toEqual(['wrong-specversion', 'too-deep', 'not-an-object']);
  const kept = await Promise.all(rows.map(async (row) => (await putAside(row)).plain.toString()));
  expect(kept.map((each, place) => each === [long, deep, '0'][place])).toEqual([true, true, true]);
  expect(await rowsAt(await publish(text(ticketEvent('after-all'))))).toMatchObject([{ disposition: 'accepted' }]);
});

test('a heartbeat whose cursor grows as the address in it is hidden makes no figure unreadable', async () => {
  const data = { cursor: `${'x'.repeat(500)} a@b.example`, sent_count: 1, interval_s: 60 };
  const [row] = await rowsAt(await publish(text(ticketEvent('cursor', { type: 'source.heartbeat', data }))));
  expect(row).toMatchObject({ disposition: 'accepted' });
  expect((await world.flow()).sources.length).toBeGreaterThan(0);
});

test('the same id with other content is a duplicate that says so', async () => {
  await publish(text(ticketEvent('twice')));
  expect(await rowsAt(await publish(text(ticketEvent('twice'))))).toMatchObject([
    { disposition: 'duplicate', reason: 'same-content' },
  ]);
  const other = text(ticketEvent('twice', { data: { ...long.data, status: 'solved' } }));
  expect(await rowsAt(await publish(other))).toMatchObject([{ disposition: 'duplicate', reason: 'content-differs' }]);
});

test('the login of an integration cannot publish for another source', async () => {
  const url = `nats://127.0.0.1:${world.natsPort}`;
  const integrations = createIntegrations({ dataDir: world.dataDir, url, now: () => new Date().toISOString() });
  const { user, password } = await integrations.add('zendesk');
  const nc = await connect({ servers: url, user, pass: password });
  const { seq } = await nc.jetstream().publish(subjects.event('zendesk', 'ticket.snapshot'), text(ticketEvent('mine')));
  await expect(
    nc.jetstream().publish(subjects.event('hubspot', 'ticket.snapshot'), text(ticketEvent('yours'))),
  ).rejects.toThrow(/permission/i);
  await nc.close();
  expect(await rowsAt(seq)).toMatchObject([{ id: 'mine', disposition: 'accepted' }]);
});

test('none of it has stopped or interrupted the worker, and the ledger is balanced', async () => {
  expect(worker.isRunning()).toBe(true);
  expect(readFileSync(join(world.logDir, 'ingest.log'), 'utf8')).not.toMatch(/interrupted|"level":[56]0/);
  expect(await untilStored(world)).toMatchObject({ state: 'complete', totals: { balanced: true } });
});
