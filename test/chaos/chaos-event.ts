import { subjects } from '@deskwire/contracts/subjects';
import { segmentOf } from '@deskwire/contracts/desk-id';

export const sources = ['zendesk/acme', 'hubspot/eu'] as const;

/** Event `n` of the run: its number says source and id, so the publisher's list is one byte an event. Both sources use the same ids. */
export const identityOf = (n: number) => ({ source: sources[n % 2 === 0 ? 0 : 1], id: `c${n >>> 1}` });

/** What is sent of event `n`. `other` is the same identity with other content, `bad` an event that has to be rejected. */
export type Variant = 'good' | 'other' | 'bad';

const startedAtMs = Date.UTC(2026, 0, 1);

/** The same bytes each time it is asked for: a copy that is published again is the same event. */
function chaosEvent(n: number, variant: Variant): object {
  const { source, id } = identityOf(n);
  const time = new Date(startedAtMs + n).toISOString();
  const ticket_id = `T${n % 5_000}`;
  const envelope = { specversion: '1.0', source, id: variant === 'bad' ? `bad-${n}` : id, time };
  if (n % 4 === 3)
    return {
      ...{ ...envelope, type: 'ticket.message' },
      data: {
        ...{
          ticket_id,
          message_id: `m${n}`,
          author: 'customer',
          public: variant !== 'bad' || 'perhaps',
          created_at: time,
        },
        body: variant === 'other' ? `again, and otherwise: ${n}` : `printer ${n} is on fire again, please help`,
      },
    };
  return {
    ...{ ...envelope, type: 'ticket.snapshot' },
    data: {
      ...{
        ticket_id,
        created_at: time,
        updated_at: time,
        source_version: n,
        team: `Group ${n % 70}`,
        priority: 'normal',
      },
      status: variant === 'bad' ? 'exploded' : variant === 'other' ? 'solved' : 'open',
      ...(n % 10 === 0 ? { subject: `fire ${n}`, requester: { name: `Ada ${n}`, email: `ada${n}@example.com` } } : {}),
    },
  };
}

/** One message of the stream, and the events in it. */
export interface ChaosMessage {
  subject: string;
  bytes: Buffer;
  events: { n: number; variant: Variant }[];
}

/** A single event, or an array of several of one source. */
export function chaosMessage(events: ChaosMessage['events']): ChaosMessage {
  const [first] = events;
  if (first === undefined) throw new RangeError('a message holds at least one event');
  const segment = segmentOf(identityOf(first.n).source);
  const written = events.map(({ n, variant }) => chaosEvent(n, variant));
  const subject =
    written.length > 1
      ? subjects.batch(segment)
      : subjects.event(segment, first.n % 4 === 3 ? 'ticket.message' : 'ticket.snapshot');
  return { subject, bytes: Buffer.from(JSON.stringify(written.length > 1 ? written : written[0])), events };
}
