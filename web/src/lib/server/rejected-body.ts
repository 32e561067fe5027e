import type { RejectedBody, RejectedEvent, RejectedPlace } from '@deskwire/contracts/rejected';
import { streams, subjects } from '@deskwire/contracts/subjects';
import { quarantineKey, type KeyName } from '@deskwire/vault/key-name';
import { NatsError, type JetStreamManager } from 'nats';
import type { UnsealedBytes } from './vault-door';

/** Bytes are kept so long (supervisor/src/streams.ts). */
const keptMs = 30 * 86_400_000;
/** Longer texts are shown as they came: written on many lines they could be too long to be sent. */
const prettyMax = 65_536;

/** Reads one rejected event's bytes from QUARANTINE. Rejects as NATS does. `now`: Unix ms. */
export async function readRejectedBody(
  { jsm, open }: { jsm: JetStreamManager; open: (name: KeyName, sealed: Uint8Array) => Promise<UnsealedBytes> },
  { place, event, now }: { place: RejectedPlace; event: Pick<RejectedEvent, 'received_at'>; now: number },
): Promise<RejectedBody> {
  const subject = subjects.quarantine(place.stream, place.epoch, place.seq, place.idx);
  const message = await jsm.streams.getMessage(streams.quarantine, { last_by_subj: subject }).catch(undefinedWhenGone);
  if (message === undefined) {
    const age = now - Date.parse(event.received_at);
    return { state: 'gone', why: age >= keptMs ? 'expired' : 'absent' };
  }
  const opened = await open(quarantineKey(event.received_at.slice(0, 10)), message.data);
  if ('hidden' in opened) return { state: 'gone', why: opened.hidden };
  const text = opened.bytes.toString('utf8');
  return {
    state: 'shown',
    text: pretty(text),
    detail: message.header.get('Deskwire-Detail'),
    size_bytes: opened.bytes.byteLength,
    readable: Buffer.from(text, 'utf8').equals(opened.bytes),
  };
}

/** On several lines, unless that would change what it says: long numbers, a key that stands twice. */
function pretty(text: string): string {
  if (text.length > prettyMax) return text;
  try {
    const json: unknown = JSON.parse(text);
    return JSON.stringify(json) === text ? JSON.stringify(json, null, 2) : text;
  } catch {
    return text; // No JSON: shown as it is.
  }
}

function undefinedWhenGone(error: unknown): undefined {
  if (error instanceof NatsError && error.api_error?.code === 404) return undefined;
  throw error;
}
