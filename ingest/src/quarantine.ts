import { subjects } from '@deskwire/contracts/subjects';
import type { Vault } from '@deskwire/vault/vault';
import { headers, type JetStreamClient } from 'nats';
import type { BadRow } from './draft.ts';
import { dayKeyAt } from './entry.ts';

/** Headers, and what sealing adds. */
const envelopeBytes = 8_192;
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
 * ready. Resolves when every one is acknowledged. A server that takes no more than `payloadMax` bytes gets the beginning of what is
 * longer: nothing that arrived may keep what comes behind it from being stored.
 */
export async function quarantine(
  js: JetStreamClient,
  vault: Vault,
  { stream, epoch, payloadMax }: { stream: string; epoch: number; payloadMax: number },
  rows: BadRow[],
): Promise<void> {
  const bytesMax = payloadMax - envelopeBytes;
  const waiting: Promise<unknown>[] = [];
  // Sealed at once, since keys made ready may be pushed out of memory while acknowledgements are awaited.
  const sealed = rows.map((row) => ({
    row,
    key: dayKeyAt(row.timeUs),
    result: vault.seal(dayKeyAt(row.timeUs), row.bytes.subarray(0, bytesMax)),
  }));
  for (const { row, key, result } of sealed) {
    if ('dropped' in result) continue; // The day's key was destroyed: its bytes must not come back.
    const subject = subjects.quarantine(stream, epoch, row.seq, row.idx);
    const header = headers();
    header.set(quarantineHeaders.reason, row.reason);
    header.set(quarantineHeaders.detail, `${row.detail}${cutText(row.bytes.byteLength, bytesMax)}`);
    header.set(quarantineHeaders.source, row.source);
    header.set(quarantineHeaders.key, key);
    waiting.push(js.publish(subject, result.sealed, { headers: header, msgID: subject }));
    if (waiting.length >= windowMax) await Promise.all(waiting.splice(0));
  }
  await Promise.all(waiting);
}

const cutText = (length: number, max: number) =>
  length > max ? `; its first ${max} of ${length} bytes are kept, more than NATS takes` : '';
