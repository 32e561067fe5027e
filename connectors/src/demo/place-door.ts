import { demoCursorKey, type DemoSource } from '@deskwire/contracts/demo';
import { streams, subjects } from '@deskwire/contracts/subjects';
import { NatsError, type JetStreamManager, type KV } from 'nats';
import { z } from 'zod';

/** How far a source has come: the last message that was sent, and how many events were, it included. */
const sentPlace = z.object({
  sendAtMs: z.number(),
  key: z.string(),
  sentCount: z.number().int().nonnegative(),
});
export type SentPlace = z.infer<typeof sentPlace>;

/** Header of every message of the demo: the stream itself says how far it has come, and a crash can take nothing from it. */
export const placeHeader = 'Deskwire-Demo-Place';

/** The place of the source's newest stored message; where the stream has none, the last one that was noted; else undefined. */
export async function readPlace(
  jsm: JetStreamManager,
  cursors: KV,
  source: DemoSource,
): Promise<SentPlace | undefined> {
  const stored = await newestHeader(jsm, source);
  if (stored !== undefined) return stored;
  const noted = await cursors.get(demoCursorKey(source));
  return noted?.operation === 'PUT' ? sentPlace.safeParse(noted.json()).data : undefined;
}

/** Messages expire after a week: what is noted here outlives them. */
export async function notePlace(cursors: KV, source: DemoSource, place: SentPlace): Promise<void> {
  await cursors.put(demoCursorKey(source), JSON.stringify(place));
}

async function newestHeader(jsm: JetStreamManager, source: DemoSource): Promise<SentPlace | undefined> {
  try {
    const message = await jsm.streams.getMessage(streams.events, { last_by_subj: subjects.eventsOf(source) });
    const text = message.header.get(placeHeader);
    return text === '' ? undefined : sentPlace.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === messageNotFound) return undefined;
    throw error;
  }
}

const messageNotFound = 10037;
