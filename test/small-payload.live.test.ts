import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { streams, subjects } from '@deskwire/contracts/subjects';
import { ticket } from '@deskwire/contracts/ticket';
import { quarantineHeaders } from '@deskwire/ingest/quarantine';
import { brokerFiles } from '@deskwire/supervisor/nats-config';
import { isKeyName } from '@deskwire/vault/key-name';
import { openVault } from '@deskwire/vault/vault';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ledgerRows } from './src/ledger-rows.ts';
import { streamMessages } from './src/stream-messages.ts';
import { ticketEvent } from './src/ticket-events.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

/** Far below what the embedded broker takes, as a server of one's own may be. */
const payloadMax = 2 ** 16;
let world: World;

beforeAll(async () => {
  world = await startWorld();
  const { config } = brokerFiles(join(world.dataDir, 'nats'));
  const text = readFileSync(config, 'utf8');
  await world.broker.stop();
  writeFileSync(config, text.replace(/^max_payload: .*$/m, `max_payload: ${payloadMax}`));
  await world.broker.start();
  await vi.waitFor(() => expect(world.nc.info?.max_payload).toBe(payloadMax), { timeout: 20_000 });
  await world.addWorker('ingest').start();
  await world.addDesk('desk').start();
});
afterAll(() => world.close());

const publish = (event: object) =>
  world.nc.jetstream().publish(subjects.event('zendesk', 'ticket.snapshot'), JSON.stringify(event));

test('of rejected bytes that the server does not take with their reason the beginning is kept, and says so', async () => {
  const sent = Buffer.alloc(payloadMax - 100, 'no JSON ');
  const { seq } = await world.nc.jetstream().publish(subjects.event('zendesk', 'ticket.snapshot'), sent);
  await publish(ticketEvent('behind'));
  await untilStored(world);
  const [row] = await ledgerRows(world.client, `seq = ${seq}`);
  expect(await ledgerRows(world.client, `seq = ${seq + 1}`)).toMatchObject([{ disposition: 'accepted' }]);

  const jsm = await world.nc.jetstreamManager();
  const subject = subjects.quarantine('EVENTS', row?.epoch ?? 0, seq, 0);
  const message = await jsm.streams.getMessage(streams.quarantine, { last_by_subj: subject });
  const kept = payloadMax - 8_192;
  const detail = message.header.get(quarantineHeaders.detail);
  expect(detail).toContain(`its first ${kept} of ${sent.length} bytes are kept, more than NATS takes`);
  const kv = await world.nc.jetstream().views.kv('keys', { bindOnly: true });
  const vault = await openVault({ kv, masterKey: world.masterKey, readOnly: true });
  const key = message.header.get(quarantineHeaders.key);
  if (!isKeyName(key)) throw new Error(`not the name of a key: ${key}`);
  const opened = await vault.unseal(key, message.data);
  await vault.close();
  expect('plain' in opened && opened.plain.equals(sent.subarray(0, kept))).toBe(true);
});

test('a message that does not fit into its conversation, sealed, holds back its ticket alone and raises an alert', async () => {
  const time = '2026-11-01T10:00:00Z';
  const message = { ticket_id: 'long', message_id: 'm1', author: 'agent', public: true, created_at: time };
  await publish({
    ...ticketEvent('long-message'),
    ...{ type: 'ticket.message', data: { ...message, body: 'long '.repeat(payloadMax / 6) } },
  });
  await publish(ticketEvent('other'));
  const jsm = await world.nc.jetstreamManager();
  const other = () => jsm.streams.getMessage('TICKETS', { last_by_subj: subjects.ticket('zendesk', 'other') });
  await expect
    .poll(() =>
      other().then(
        (found) => ticket.parse(found.json()).version,
        () => 0,
      ),
    )
    .toBe(1);
  const alerts = async () =>
    (await streamMessages(world.nc, streams.alerts))
      .filter(({ subject }) => subject === subjects.alert('critical', 'desk'))
      .map(({ data }) => Buffer.from(data).toString());
  await expect.poll(alerts).toHaveLength(1);
  expect((await alerts())[0]).toContain('are more than NATS takes in a message');
});
