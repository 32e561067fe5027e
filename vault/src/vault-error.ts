/** The vault could not do what it was asked to; each class below says why. Messages hold no key and no plain text. */
export class VaultError extends Error {
  override name = 'VaultError';
}

/** The bucket was made with another master key. Not to be retried: a person has to give the right one. */
export class WrongMasterKeyError extends VaultError {
  override name = 'WrongMasterKeyError';
}

/** The bucket did not answer or refused; `cause` has NATS' own error. Asking again later is safe. */
export class KeysUnavailableError extends VaultError {
  override name = 'KeysUnavailableError';
}

/** What the bucket holds under a key's name is not a key that we wrote. Not to be retried. */
export class KeyDamagedError extends VaultError {
  override name = 'KeyDamagedError';
}

/** Sealed bytes were changed, cut, or sealed under another key or name. Not to be retried. */
export class SealDamagedError extends VaultError {
  override name = 'SealDamagedError';
}

/** A mistake of the caller: `ready` or `load` comes before sealing and unsealing in the same batch. */
export class KeyNotReadyError extends VaultError {
  override name = 'KeyNotReadyError';
}
