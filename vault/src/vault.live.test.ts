import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { connectNats } from '@deskwire/runtime/nats';
import { spawnNatsServer } from '@deskwire/supervisor/nats-server';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import type { KV, NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tombstone } from './data-key.ts';
import { customerKey, type KeyName, ticketKey } from './key-name.ts';
import { deriveKey } from './master-key.ts';
import { WrongMasterKeyError } from './vault-error.ts';
import { openVault, type Vault } from './vault.ts';

const masterKey = randomBytes(32);
let nats: TestNats;
const connections: NatsConnection[] = [];

beforeAll(async () => {
  nats = await startNats();
});
afterAll(async () => {
  await Promise.all(connections.map((nc) => nc.close()));
  await nats.stop();
});

async function bucket(service: 'ingest' | 'workflows' | 'hub'): Promise<KV> {
  const nc = await connectNats(nats.env(service), service);
  connections.push(nc);
  return nc.jetstream().views.kv('keys', { bindOnly: true, allow_direct: true });
}

const some = (label: string, count: number) => Array.from({ length: count }, (_, at) => ticketKey(label, `${at}`));

function sealed(vault: Vault, name: KeyName, plain: string): Buffer {
  const result = vault.seal(name, plain);
  if ('dropped' in result) throw new Error('dropped');
  return result.sealed;
}

test('seals in one process what another one opens, with the logins that services have', async () => {
  const ingest = await openVault({ kv: await bucket('ingest'), masterKey });
  const hub = await openVault({ kv: await bucket('hub'), masterKey, readOnly: true });
  const name = customerKey('zendesk', 'ada lovelace*.>');
  await ingest.ready([name]);
  expect(await hub.unseal(name, sealed(ingest, name, 'Ada'))).toEqual({ plain: Buffer.from('Ada') });
  expect(await hub.state(ticketKey('zendesk', 'nobody made it'))).toBe('absent');
});

test('names keys by ids of 512 characters of three bytes each', async () => {
  const vault = await openVault({ kv: await bucket('ingest'), masterKey });
  const other = await openVault({ kv: await bucket('workflows'), masterKey });
  const name = customerKey('s'.repeat(200), '組'.repeat(512));
  await vault.ready([name]);
  expect(await other.unseal(name, sealed(vault, name, 'long'))).toEqual({ plain: Buffer.from('long') });
});

test('ends with one key when two processes make thousands at the same time', async () => {
  const [one, two] = [
    await openVault({ kv: await bucket('ingest'), masterKey }),
    await openVault({ kv: await bucket('workflows'), masterKey }),
  ];
  const names = some('race', 2_000);
  await Promise.all([one.ready(names), two.ready(names.toReversed())]);
  for (const name of names) {
    expect(two.unsealReady(name, sealed(one, name, name))).toEqual({ plain: Buffer.from(name) });
  }
});

test('drops fields under a key that another process destroyed, and leaves its tombstone', async () => {
  const kv = await bucket('workflows');
  const vault = await openVault({ kv: await bucket('ingest'), masterKey });
  const [name, other] = [ticketKey('erased', '1'), ticketKey('erased', '2')];
  await vault.ready([name, other]);
  const old = sealed(vault, name, 'card 4111');
  await kv.put(name, tombstone);
  await kv.purge(other);
  await expect.poll(() => vault.seal(name, 'again')).toEqual({ dropped: 'destroyed' });
  await expect.poll(() => vault.seal(other, 'again')).toEqual({ dropped: 'destroyed' });
  const later = await openVault({ kv, masterKey });
  await later.ready([name, other]);
  expect(later.seal(name, 'again')).toEqual({ dropped: 'destroyed' });
  expect(later.seal(other, 'again')).toEqual({ dropped: 'destroyed' });
  expect(await later.unseal(name, old)).toEqual({ gone: 'destroyed' });
  expect((await kv.get(name))?.value).toEqual(Buffer.from(tombstone));
});

test('refuses another master key', async () => {
  const kv = await bucket('ingest');
  await openVault({ kv, masterKey });
  await expect(openVault({ kv, masterKey: randomBytes(32) })).rejects.toThrow(WrongMasterKeyError);
});

test('learns of a key that was destroyed around a kill -9 of the server', async () => {
  const name = ticketKey('killed', '1');
  const kv = await bucket('workflows');
  const vault = await openVault({ kv: await bucket('ingest'), masterKey });
  await vault.ready([name]);
  nats.kill('SIGKILL');
  await nats.exited;
  // Not `startNats` again: it gives new passwords, and the connections here could not come back.
  const again = spawnNatsServer({
    dir: join(nats.dataDir, 'nats'),
    jetstreamKey: deriveKey(nats.masterKey, 'jetstream'),
    onLine: () => undefined,
  });
  try {
    const destroyed = () => kv.put(name, tombstone).then(Boolean, () => false);
    await expect.poll(destroyed, { timeout: 20_000 }).toBe(true);
    await expect.poll(() => vault.seal(name, 'x'), { timeout: 40_000 }).toEqual({ dropped: 'destroyed' });
  } finally {
    await Promise.all(connections.splice(0).map((nc) => nc.close()));
    again.kill('SIGKILL');
  }
});
