import { createHash } from 'node:crypto';
import { isWrongLastSequence } from '@deskwire/contracts/wrong-last-sequence';
import { NatsError, type KV } from 'nats';
import { z } from 'zod';
import { ReplayError } from './replay-error.ts';

/** Where a replay stands, in bucket `cursors`. What was sent behind it is found in the stream itself. */
export const replayCursor = z.object({
  /** Names this replay in the headers of its messages; a new one with --restart. */
  run: z.string(),
  /** The process that holds the replay: what stands here under its name is its own, though no answer said so. */
  holder: z.string(),
  file: z.string(),
  source: z.string(),
  shiftMs: z.number(),
  rows: z.number().int().nonnegative(),
  /** Every row below is acknowledged. */
  row: z.number().int().nonnegative(),
  /** Messages of rows at or above `row` stand at this position of the stream or behind it. */
  fromSeq: z.number().int().positive(),
  /** Creation time of the stream that `fromSeq` belongs to; in one with another time those messages may stand anywhere. */
  streamCreated: z.string(),
});
export type ReplayCursor = z.infer<typeof replayCursor>;

/** One cursor per content of the file and source: their events have the same ids whatever their times. */
export function cursorKey(parts: { fileHash: string; source: string }): string {
  const name = createHash('sha256').update([parts.fileHash, parts.source].join('\n')).digest('hex');
  return `replay.${name.slice(0, 32)}`;
}

export interface Seen {
  cursor: ReplayCursor | undefined;
  /** 0: there is none yet. */
  revision: number;
}

export async function readCursor(kv: KV, key: string): Promise<Seen> {
  const entry = await kv.get(key);
  if (entry === null || entry.operation !== 'PUT') return { cursor: undefined, revision: entry?.revision ?? 0 };
  return { cursor: replayCursor.parse(entry.json()), revision: entry.revision };
}

/** Writes if nobody has written since `revision`; answers the new one. Throws ReplayError when somebody has. */
export async function writeCursor(kv: KV, key: string, cursor: ReplayCursor, revision: number): Promise<number> {
  try {
    return await kv.put(key, JSON.stringify(cursor), { previousSeq: revision });
  } catch (cause) {
    if (cause instanceof NatsError && isWrongLastSequence(cause.api_error)) throw runningElsewhere(cause);
    throw cause;
  }
}

export const runningElsewhere = (cause?: unknown) =>
  new ReplayError('the same replay is running in another process: let it finish, or stop it first', { cause });
