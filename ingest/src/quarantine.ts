import { subjects } from '@deskwire/contracts/subjects';
import type { Vault } from '@deskwire/vault/vault';
import { headers, type JetStreamClient } from 'nats';
import type { BadRow } from './draft.ts';
import { dayKeyAt } from './entry.ts';

/** Acknowledgements awaited at once. */
const windowMax = 256;

export const quarantineHeaders = {
  reason: 'Deskwire-Reason',
  detail: 'Deskwire-Detail',
  source: 'Deskwire-Source',
  key: 'Deskwire-Key',
} as const;

/**
 * Puts the bytes of rejected events aside, sealed, one subject each: done again it replaces itself. Their keys have to be
 * ready. Resolves when every one is acknowledged.
 */
export async function quarantine(
  js: JetStreamClient,
  vault: Vault,
  { stream, epoch }: { stream: string; epoch: number },
  rows: BadRow[],
): Promise<void> {
  const waiting: Promise<unknown>[] = [];
  // Sealed at once, since keys made ready may be pushed out of memory while acknowledgements are awaited.
  const sealed = rows.map((row) => ({
    row,
    key: dayKeyAt(row.timeUs),
    result: vault.seal(dayKeyAt(row.timeUs), row.bytes),
  }));
  for (const { row, key, result } of sealed) {
    if ('dropped' in result) continue; // The day's key was destroyed: its bytes must not come back.
    const subject = subjects.quarantine(stream, epoch, row.seq, row.idx);
    const header = headers();
    header.set(quarantineHeaders.reason, row.reason);
    header.set(quarantineHeaders.detail, row.detail);
    header.set(quarantineHeaders.source, row.source);
    header.set(quarantineHeaders.key, key);
    waiting.push(js.publish(subject, result.sealed, { headers: header, msgID: subject }));
    if (waiting.length >= windowMax) await Promise.all(waiting.splice(0));
  }
  await Promise.all(waiting);
}
