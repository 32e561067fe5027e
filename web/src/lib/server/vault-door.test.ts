import { createMemoryBucket } from '@deskwire/vault/memory-bucket';
import { ticketKey } from '@deskwire/vault/key-name';
import { openVault } from '@deskwire/vault/vault';
import { expect, it } from 'vitest';
import { NatsAway } from './nats-link';
import { createVaultDoor } from './vault-door';

const masterKey = Buffer.alloc(32, 7);
const name = ticketKey('zendesk', 'T1');

/** As the link does: whatever goes wrong with a call is NatsAway. */
const ask = <Answer>(call: () => Promise<Answer>): Promise<Answer> =>
  call().catch((cause: unknown) => Promise.reject(new NatsAway('NATS does not answer', { cause })));

async function sealedIn(kv: ReturnType<typeof createMemoryBucket>): Promise<string> {
  const vault = await openVault({ kv, masterKey });
  await vault.ready([name]);
  const text = vault.sealText(name, 'Ada');
  await vault.close();
  return 'sealed' in text ? text.sealed : '';
}

it('has no key for what was sealed before a power cut took the key, although another one has its name', async () => {
  const before = await sealedIn(createMemoryBucket());
  const kv = createMemoryBucket();
  const after = await sealedIn(kv);
  const door = createVaultDoor(masterKey, { bucket: () => Promise.resolve(kv), ask });
  expect(await door.open(name, before)).toEqual({ hidden: 'no-key' });
  expect(await door.unseal('zendesk~T1', after)).toEqual({ text: 'Ada' });
  await door.close();
});
