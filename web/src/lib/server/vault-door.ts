import { parseDeskId } from '@deskwire/contracts/desk-id';
import { ticketKey, type KeyName } from '@deskwire/vault/key-name';
import type { KeyBucket } from '@deskwire/vault/key-bucket';
import { openVault, type Unsealed, type Vault } from '@deskwire/vault/vault';
import { SealDamagedError } from '@deskwire/vault/vault-error';
import type { NatsLink } from './nats-link';

interface KeysLink extends Pick<NatsLink, 'ask'> {
  bucket: (name: 'keys') => Promise<KeyBucket>;
}

/** What is known of sealed bytes: what they are, or why nobody can read them. */
export type UnsealedBytes = { bytes: Buffer } | { hidden: 'erased' | 'no-key' };
export type UnsealedText = { text: string } | { hidden: 'erased' | 'no-key' };

/** The keys of tickets and of quarantine, to read only; opened with the first sealed bytes that are asked for. */
export function createVaultDoor(masterKey: Buffer | undefined, link: KeysLink) {
  let opened: Promise<Vault> | undefined;

  async function vault(key: Buffer): Promise<Vault> {
    opened ??= link.ask(async () => openVault({ kv: await link.bucket('keys'), masterKey: key, readOnly: true }));
    try {
      return await opened;
    } catch (error) {
      opened = undefined;
      throw error;
    }
  }
  /** Opens what is sealed under a key. Throws NatsAway. */
  async function open(name: KeyName, sealed: Uint8Array | string): Promise<UnsealedBytes> {
    if (masterKey === undefined) return { hidden: 'no-key' };
    const keys = await vault(masterKey);
    const plain = await link.ask(() => keys.unseal(name, sealed).catch(withoutKey));
    if ('plain' in plain) return { bytes: plain.plain };
    return { hidden: plain.gone === 'destroyed' ? 'erased' : 'no-key' };
  }
  return {
    open,
    /** Opens what is sealed under a ticket's key, given its desk id. Throws NatsAway. */
    unseal: async (ticketId: string, sealed: string): Promise<UnsealedText> => {
      const id = parseDeskId(ticketId);
      if (id === undefined) return { hidden: 'no-key' };
      const opened = await open(ticketKey(id.segment, id.id), sealed);
      return 'bytes' in opened ? { text: opened.bytes.toString('utf8') } : opened;
    },
    close: async () => {
      if (opened !== undefined) await (await opened).close();
    },
  };
}

/** A power cut can cost a key; the next event under its name has made another one by now, which does not open what is older. */
function withoutKey(error: unknown): Unsealed {
  if (error instanceof SealDamagedError) return { gone: 'absent' };
  throw error;
}
