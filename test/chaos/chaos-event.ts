import { subjects } from '@deskwire/contracts/subjects';
import { segmentOf } from '@deskwire/contracts/desk-id';

export const sources = ['zendesk/acme', 'hubspot/eu'] as const;

/** Event `n` of the run: its number says source and id, so the publisher's list is one byte an event. Both sources use the same ids. */
export const identityOf = (n: number) => ({ source: sources[n % 2 === 0 ? 0 : 1], id: `c${n >>> 1}` });

/** What is sent of event `n`. `other` is the same identity with other content, `bad` an event that has to be rejected. */
export type Variant = 'good' | 'other' | 'bad';

const startedAtMs = Date.UTC(2026, 0, 1);
const timeOf = (n: number) => new Date(startedAtMs + n).toISOString();

const kinds = [
  ...['ticket.snapshot', 'ticket.message', 'customer.snapshot', 'ticket.snapshot', 'ticket.message'],
  ...['interaction.logged', 'ticket.snapshot', 'ticket.message', 'ticket.rating', 'ticket.snapshot'],
] as const;

/** Both sources send each kind: what the desk does is tickets, conversations, profiles and persons. */
export const kindOf = (n: number): (typeof kinds)[number] => kinds[(n >>> 1) % kinds.length] ?? 'ticket.snapshot';

/** The number of an event's customer at its source: a new one every 80 events, who comes back 400,000 events later. */
export const customerOf = (n: number) => Math.floor(n / 80) % 5_000;

/** Shared by ten customers of each source, who are one person. */
const mailOf = (customer: number) => `person${customer % 500}@example.com`;

/** `updated_at` of a snapshot, `occurred_at` of an interaction, as the desk keeps it. */
export const happenedAt = timeOf;

/** The same bytes each time it is asked for: a copy that is published again is the same event. */
function chaosEvent(n: number, variant: Variant): object {
  const { source, id } = identityOf(n);
  const time = timeOf(n);
  const type = kindOf(n);
  const data = dataOf(n, variant, time);
  return { specversion: '1.0', source, id: variant === 'bad' ? `bad-${n}` : id, time, type, data };
}

function dataOf(n: number, variant: Variant, time: string): object {
  const [bad, other] = [variant === 'bad', variant === 'other'];
  const ticket_id = `T${n % 4_999}`;
  const customer_id = `C${customerOf(n)}`;
  switch (kindOf(n)) {
    case 'ticket.snapshot':
      return {
        ...{ ticket_id, created_at: time, updated_at: time, source_version: n, team: `Group ${n % 70}` },
        ...{ priority: 'normal', customer_id, status: bad ? 'exploded' : other ? 'solved' : 'open' },
        ...(n % 10 === 0
          ? { subject: `fire ${n}`, requester: { name: `Ada ${n}`, email: `ada${n}@example.com` } }
          : {}),
      };
    case 'ticket.message':
      return {
        ...{ ticket_id, message_id: `m${n}`, author: 'customer', public: bad ? 'perhaps' : true, created_at: time },
        body: other ? `again, and otherwise: ${n}` : `printer ${n} is on fire again, please help`,
      };
    case 'ticket.rating':
      return { ticket_id, score: bad ? 9 : 1 + (n % 5), rated_at: time, comment: other ? 'otherwise' : `as ${n} goes` };
    case 'customer.snapshot':
      return {
        ...{ customer_id, email: mailOf(customerOf(n)), email_verified: true, name: `Ada ${customerOf(n)}` },
        ...{ tier: other ? 'gold' : 'plain', updated_at: bad ? 'yesterday' : time },
      };
    case 'interaction.logged':
      return { customer_id, kind: other ? 'visit' : 'call', occurred_at: bad ? 'yesterday' : time };
  }
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
  const subject = written.length > 1 ? subjects.batch(segment) : subjects.event(segment, kindOf(first.n));
  return { subject, bytes: Buffer.from(JSON.stringify(written.length > 1 ? written : written[0])), events };
}
