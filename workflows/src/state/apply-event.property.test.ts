import { ticket as ticketSchema } from '@deskwire/contracts/ticket';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyEvent } from './apply-event.ts';
import { createBusinessCalendar, defaultBusinessHours } from './business-time.ts';
import { distinctStates, histories, historyZones, toTicketEvents } from './testing/histories.ts';
import { naiveTickets } from './testing/naive-ticket.ts';
import { rounded, runDesk, toldBy } from './testing/told-ticket.ts';
import type { TicketEvent } from './ticket-event.ts';

const floor = { epoch: 0, seq: 0, at: '2026-01-01T00:00:00.000Z' };
const calendar = createBusinessCalendar(defaultBusinessHours('UTC'));

it('tells in its changes what a naive model finds in the events', () => {
  fc.assert(
    fc.property(histories, fc.constantFrom(...historyZones), (envelopes, zone) => {
      const events = toTicketEvents(envelopes);
      const told = [...runDesk(events, zone).values()].flatMap((versions) => toldBy(versions) ?? []);
      expect(told).toEqual(naiveTickets(events, defaultBusinessHours(zone)).map(rounded));
    }),
    { numRuns: 400 },
  );
}, 30_000);

it('keeps versions 1..n of valid states, each with the change from the one before', () => {
  fc.assert(
    fc.property(histories, (envelopes) => {
      for (const versions of runDesk(toTicketEvents(envelopes)).values())
        versions.forEach((version, i) => {
          expect(ticketSchema.parse({ ...version, floor })).toEqual({ ...version, floor });
          expect(version.version).toBe(i + 1);
          const earlier = versions[i - 1]?.change;
          const { created, before, open_before } = version.change;
          expect(before).toEqual(created ? null : (earlier?.after ?? null));
          expect(open_before).toBe(created || (earlier?.open_after ?? false));
          if (version.change.solved) expect([open_before, version.change.open_after]).toEqual([true, false]);
          if (version.change.reopened) expect([open_before, version.change.open_after]).toEqual([false, true]);
        });
    }),
    { numRuns: 150 },
  );
}, 30_000);

it('changes nothing when any part of the past is delivered again', () => {
  fc.assert(
    fc.property(histories, fc.nat(), (envelopes, cut) => {
      const events = toTicketEvents(envelopes);
      const feed = runDesk(events);
      for (const event of events.slice(0, (cut % events.length) + 1)) {
        const id = `${event.source.split('/')[0] ?? ''}~${event.body.data.ticket_id}`;
        expect(applyEvent(feed.get(id)?.at(-1), event, calendar)).not.toHaveProperty('ticket');
      }
      // A stream that was made again brings the same events at new positions.
      expect(runDesk([...events, ...toTicketEvents(envelopes, 2)])).toEqual(feed);
    }),
    { numRuns: 150 },
  );
}, 30_000);

it('ends in the same tickets whatever the order in which the events of all of them and of their sources come', () => {
  const shuffled = histories.chain((envelopes) => {
    const events = contradictory(distinctStates(toTicketEvents(envelopes)));
    return fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length }));
  });
  fc.assert(
    fc.property(shuffled, ([events, others]) => {
      const delivered = others.map((event, i) => ({ ...event, position: { epoch: 1, seq: i + 1, idx: 0 } }));
      expect(finals(delivered)).toEqual(finals(events));
    }),
    { numRuns: 400 },
  );
}, 30_000);

/** Some snapshots contradict the others about when the ticket was created. */
function contradictory(events: TicketEvent[]): TicketEvent[] {
  return events.map((event, i) => {
    const { body } = event;
    if (body.type !== 'ticket.snapshot') return event;
    const created_at = new Date(Date.parse(body.data.created_at) - (i % 3) * 60_000).toISOString();
    return { ...event, body: { ...body, data: { ...body.data, created_at } } };
  });
}

/** What a ticket is in the end. Not its source's instance: under the one that was heard first it was counted, and stays. */
function finals(events: TicketEvent[]) {
  const tickets = [...runDesk(events)].map(([id, versions]) => {
    const last = versions.at(-1) ?? fallen();
    const { known, status, priority, team, team_name, assignee, updated_at, source_version } = last;
    const { channel, customer_id, tags, sealed, created_at, deleted_at, merged_into, newest_at, version } = last;
    return [
      id,
      {
        ...{ known, status, priority, team, team_name, assignee, updated_at, source_version, deleted_at, merged_into },
        ...{ channel, customer_id, tags, sealed, created_at, newest_at, version },
      },
    ] as const;
  });
  return Object.fromEntries(tickets);
}

function fallen(): never {
  throw new Error('a ticket without a version');
}
