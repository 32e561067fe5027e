import { parseDeskId } from '@deskwire/contracts/desk-id';
import { ticketKey } from '@deskwire/vault/key-name';
import { openVault, type Vault } from '@deskwire/vault/vault';
import type { NatsLink } from './nats-link';

/** What is known of sealed bytes: their text, or why nobody can read it. */
export type UnsealedText = { text: string } | { hidden: 'erased' | 'no-key' };

/** The keys of tickets, to read only; opened with the first ticket that is asked for. */
export function createVaultDoor(masterKey: Buffer | undefined, link: Pick<NatsLink, 'bucket' | 'ask'>) {
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
  return {
    /** Opens what is sealed under a ticket's key, given its desk id. Throws NatsAway. */
    unseal: async (ticketId: string, sealed: string): Promise<UnsealedText> => {
      const id = parseDeskId(ticketId);
      if (masterKey === undefined || id === undefined) return { hidden: 'no-key' };
      const keys = await vault(masterKey);
      const plain = await link.ask(() => keys.unseal(ticketKey(id.segment, id.id), sealed));
      if ('plain' in plain) return { text: plain.plain.toString('utf8') };
      return { hidden: plain.gone === 'destroyed' ? 'erased' : 'no-key' };
    },
    close: async () => {
      if (opened !== undefined) await (await opened).close();
    },
  };
}
