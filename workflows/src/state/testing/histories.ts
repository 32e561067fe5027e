import type { DeskEvent } from '@deskwire/contracts/event';
import { ticketPriorities, ticketStatuses } from '@deskwire/contracts/event-ticket';
import fc from 'fast-check';
import type { TicketEvent, TicketEventBody } from '../ticket-event.ts';

export type TicketEnvelope = Extract<DeskEvent, { type: `ticket.${string}` }>;

/**
 * What integrations publish about one to four tickets around a change of daylight saving, in the order in which it
 * arrives: late, repeated, reordered, merged, deleted; several sources, and the same id in two of them.
 */
export const histories: fc.Arbitrary<TicketEnvelope[]> = fc
  .record({
    start: fc.constantFrom('2026-03-27T20:00Z', '2026-10-23T20:00Z', '2026-03-06T20:00Z', '2026-04-03T02:00Z'),
    tickets: fc.array(fc.record({ createdMin: minutes(), born: fc.boolean(), doings: doings() }), {
      minLength: 1,
      maxLength: 4,
    }),
  })
  .map(({ start, tickets }) =>
    arrivalsOf(tickets.flatMap((plan, i) => publish(plan, ticketNames[i] ?? ticketNames[0], Date.parse(start)))),
  );

/** Zones whose clocks change within these histories, or stand at odd offsets. */
export const historyZones = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'UTC',
] as const;

/** As the desk reads them from the stream; `sealed` is the personal part in the clear. */
export function toTicketEvents(envelopes: TicketEnvelope[], epoch = 1): TicketEvent[] {
  return envelopes.map((envelope, i) => ({
    position: { epoch, seq: i + 1, idx: 0 },
    id: envelope.id,
    source: envelope.source,
    time: utc(envelope.time),
    body: bodyOf(envelope),
  }));
}

/** No two snapshots of a ticket have the same order, of which the later one to come would count, and no message comes twice. */
export function distinctStates(events: TicketEvent[]): TicketEvent[] {
  const orders = new Set<string>();
  return events.filter(({ id, source, body }) => {
    if (id.endsWith('-b')) return false;
    if (body.type !== 'ticket.snapshot') return true;
    const { ticket_id, updated_at, source_version = -1 } = body.data;
    const order = `${source.split('/')[0]} ${ticket_id} ${updated_at} ${source_version}`;
    return !orders.has(order) && orders.add(order);
  });
}

function bodyOf(envelope: TicketEnvelope): TicketEventBody {
  switch (envelope.type) {
    case 'ticket.snapshot': {
      const { created_at, updated_at, subject, ...data } = envelope.data;
      const sealed = subject === undefined ? null : JSON.stringify({ subject });
      const times = { created_at: utc(created_at), updated_at: utc(updated_at) };
      return { type: envelope.type, data: { ...data, ...times }, sealed };
    }
    case 'ticket.message':
      return { type: envelope.type, data: { ...envelope.data, created_at: utc(envelope.data.created_at) } };
    case 'ticket.rating':
      return { type: envelope.type, data: { ...envelope.data, rated_at: utc(envelope.data.rated_at) } };
    case 'ticket.deleted':
      return { type: envelope.type, data: { ticket_id: envelope.data.ticket_id } };
  }
  return envelope satisfies never;
}

function utc(time: string): string {
  return new Date(time).toISOString();
}

interface TicketName {
  segment: string;
  ticketId: string;
}
const ticketNames = [
  { segment: 'zendesk', ticketId: '7' },
  { segment: 'freshdesk', ticketId: '7' },
  { segment: 'zendesk', ticketId: 'a b.*>/~' },
  { segment: 'freshdesk', ticketId: '票😀.é' },
] as const;

function minutes() {
  return fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 7_200 }) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 40 }).map((step) => step * 180) },
    { weight: 1, arbitrary: fc.integer({ min: -300, max: 0 }) },
  );
}

/** What happens to a ticket `afterMin` its creation, and how its event travels. */
type Doing = ReturnType<typeof doing> extends fc.Arbitrary<infer T> ? T : never;

function doings() {
  return fc.array(doing(), { maxLength: 16, size: 'max' });
}

function doing() {
  const face = {
    status: fc.constantFrom(...ticketStatuses, 'open', 'solved'),
    priority: maybe(fc.constantFrom(...ticketPriorities)),
    team: maybe(fc.constantFrom('Billing', 'Group 70', 'group-70', '組')),
    assignee: maybe(fc.constantFrom('ann', 'bob')),
    channel: maybe(fc.constantFrom('email', 'web')),
    customer_id: maybe(fc.constantFrom('c1', 'c2')),
    tags: maybe(fc.subarray(['vip', 'refund'])),
    subject: maybe(fc.constantFrom('Help', 'Hello')),
    source_version: maybe(fc.integer({ min: 0, max: 3 })),
    merged_into: seldom(fc.constant('1')),
  };
  return fc.record({
    afterMin: minutes(),
    what: fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('snapshot'), ...face }) },
      {
        weight: 9,
        arbitrary: fc.record({
          kind: fc.constant('message'),
          author: fc.constantFrom('agent', 'customer', 'agent', 'customer', 'system'),
          public: fc.constantFrom(true, true, true, false),
        }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('rating'), score: fc.integer({ min: 1, max: 5 }) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('deleted') }) },
    ),
    travel: fc.record({
      lateMin: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(6_000) }),
      /** The same event once more, so much later. */
      againMin: seldom(fc.nat(3_000)),
      /** Under another event id: a message is known by its own id. */
      anotherId: fc.boolean(),
      instance: fc.constantFrom('/acme', '/acme', '/acme', '/east', ''),
      written: fc.constantFrom('utc', 'utc', 'seconds', 'offset'),
    }),
  });
}

function maybe<T>(arbitrary: fc.Arbitrary<T>) {
  return fc.option(arbitrary, { nil: undefined, freq: 3 });
}

/** Once in sixteen. */
function seldom<T>(arbitrary: fc.Arbitrary<T>) {
  return fc.oneof({ weight: 15, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

interface Arrival {
  atMs: number;
  envelope: TicketEnvelope;
}

function publish(
  plan: { createdMin: number; born: boolean; doings: Doing[] },
  name: TicketName,
  startMs: number,
): Arrival[] {
  const createdMs = startMs + plan.createdMin * 60_000;
  const birth: Doing = {
    afterMin: 0,
    what: { kind: 'snapshot', status: 'new', channel: 'email', team: 'Billing', ...noFace },
    travel: { lateMin: 0, againMin: undefined, anotherId: false, instance: '/acme', written: 'utc' },
  };
  return (plan.born ? [birth, ...plan.doings] : plan.doings).flatMap((done, i) => {
    const { lateMin, againMin, anotherId } = done.travel;
    const envelope = envelopeOf(done, `${i}`, name, createdMs);
    const atMs = createdMs + (done.afterMin + lateMin) * 60_000;
    const first = { atMs, envelope };
    if (againMin === undefined) return [first];
    return [
      first,
      { atMs: atMs + againMin * 60_000, envelope: { ...envelope, id: `${envelope.id}${anotherId ? '-b' : ''}` } },
    ];
  });
}

const noFace = {
  ...{ priority: undefined, assignee: undefined, customer_id: undefined, tags: undefined, subject: undefined },
  ...{ source_version: undefined, merged_into: undefined },
};

function envelopeOf(
  { afterMin, what, travel }: Doing,
  id: string,
  name: TicketName,
  createdMs: number,
): TicketEnvelope {
  const { segment, ticketId: ticket_id } = name;
  const time = write(createdMs + afterMin * 60_000, travel.written);
  const source = `${segment}${travel.instance}`;
  const envelope = { specversion: '1.0' as const, id: `${ticket_id}-${id}`, source, time };
  switch (what.kind) {
    case 'snapshot': {
      const { kind, ...said } = what;
      const data = { ticket_id, created_at: write(createdMs, travel.written), updated_at: time, ...said };
      return { ...envelope, type: `ticket.${kind}`, data };
    }
    case 'message': {
      const { author } = what;
      const data = { ticket_id, message_id: `m${id}`, author, public: what.public, created_at: time };
      return { ...envelope, type: 'ticket.message', data };
    }
    case 'rating':
      return { ...envelope, type: 'ticket.rating', data: { ticket_id, score: what.score, rated_at: time } };
    case 'deleted':
      return { ...envelope, type: 'ticket.deleted', data: { ticket_id } };
  }
  return what satisfies never;
}

/** RFC 3339 as different sources write it. */
function write(ms: number, how: 'utc' | 'seconds' | 'offset'): string {
  if (how === 'offset') return new Date(ms + 5.5 * 3_600_000).toISOString().replace('Z', '+05:30');
  const text = new Date(ms).toISOString();
  return how === 'seconds' ? text.replace('.000Z', 'Z') : text;
}

function arrivalsOf(arrivals: Arrival[]): TicketEnvelope[] {
  return arrivals.toSorted((a, b) => a.atMs - b.atMs).map(({ envelope }) => dropUnset(envelope));
}

/** As JSON carries it: what is undefined is not there. */
function dropUnset<T extends { data: object }>(envelope: T): T {
  const data = { ...envelope.data };
  for (const [key, value] of Object.entries(data)) if (value === undefined) Reflect.deleteProperty(data, key);
  return { ...envelope, data };
}
