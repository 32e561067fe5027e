import type { BusinessHours } from '../business-time.ts';
import type { TicketEvent, TicketEventBody } from '../ticket-event.ts';
import { answersOf, isPlaced, type Spoken } from './naive-answers.ts';
import { naiveBusinessSeconds } from './naive-business.ts';

/** '' where not set. */
export interface NaiveDimensions {
  source: string;
  channel: string;
  team: string;
  priority: string;
  assignee: string;
}
/** Seconds. */
export interface NaiveDuration {
  calendar: number;
  business: number;
}
interface Instant {
  /** Unix ms. */
  at: number;
  dimensions: NaiveDimensions;
}
export interface NaiveSolve extends Instant {
  resolution: NaiveDuration;
  requesterWait: NaiveDuration;
  agentReplies: number;
  reopenedAt: number | undefined;
}

/** What happened to one ticket that is known, computed from all its events at once. Lists in the order of arrival. */
export interface NaiveTicket {
  id: string;
  created: Instant;
  /** After each event: whether the ticket is in the backlog from `at` on. */
  states: (Instant & { open: boolean })[];
  solves: NaiveSolve[];
  reopenings: Instant[];
  firstReply: (Instant & NaiveDuration) | undefined;
  nextReplies: (Instant & NaiveDuration)[];
  firstResolution: (Instant & NaiveDuration) | undefined;
  ratings: (Instant & { score: number })[];
}

/** What a desk remembers: of what came before the ticket, and of its messages and solves. One change tells one next reply. */
export const deskBounds = { waiting: 8, heard: 8, nextRepliesAtOnce: 1 };
export const noBounds = { waiting: Infinity, heard: Infinity, nextRepliesAtOnce: Infinity };

/**
 * A model of the desk that shares no code with it: every state, and who was answered when, is found anew from all events that came
 * before. Of events in the order of their times it says what is true, of others what can be told without taking back what was.
 */
export function naiveTickets(events: TicketEvent[], hours: BusinessHours, bounds = deskBounds): NaiveTicket[] {
  const byTicket = new Map<string, TicketEvent[]>();
  for (const event of events) {
    const id = `${segment(event.source)}~${event.body.data.ticket_id}`;
    const earlier = byTicket.get(id) ?? [];
    if (!earlier.some((other) => isRepetition(other, event))) byTicket.set(id, [...earlier, event]);
  }
  return [...byTicket].flatMap(([id, own]) => naiveTicket(id, own, hours, bounds) ?? []);
}

const segment = (source: string) => source.split('/')[0] ?? '';

function isRepetition(a: TicketEvent, b: TicketEvent): boolean {
  if (a.source === b.source && a.id === b.id) return true;
  if (a.body.type !== 'ticket.message' || b.body.type !== 'ticket.message') return false;
  return a.body.data.message_id === b.body.data.message_id;
}

type Snapshot = Extract<TicketEventBody, { type: 'ticket.snapshot' }>['data'];

interface Look {
  status: string;
  gone: boolean;
  dimensions: NaiveDimensions;
  newest: Snapshot;
}

/** The ticket after these events, in whatever order they came; undefined while none of them is a snapshot. */
function lookOf(seen: TicketEvent[]): Look | undefined {
  const snapshots: { snapshot: Snapshot; source: string; came: number }[] = [];
  const deletions: number[] = [];
  seen.forEach(({ body, source, time }, came) => {
    if (body.type === 'ticket.snapshot') snapshots.push({ snapshot: body.data, source, came });
    if (body.type === 'ticket.deleted') deletions.push(Date.parse(time));
  });
  const first = snapshots[0];
  snapshots.sort((a, b) => compareOrder(a.snapshot, b.snapshot) || a.came - b.came);
  const newest = snapshots.at(-1)?.snapshot;
  if (newest === undefined || first === undefined) return undefined;
  return {
    newest,
    status: newest.status,
    gone: newest.merged_into !== undefined || deletions.some((at) => at >= Date.parse(newest.updated_at)),
    dimensions: {
      source: first.source,
      channel: snapshots.findLast(({ snapshot }) => snapshot.channel !== undefined)?.snapshot.channel ?? '',
      team: naiveSlug(newest.team ?? ''),
      priority: newest.priority ?? '',
      assignee: newest.assignee ?? '',
    },
  };
}

function compareOrder(a: Snapshot, b: Snapshot): number {
  return Date.parse(a.updated_at) - Date.parse(b.updated_at) || (a.source_version ?? -1) - (b.source_version ?? -1);
}

/** Good for the names of the generator. */
function naiveSlug(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return name.toLowerCase().replaceAll(' ', '-');
  return `team-${Buffer.from(name).toString('base64url')}`;
}

const isDone = (status: string) => status === 'solved' || status === 'closed';

function naiveTicket(
  id: string,
  events: TicketEvent[],
  hours: BusinessHours,
  bounds: typeof deskBounds,
): NaiveTicket | undefined {
  const firstCame = events.findIndex(({ body }) => body.type === 'ticket.snapshot');
  const firstBody = events[firstCame]?.body;
  if (firstBody?.type !== 'ticket.snapshot') return undefined;
  const createdAt = Date.parse(firstBody.data.created_at);
  const duration = (from: number, to: number): NaiveDuration => ({
    calendar: Math.max(0, to - from) / 1_000,
    business: naiveBusinessSeconds(hours, from, to),
  });

  const look = (came: number) => lookOf(events.slice(0, came + 1));
  const born = look(firstCame);
  if (born === undefined) return undefined;
  const ticket: NaiveTicket = {
    id,
    created: { at: createdAt, dimensions: born.dimensions },
    ...{ states: [], solves: [], reopenings: [], nextReplies: [], ratings: [] },
    ...{ firstReply: undefined, firstResolution: undefined },
  };

  /** How long the ticket was in which status. */
  const stays: { status: string; from: number; to: number }[] = [];
  const spoken: Spoken[] = [];
  const repliesUntil = (end: number) => spoken.filter(({ at, by }) => by === 'agent' && at <= end).length;
  const solvedAt = () => ticket.solves.map(({ at }) => at);
  let movedAt = -Infinity;
  let standing: NaiveSolve | undefined;
  let waiting: { event: TicketEvent; at: number }[] = [];

  function move(came: number, before: { status: string; gone: boolean }, after: Look, at: number): void {
    const since = came === firstCame ? createdAt : movedAt;
    if (!before.gone) stays.push({ status: before.status, from: since, to: at });
    movedAt = at;
    const { dimensions } = after;
    if (!isDone(after.status) && standing !== undefined) {
      if (!before.gone && !after.gone) standing.reopenedAt = at;
      standing = undefined;
    }
    if (before.gone || after.gone || isDone(before.status) === isDone(after.status)) return;
    if (isDone(before.status)) {
      ticket.reopenings.push({ at, dimensions });
      return;
    }
    const waits = stays.filter(({ status }) => ['new', 'open', 'hold'].includes(status));
    const parts = waits.map(({ from, to }) => duration(from, to));
    const requesterWait = {
      calendar: parts.reduce((sum, part) => sum + part.calendar, 0),
      business: parts.reduce((sum, part) => sum + part.business, 0),
    };
    const resolution = duration(createdAt, at);
    standing = { at, dimensions, resolution, requesterWait, agentReplies: repliesUntil(at), reopenedAt: undefined };
    ticket.solves.push(standing);
    ticket.firstResolution ??= { at, dimensions, ...resolution };
  }

  /** `told`: so many next replies this change has told already. Answers how many it has then. */
  function hear({ body }: TicketEvent, dimensions: NaiveDimensions, told: number): number {
    if (body.type === 'ticket.rating')
      ticket.ratings.push({ at: Date.parse(body.data.rated_at), dimensions, score: body.data.score });
    if (body.type !== 'ticket.message' || !body.data.public || body.data.author === 'system') return told;
    const at = Date.parse(body.data.created_at);
    if (body.data.author === 'agent' && at <= createdAt) return told;
    const before = answersOf(createdAt, spoken, solvedAt());
    const isToTell = before.length === 0 || isPlaced(at, spoken, solvedAt(), bounds.heard);
    spoken.push({ at, by: body.data.author });
    const after = answersOf(createdAt, spoken, solvedAt());
    if (standing !== undefined) standing.agentReplies = repliesUntil(standing.at);

    const differ = (a: typeof before, b: typeof before) =>
      a.filter((one) => !b.some(({ reply, since }) => reply === one.reply && since === one.since));
    if (!isToTell || differ(before, after).length > 0) return told;
    for (const { reply, since } of differ(after, before)) {
      const one = { at: reply, dimensions, ...duration(since, reply) };
      if (before.length === 0) ticket.firstReply = one;
      else if (told < bounds.nextRepliesAtOnce) ticket.nextReplies.push(one);
      return before.length === 0 ? told : told + 1;
    }
    return told;
  }

  events.forEach((event, came) => {
    const { body } = event;
    const after = look(came);
    if (body.type === 'ticket.snapshot' && after !== undefined) {
      const before = look(came - 1);
      const own = Date.parse(body.data.updated_at);
      const isNewest = after.newest === body.data;
      const at = Math.max(own, createdAt, movedAt);
      if (before === undefined) {
        waiting = waiting.toSorted((a, b) => a.at - b.at);
        let told = 0;
        for (const one of waiting) if (one.at <= at) told = hear(one.event, after.dimensions, told);
        move(came, { status: 'new', gone: false }, after, at);
        for (const one of waiting) if (one.at > at) told = hear(one.event, after.dimensions, told);
      } else if (isNewest) move(came, before, after, at);
    } else if (body.type === 'ticket.deleted') {
      const own = Date.parse(event.time);
      const before = look(came - 1);
      if (before === undefined) movedAt = Math.max(own, movedAt);
      else if (after !== undefined && own >= Date.parse(after.newest.updated_at))
        move(came, before, after, Math.max(own, createdAt, movedAt));
    } else if (after !== undefined) hear(event, after.dimensions, 0);
    else {
      const measures =
        body.type === 'ticket.rating' ||
        (body.type === 'ticket.message' && body.data.public && body.data.author !== 'system');
      if (measures && waiting.length < bounds.waiting) waiting.push({ event, at: whenOf(body) });
    }
    if (after !== undefined)
      ticket.states.push({ at: movedAt, dimensions: after.dimensions, open: !after.gone && !isDone(after.status) });
  });
  return ticket;
}

function whenOf(body: TicketEventBody): number {
  if (body.type === 'ticket.rating') return Date.parse(body.data.rated_at);
  return body.type === 'ticket.message' ? Date.parse(body.data.created_at) : 0;
}
