import type { Ticket } from '@deskwire/contracts/ticket';
import { ticket as ticketSchema } from '@deskwire/contracts/ticket';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyEvent, type Applied } from './apply-event.ts';
import { createBusinessCalendar, defaultBusinessHours } from './business-time.ts';
import { histories, historyZones, toTicketEvents } from './testing/histories.ts';
import {
  naiveTickets,
  type NaiveDimensions,
  type NaiveDuration,
  type NaiveSolve,
  type NaiveTicket,
} from './testing/naive-ticket.ts';
import type { TicketEvent } from './ticket-event.ts';

type Version = Extract<Applied, { ticket: unknown }>['ticket'];
const floor = { epoch: 0, seq: 0, at: '2026-01-01T00:00:00.000Z' };
const calendar = createBusinessCalendar(defaultBusinessHours('UTC'));

/** Every version of every ticket, in order. */
function run(events: TicketEvent[], zone = 'UTC'): Map<string, Version[]> {
  const hours = createBusinessCalendar(defaultBusinessHours(zone));
  const feed = new Map<string, Version[]>();
  for (const event of events) {
    const id = `${event.source.split('/')[0] ?? ''}~${event.body.data.ticket_id}`;
    const versions = feed.get(id) ?? [];
    const applied = applyEvent(versions.at(-1), event, hours);
    if (applied.outcome === 'applied' || applied.outcome === 'late') feed.set(id, [...versions, applied.ticket]);
  }
  return feed;
}

it('tells in its changes what a naive model finds in the events', () => {
  fc.assert(
    fc.property(histories, fc.constantFrom(...historyZones), (envelopes, zone) => {
      const events = toTicketEvents(envelopes);
      const told = [...run(events, zone).values()].flatMap((versions) => toldBy(versions) ?? []);
      expect(told).toEqual(naiveTickets(events, defaultBusinessHours(zone)).map(rounded));
    }),
    { numRuns: 400 },
  );
}, 30_000);

it('keeps versions 1..n of valid states, each with the change from the one before', () => {
  fc.assert(
    fc.property(histories, (envelopes) => {
      for (const versions of run(toTicketEvents(envelopes)).values())
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
      const feed = run(events);
      for (const event of events.slice(0, (cut % events.length) + 1)) {
        const id = `${event.source.split('/')[0] ?? ''}~${event.body.data.ticket_id}`;
        expect(applyEvent(feed.get(id)?.at(-1), event, calendar)).not.toHaveProperty('ticket');
      }
      // A stream that was made again brings the same events at new positions.
      expect(run([...events, ...toTicketEvents(envelopes, 2)])).toEqual(feed);
    }),
    { numRuns: 150 },
  );
}, 30_000);

it('ends in the same tickets whatever the order in which the events of all of them and of their sources come', () => {
  const shuffled = histories.chain((envelopes) => {
    const events = distinctStates(toTicketEvents(envelopes));
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

/** No two snapshots of a ticket have the same order; some contradict the others about when it was created. */
function distinctStates(events: TicketEvent[]): TicketEvent[] {
  const orders = new Set<string>();
  return events.flatMap((event, i) => {
    const { id, source, body } = event;
    if (id.endsWith('-b')) return [];
    if (body.type !== 'ticket.snapshot') return [event];
    const { ticket_id, created_at, updated_at, source_version = -1 } = body.data;
    const order = `${source.split('/')[0]} ${ticket_id} ${updated_at} ${source_version}`;
    if (orders.has(order)) return [];
    orders.add(order);
    const earlier = new Date(Date.parse(created_at) - (i % 3) * 60_000).toISOString();
    return [{ ...event, body: { ...body, data: { ...body.data, created_at: earlier } } }];
  });
}

/** What a ticket is in the end. Not its source's instance: under the one that was heard first it was counted, and stays. */
function finals(events: TicketEvent[]) {
  const tickets = [...run(events)].map(([id, versions]) => {
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

/** The model's shape, read from the changes alone. */
function toldBy(versions: Version[]): NaiveTicket | undefined {
  const birth = versions.find(({ change }) => change.created);
  if (birth === undefined) return undefined;
  const ticket: NaiveTicket = {
    id: birth.id,
    created: { at: Date.parse(birth.created_at), dimensions: dimensionsOf(birth) },
    ...{ states: [], solves: [], reopenings: [], nextReplies: [], ratings: [] },
    ...{ firstReply: undefined, firstResolution: undefined },
  };
  let standing: NaiveSolve | undefined;
  for (const version of versions) {
    const { change } = version;
    const dimensions = dimensionsOf(version);
    const { first_reply, next_reply, first_resolution, solve, ratings = [] } = change.measures;
    const settled = (one: { at: string; s: number; business_s: number }) => ({
      ...{ at: Date.parse(one.at), dimensions, calendar: one.s, business: one.business_s },
    });
    if (first_reply !== undefined) ticket.firstReply = settled(first_reply);
    if (next_reply !== undefined) ticket.nextReplies.push(settled(next_reply));
    if (first_resolution !== undefined) ticket.firstResolution = settled(first_resolution);
    for (const { at, score } of ratings) ticket.ratings.push({ at: Date.parse(at), dimensions, score });
    if (change.solved && solve !== undefined) {
      standing = {
        ...{ at: Date.parse(solve.at), dimensions, resolution: durationOf(solve.resolution) },
        ...{
          requesterWait: durationOf(solve.requester_wait),
          agentReplies: solve.agent_replies,
          reopenedAt: undefined,
        },
      };
      ticket.solves.push(standing);
    } else if (solve !== undefined && standing !== undefined) {
      // Given again: only the replies may differ.
      expect({ ...standing, agentReplies: 0 }).toMatchObject({
        ...{ at: Date.parse(solve.at), resolution: durationOf(solve.resolution) },
        requesterWait: durationOf(solve.requester_wait),
      });
      standing.agentReplies = solve.agent_replies;
    }
    if (change.reopened) {
      const at = Date.parse(change.at);
      if (standing !== undefined && change.measures.reopened_solve_at !== undefined) {
        expect(Date.parse(change.measures.reopened_solve_at)).toBe(standing.at);
        standing.reopenedAt = at;
      }
      ticket.reopenings.push({ at, dimensions });
      standing = undefined;
    }
    if (version.known)
      ticket.states.push({ at: Date.parse(version.clock.changed_at), dimensions, open: change.open_after });
  }
  return ticket;
}

function dimensionsOf({ source, channel, team, priority, assignee }: Omit<Ticket, 'floor'>): NaiveDimensions {
  return { source, channel: channel ?? '', team: team ?? '', priority: priority ?? '', assignee: assignee ?? '' };
}

function durationOf({ s, business_s }: { s: number; business_s: number }): NaiveDuration {
  return { calendar: s, business: business_s };
}

/** Sums of fractions to whole milliseconds, as the changes give them. */
function rounded(ticket: NaiveTicket): NaiveTicket {
  const whole = ({ calendar, business }: NaiveDuration) => ({
    calendar: Math.round(calendar * 1_000) / 1_000,
    business: Math.round(business * 1_000) / 1_000,
  });
  return {
    ...ticket,
    solves: ticket.solves.map((solve) => ({ ...solve, requesterWait: whole(solve.requesterWait) })),
  };
}
