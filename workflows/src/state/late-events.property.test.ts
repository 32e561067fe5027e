import fc from 'fast-check';
import { expect, it } from 'vitest';
import { defaultBusinessHours } from './business-time.ts';
import { distinctStates, histories, toTicketEvents } from './testing/histories.ts';
import { naiveTickets, noBounds, type NaiveDimensions, type NaiveTicket } from './testing/naive-ticket.ts';
import { rounded, runDesk, toldBy, type Version } from './testing/told-ticket.ts';
import type { TicketEvent } from './ticket-event.ts';

const hours = defaultBusinessHours('UTC');

it('tells what is true of events that come in the order of their times, and calls nothing late', () => {
  fc.assert(
    fc.property(histories, (envelopes) => {
      const events = apart(distinctStates(toTicketEvents(envelopes))).toSorted(byTime);
      for (const versions of runDesk(renumbered(events)).values()) {
        // More than one change can tell at once, or a ticket remember that no snapshot has named.
        const unknown = versions.filter(({ known }) => !known);
        if (unknown.some(({ waiting }) => waiting.length > 2)) continue;
        if (unknown.filter(({ change }) => change.kind === 'deletion').length > 1) continue;
        expect(versions.map(({ change }) => change.late_at)).toEqual(versions.map(() => null));
        expect(untrue(versions, events)).toEqual([]);
      }
    }),
    { numRuns: 400 },
  );
}, 30_000);

it.each(['as they came', 'shuffled'])(
  'tells nothing that is not true and is not called late, of events %s',
  (how) => {
    const deliveries = histories.chain((envelopes) => {
      const events = recreated(apart(distinctStates(toTicketEvents(envelopes))));
      if (how !== 'shuffled') return events;
      return events.chain((all) => fc.shuffledSubarray(all, { minLength: all.length }));
    });
    fc.assert(
      fc.property(deliveries, (events) => {
        for (const versions of runDesk(renumbered(events)).values()) {
          const late = versions.flatMap(({ change: { late_at, late_until } }) =>
            late_at === null ? [] : [{ from: Date.parse(late_at), until: Date.parse(late_until ?? late_at) }],
          );
          const silent = untrue(versions, events).filter(
            ({ at }) => !late.some(({ from, until }) => at >= from && at <= until),
          );
          expect(silent).toEqual([]);
        }
      }),
      { numRuns: 600 },
    );
  },
  60_000,
);

function renumbered(events: TicketEvent[]): TicketEvent[] {
  return events.map((event, i) => ({ ...event, position: { epoch: 1, seq: i + 1, idx: 0 } }));
}

/** Each event once, and one ms further: of one instant the stream's order counts, and these come in another. */
function apart(events: TicketEvent[]): TicketEvent[] {
  const once = new Map(events.toReversed().map((event) => [`${event.source} ${event.id}`, event]));
  return [...once.values()].toReversed().map((event, i) => {
    const later = (time: string) => new Date(Date.parse(time) + i).toISOString();
    const { body } = event;
    switch (body.type) {
      case 'ticket.snapshot':
        return { ...event, body: { ...body, data: { ...body.data, updated_at: later(body.data.updated_at) } } };
      case 'ticket.message':
        return { ...event, body: { ...body, data: { ...body.data, created_at: later(body.data.created_at) } } };
      case 'ticket.rating':
        return { ...event, body: { ...body, data: { ...body.data, rated_at: later(body.data.rated_at) } } };
      case 'ticket.deleted':
        return { ...event, time: later(event.time) };
    }
    return body satisfies never;
  });
}

/** Some snapshots say that the ticket was created at another time. */
function recreated(events: TicketEvent[]): fc.Arbitrary<TicketEvent[]> {
  const movesMin = fc.constantFrom(0, 0, 0, 0, -2_000, -90, 90, 2_000);
  return fc
    .array(movesMin, { minLength: events.length, maxLength: events.length })
    .map((moves) =>
      events.map((event, i) => bornAt(event, (created_at) => Date.parse(created_at) + (moves[i] ?? 0) * 60_000)),
    );
}

/** Every snapshot of a ticket says when it was created as its newest one does. */
function bornAsNewest(events: TicketEvent[]): TicketEvent[] {
  const idOf = ({ source, body }: TicketEvent) => `${source.split('/')[0]} ${body.data.ticket_id}`;
  const born = new Map<string, string>();
  for (const event of events.toSorted(byTime))
    if (event.body.type === 'ticket.snapshot') born.set(idOf(event), event.body.data.created_at);
  return events.map((event) => bornAt(event, (created_at) => Date.parse(born.get(idOf(event)) ?? created_at)));
}

function bornAt(event: TicketEvent, creation: (created_at: string) => number): TicketEvent {
  const { body } = event;
  if (body.type !== 'ticket.snapshot') return event;
  const created_at = new Date(creation(body.data.created_at)).toISOString();
  return { ...event, body: { ...body, data: { ...body.data, created_at } } };
}

const byTime = (a: TicketEvent, b: TicketEvent) => timeOf(a) - timeOf(b);

function timeOf({ body, time }: TicketEvent): number {
  if (body.type === 'ticket.snapshot') return Date.parse(body.data.updated_at);
  if (body.type === 'ticket.message') return Date.parse(body.data.created_at);
  return Date.parse(body.type === 'ticket.rating' ? body.data.rated_at : time);
}

/** Instants at which what the changes tell is not what is true, that is: what they tell of all events in the order of their times. */
function untrue(versions: Version[], events: TicketEvent[]): { what: string; at: number }[] {
  const told = toldBy(versions);
  if (told === undefined) return [];
  const truth = naiveTickets(bornAsNewest(events).toSorted(byTime), hours, noBounds).map(rounded);
  const own = truth.find(({ id }) => id === told.id);
  if (own === undefined) throw new Error(`nothing is true of ${told.id}`);
  return [
    ...difference(factsOf(told), factsOf(own)),
    ...difference(factsOf(own), factsOf(told)),
    ...wrongStates(told, own),
    // Nobody rates a ticket before it is there.
  ].filter(({ what, at }) => what !== 'rating' || at >= own.created.at);
}

interface Fact {
  what: string;
  at: number;
  says: string;
}

/** Everything that counts at an instant, with the dimensions it counts under. A ticket's instance stays that which was heard first. */
function factsOf(ticket: NaiveTicket): Fact[] {
  const { created, solves, reopenings, firstReply, nextReplies, firstResolution, ratings } = ticket;
  const facts = (what: string, all: { at: number; dimensions: NaiveDimensions }[]) =>
    all.map(({ at, dimensions, ...more }) => ({
      what,
      at,
      says: JSON.stringify([{ ...dimensions, source: '' }, more]),
    }));
  return [
    ...facts('creation', [created]),
    ...facts('solve', solves),
    ...facts('reopening', reopenings),
    ...facts('first reply', firstReply === undefined ? [] : [firstReply]),
    ...facts('next reply', nextReplies),
    ...facts('first resolution', firstResolution === undefined ? [] : [firstResolution]),
    ...facts('rating', ratings),
  ];
}

/** Those of `these` that `others` do not have, or not as often. */
function difference(these: Fact[], others: Fact[]): Fact[] {
  const left = [...others];
  return these.filter(({ what, at, says }) => {
    const place = left.findIndex((other) => other.what === what && other.at === at && other.says === says);
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  });
}

/** Both ends of every stretch over which the ticket does not count in the backlog as it should. */
function wrongStates(told: NaiveTicket, truth: NaiveTicket): Fact[] {
  const turns = [
    ...new Set([told, truth].flatMap(({ created, states }) => [created.at, ...states.map(({ at }) => at)])),
  ];
  turns.sort((a, b) => a - b);
  return turns.flatMap((at, i) => {
    const [said, is] = [backlogAt(told, at), backlogAt(truth, at)];
    const end = turns[i + 1];
    if (said === is) return [];
    const fact = { what: 'state', says: `${said}, not ${is}` };
    return [{ ...fact, at }, ...(end === undefined ? [] : [{ ...fact, at: end - 1 }])];
  });
}

function backlogAt({ created, states }: NaiveTicket, at: number): string {
  if (at < created.at) return '';
  const { open, dimensions } = states.findLast((state) => state.at <= at) ?? { open: true, ...created };
  return open ? JSON.stringify({ ...dimensions, source: '' }) : '';
}
