import type { JetStreamManager, StreamConfig, StreamInfo } from 'nats';
import { NatsError } from 'nats';
import type { WantedStream } from './streams.ts';

/**
 * Creates what is missing and updates what differs; what fits already is left alone. Answers the names it touched.
 * Throws StreamConflict where the server refuses the change.
 */
export async function ensureStreams(jsm: JetStreamManager, wanted: WantedStream[]): Promise<string[]> {
  const touched: string[] = [];
  for (const config of wanted) {
    const found = await findStream(jsm, config.name);
    if (found === undefined) await jsm.streams.add(config);
    else {
      const safe = withoutLoss(allowedChange(config, found.config), found.state.bytes, found.config.max_bytes);
      const changes = differences(safe, found.config);
      if (changes.length === 0) continue;
      try {
        await jsm.streams.update(config.name, safe);
      } catch (cause) {
        throw new StreamConflict(config.name, changes, cause);
      }
    }
    touched.push(config.name);
  }
  return touched;
}

export class StreamConflict extends Error {
  override name = 'StreamConflict';
  constructor(stream: string, changes: string[], cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`stream ${stream} exists with settings that cannot be changed (${changes.join(', ')}): ${why}`, { cause });
  }
}

/** A server never allows deletes again where they were once denied: such a bucket keeps its one value a key, as the server removes it. */
export function allowedChange(
  config: WantedStream,
  found: Pick<StreamConfig, 'deny_delete' | 'max_msgs_per_subject'>,
): WantedStream {
  if (!found.deny_delete || config.deny_delete !== false) return config;
  return { ...config, deny_delete: true, max_msgs_per_subject: found.max_msgs_per_subject };
}

/**
 * nats-server deletes the oldest messages at once when a limit is lowered below what is stored, also with discard new. A limit that is
 * higher than wanted is lowered to what is stored and some more, never raised by it: each start would add to a full stream.
 */
export function withoutLoss(config: WantedStream, storedBytes: number, foundBytes: number): WantedStream {
  const slack = 64 * 2 ** 20;
  const kept = foundBytes > 0 ? Math.min(foundBytes, storedBytes + slack) : storedBytes + slack;
  return { ...config, max_bytes: Math.max(config.max_bytes, kept) };
}

/** `field: found, wanted` for each field that differs. */
export function differences(wanted: WantedStream, found: object): string[] {
  const actual = new Map(Object.entries(found));
  return Object.entries(wanted)
    .filter(([field, value]) => JSON.stringify(actual.get(field)) !== JSON.stringify(value))
    .map(([field, value]) => `${field}: ${JSON.stringify(actual.get(field))}, wanted ${JSON.stringify(value)}`);
}

/** Undefined when the server has no such stream. */
export async function findStream(jsm: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await jsm.streams.info(name);
  } catch (error) {
    const streamNotFound = 10059;
    if (error instanceof NatsError && error.api_error?.err_code === streamNotFound) return undefined;
    throw error;
  }
}
