import type { NaiveDimensions, NaiveDuration, NaiveTicket } from './naive-ticket.ts';

export interface NaiveAsk {
  /** Unix ms; [from, to). */
  from: number;
  to: number;
  /** Only what counts under these dimensions; '' is "not set". */
  where?: Partial<NaiveDimensions>;
}

/** `value` is null when `n` is 0. Durations in seconds, rates 0..1. */
interface NaiveCount {
  n: number;
  value: number | null;
}
interface Spread {
  p50: number;
  p90: number;
  mean: number;
}
interface NaiveDurations {
  n: number;
  calendar: Spread | null;
  business: Spread | null;
}

/** The KPIs of DESIGN section 7 that tickets, messages and ratings give, over all these tickets. */
export function naiveKpis(tickets: NaiveTicket[], { from, to, where = {} }: NaiveAsk) {
  const within = ({ at }: { at: number }) => at >= from && at < to;
  const under = ({ dimensions }: { dimensions: NaiveDimensions }) =>
    Object.entries(where).every(([name, value]) =>
      Object.entries(dimensions).some(([n, v]) => n === name && v === value),
    );
  const counts = (one: { at: number; dimensions: NaiveDimensions } | undefined) =>
    one !== undefined && within(one) && under(one) ? [one] : [];

  /** Each ticket in the backlog just before `to`, with the dimensions then in force. */
  const backlog = tickets.flatMap(({ created, states }) => {
    const state = states.findLast(({ at }) => at < to) ?? { ...created, open: true };
    return created.at < to && state.open && under(state) ? [state] : [];
  });
  /** Of each ticket the last solve of the range, unless it was undone before the range's end. */
  const lastSolves = tickets.flatMap(({ solves }) => {
    const last = solves.findLast(within);
    const stands = last !== undefined && (last.reopenedAt === undefined || last.reopenedAt >= to);
    return stands && under(last) ? [last] : [];
  });
  const solved = tickets.map(({ solves }) => solves.filter((solve) => within(solve) && under(solve)));
  const solvedTickets = solved.filter((solves) => solves.length > 0);
  const replied = lastSolves.filter(({ agentReplies }) => agentReplies >= 1);
  const ratings = tickets.flatMap((ticket) => ticket.ratings.filter((rating) => within(rating) && under(rating)));
  const durationsOf = (
    pick: (ticket: NaiveTicket) => (NaiveDuration & { at: number; dimensions: NaiveDimensions })[],
  ) => durations(tickets.flatMap(pick).filter((one) => within(one) && under(one)));

  return {
    created: count(tickets.flatMap(({ created }) => counts(created)).length),
    solved: count(solved.flat().length),
    reopened: count(tickets.flatMap(({ reopenings }) => reopenings.flatMap(counts)).length),
    backlog: count(backlog.length),
    unassigned: count(backlog.filter(({ dimensions }) => dimensions.assignee === '').length),
    first_reply_time: durationsOf(({ firstReply }) => (firstReply === undefined ? [] : [firstReply])),
    next_reply_time: durationsOf(({ nextReplies }) => nextReplies),
    first_resolution_time: durationsOf(({ firstResolution }) =>
      firstResolution === undefined ? [] : [firstResolution],
    ),
    full_resolution_time: durations(lastSolves.map(({ resolution }) => resolution)),
    requester_wait_time: durations(lastSolves.map(({ requesterWait }) => requesterWait)),
    one_touch_rate: rate(replied.filter(({ agentReplies }) => agentReplies === 1).length, replied.length),
    reopen_rate: rate(
      solvedTickets.filter((solves) => solves.some(({ reopenedAt }) => reopenedAt !== undefined)).length,
      solvedTickets.length,
    ),
    csat: rate(ratings.filter(({ score }) => score >= 4).length, ratings.length),
  };
}

function count(n: number): NaiveCount {
  return { n, value: n === 0 ? null : n };
}

function rate(part: number, n: number): NaiveCount {
  return { n, value: n === 0 ? null : part / n };
}

function durations(all: NaiveDuration[]): NaiveDurations {
  return {
    n: all.length,
    calendar: spread(all.map(({ calendar }) => calendar)),
    business: spread(all.map(({ business }) => business)),
  };
}

/** Percentiles by nearest rank. */
function spread(values: number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
  return { p50: rank(0.5), p90: rank(0.9), mean: values.reduce((sum, value) => sum + value, 0) / values.length };
}
