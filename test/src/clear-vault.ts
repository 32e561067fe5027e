import type { Vault } from '@deskwire/vault/vault';

/** A vault that seals nothing: the control of the search for personal data. Never part of the product. */
export function openVaultInTheClear(): Vault {
  const nothing = () => Promise.resolve();
  const bytes = (plain: string | Uint8Array) => Buffer.from(plain);
  return {
    ...{ ready: nothing, load: nothing, close: nothing },
    seal: (_, plain) => ({ sealed: bytes(plain) }),
    sealText: (_, plain) => ({ sealed: bytes(plain).toString('base64') }),
    unseal: (_, sealed) => Promise.resolve({ plain: Buffer.from(sealed) }),
    unsealReady: (_, sealed) => ({ plain: Buffer.from(sealed) }),
    state: () => Promise.resolve('absent'),
    blindIndex: () => undefined,
  };
}
