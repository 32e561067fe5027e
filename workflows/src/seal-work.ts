import type { KeyName } from '@deskwire/vault/key-name';
import type { Vault } from '@deskwire/vault/vault';
import { KeysUnavailableError } from '@deskwire/vault/vault-error';
import { CannotApply } from './cannot-apply.ts';
import type { DeskWork } from './read-work.ts';

type Task = ReturnType<DeskWork['finish']>;

/**
 * Seals a whole batch with one look-up of its keys. Each answer is a task, or for all of them a way to make one alone: one
 * damaged key must not hold back the others of its batch. Rejects with KeysUnavailableError.
 */
export async function sealWork(vault: Vault, work: DeskWork[]): Promise<(() => Task | Promise<Task>)[]> {
  const seal = (key: KeyName | undefined) => (text: string) => {
    if (key === undefined) return null;
    const result = vault.sealText(key, text);
    return 'sealed' in result ? result.sealed : null;
  };
  try {
    await vault.ready(new Set(work.flatMap(({ key }) => (key === undefined ? [] : [key]))));
  } catch (error) {
    if (error instanceof KeysUnavailableError) throw error;
    return work.map(({ key, finish }) => async () => {
      await vault.ready(key === undefined ? [] : [key]).catch((cause: unknown) => {
        throw cause instanceof KeysUnavailableError ? cause : new CannotApply(`key ${key} cannot be used`, { cause });
      });
      return finish(seal(key));
    });
  }
  return work.map(({ key, finish }) => {
    const task = finish(seal(key));
    return () => task;
  });
}
