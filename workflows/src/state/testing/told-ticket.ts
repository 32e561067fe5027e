import type { Ticket } from '@deskwire/contracts/ticket';
import { expect } from 'vitest';
import { applyEvent, type Applied } from '../apply-event.ts';
import { createBusinessCalendar, defaultBusinessHours } from '../business-time.ts';
import type { TicketEvent } from '../ticket-event.ts';
import type { NaiveDimensions, NaiveDuration, NaiveSolve, NaiveTicket } from './naive-ticket.ts';

export type Version = Extract<Applied, { ticket: unknown }>['ticket'];

/** Every version of every ticket, in order. */
export function runDesk(events: TicketEvent[], zone = 'UTC'): Map<string, Version[]> {
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

/** The model's shape, read from the changes alone. */
export function toldBy(versions: Version[]): NaiveTicket | undefined {
  const birth = versions.find(({ change }) => change.created);
  if (birth === undefined) return undefined;
  const ticket: NaiveTicket = {
    id: birth.id,
    created: { at: Date.parse(birth.created_at), dimensions: dimensionsOf(birth) },
    ...{ states: [], solves: [], reopenings: [], nextReplies: [], ratings: [] },
    ...{ firstReply: undefined, firstResolution: undefined },
  };
  let standing: NaiveSolve | undefined;
  /** By which creation its resolution was measured. */
  let standingCreated = '';
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
      standingCreated = version.created_at;
      ticket.solves.push(standing);
    } else if (solve !== undefined && standing !== undefined) {
      // Given again: only the replies may differ, and the resolution where the creation does.
      const [resolution, requesterWait] = [durationOf(solve.resolution), durationOf(solve.requester_wait)];
      expect(standing).toMatchObject({ at: Date.parse(solve.at), requesterWait });
      if (version.created_at === standingCreated) expect(standing.resolution).toEqual(resolution);
      Object.assign(standing, { resolution, agentReplies: solve.agent_replies });
      standingCreated = version.created_at;
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
export function rounded(ticket: NaiveTicket): NaiveTicket {
  const whole = ({ calendar, business }: NaiveDuration) => ({
    calendar: Math.round(calendar * 1_000) / 1_000,
    business: Math.round(business * 1_000) / 1_000,
  });
  return {
    ...ticket,
    solves: ticket.solves.map((solve) => ({ ...solve, requesterWait: whole(solve.requesterWait) })),
  };
}
