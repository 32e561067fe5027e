import { deskId } from '@deskwire/contracts/desk-id';
import type { SnapshotOrder, TicketFacts } from '@deskwire/contracts/ticket';
import { isBefore } from './event-time.ts';
import type { SnapshotData } from './ticket-event.ts';
import type { TicketState } from './ticket-state.ts';

/** Whether a snapshot stands below another: by `updated_at`, then `source_version`; without one it is the lowest. */
export function isLower(a: SnapshotOrder, b: SnapshotOrder): boolean {
  if (a.updated_at !== b.updated_at) return isBefore(a.updated_at, b.updated_at);
  return (a.source_version ?? -1) < (b.source_version ?? -1);
}

/** What a snapshot says about the facts; null where it says nothing. */
export function namedFacts(source: string, data: SnapshotData, sealed: string | null): TicketFacts {
  return {
    channel: data.channel ?? null,
    customer_id: data.customer_id === undefined ? null : deskId(source, data.customer_id),
    tags: data.tags === undefined ? null : boundTags(data.tags),
    sealed,
  };
}

const tagsMax = 32;
const tagCharsMax = 64;
const tagBytesMax = 1_024;

/** The first ones, as many as are allowed and fit: a state stays small whatever its source writes. */
function boundTags(tags: string[]): string[] {
  let sizeBytes = 0;
  const short = tags.slice(0, tagsMax).map((tag) => cut(tag, tagCharsMax));
  return short.filter((tag) => (sizeBytes += Buffer.byteLength(tag)) <= tagBytesMax);
}

/** Never between the two halves of a character. */
function cut(text: string, charsMax: number): string {
  return text.slice(0, charsMax).replace(/[\uD800-\uDBFF]$/, '');
}

/** Each fact comes from the highest snapshot that names it, in whatever order they come. */
export function mergeFacts(
  state: TicketState,
  named: TicketFacts,
  order: SnapshotOrder,
): Pick<TicketState, keyof TicketFacts | 'facts_from'> {
  const from = { updated_at: state.updated_at, source_version: state.source_version };
  const newest = !state.known || !isLower(order, from);
  const facts_from: TicketState['facts_from'] = {};

  function pick<T>(fact: keyof TicketFacts, known: T | null, said: T | null): T | null {
    const knownFrom = state.facts_from[fact] ?? from;
    const takes = said !== null && (newest || known === null || !isLower(order, knownFrom));
    if (takes && newest) return said;
    if (takes) facts_from[fact] = order;
    // What is kept stays where it came from; that is written down once the newest snapshot is another one.
    else if (known !== null && (newest || state.facts_from[fact] !== undefined)) facts_from[fact] = knownFrom;
    return takes ? said : known;
  }

  return {
    channel: pick('channel', state.channel, named.channel),
    customer_id: pick('customer_id', state.customer_id, named.customer_id),
    tags: pick('tags', state.tags, named.tags),
    sealed: pick('sealed', state.sealed, named.sealed),
    facts_from,
  };
}
