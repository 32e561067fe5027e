/** A row of ticket_changes as KPIs see it. Times are Unix ms, 0 for none. */
export interface ChangeRow {
  ticket_id: string;
  version: number;
  at: number;
  created: boolean;
  created_at: number;
  source: string;
  before: Face;
  after: Face;
  open_before: boolean;
  open_after: boolean;
  solved: boolean;
  reopened: boolean;
  reopened_solve_at: number;
  late_at: number;
  late_until: number;
  first_reply_at: number;
  next_reply_at: number;
  first_resolution_at: number;
  solve_at: number;
  /** Seconds of whatever this row settles; business time is a third of it. */
  seconds: number;
  wait_s: number;
  agent_replies: number;
  ratings: { at: number; score: number }[];
}
export interface Face {
  team: string;
  priority: string;
  channel: string;
  assignee: string;
}

/** Numbers in [0, 1) that depend on the seed alone. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Histories of tickets opened in a span: moved between teams, answered, solved, reopened, deleted and restored, rated; some first
 * seen long after they were opened, some already solved, some with a reply that comes after its solve, several at the same instant;
 * and messages that come days late, which would have moved figures of a time after theirs.
 */
export function changeRows(random: () => number, tickets: number, from: number, to: number): ChangeRow[] {
  const pick = <T>(values: readonly [T, ...T[]]): T => values[Math.floor(random() * values.length)] ?? values[0];
  const rows: ChangeRow[] = [];
  for (let n = 0; n < tickets; n += 1) {
    const createdAt = Math.floor(from + random() * (to - from));
    const source = pick(['zendesk', 'hubspot/eu']);
    const fixed = {
      ticket_id: `${source.split('/')[0]}~${n}`,
      created_at: createdAt,
      source,
    };
    let at = random() < 0.2 ? createdAt + Math.floor(random() * 5 * 86_400_000) : createdAt;
    let face: Face = {
      team: pick(['', 'billing', 'sales']),
      priority: pick(['', 'low', 'urgent']),
      channel: pick(['', 'email', 'web']),
      assignee: pick(['', '', 'ann', 'bob']),
    };
    let version = 0;
    let solvedAt = 0;
    let firstSolved = false;
    let isOpen = true;
    let isDeleted = false;
    let replies = 0;
    const push = (row: Partial<ChangeRow>) => {
      const after = row.after ?? face;
      const open_after = row.open_after ?? isOpen;
      rows.push({
        ...fixed,
        ...{ version: (version += 1), at, created: false, before: face, after, open_before: isOpen, open_after },
        ...{ solved: false, reopened: false, reopened_solve_at: 0, late_at: 0, late_until: 0 },
        ...{
          first_reply_at: 0,
          next_reply_at: 0,
          first_resolution_at: 0,
          solve_at: 0,
          seconds: 0,
          wait_s: 0,
          agent_replies: 0,
          ratings: [],
        },
        ...row,
      });
      face = after;
      isOpen = open_after;
    };
    const solve = (row: Partial<ChangeRow>) => {
      const seconds = (at - createdAt) / 1_000;
      const settled = { solve_at: at, seconds, wait_s: seconds * random(), agent_replies: replies };
      push({ solved: true, open_after: false, ...settled, ...(!firstSolved && { first_resolution_at: at }), ...row });
      solvedAt = at;
      firstSolved = true;
    };
    if (random() < 0.1) solve({ created: true, open_before: true });
    else push({ created: true, open_before: true });
    const steps = Math.floor(random() * 9);
    for (let step = 0; step < steps; step += 1) {
      at += random() < 0.1 ? 0 : Math.floor(random() * 3 * 86_400_000);
      const chance = random();
      if (isDeleted) {
        isDeleted = false;
        push({ open_after: solvedAt === 0 });
      } else if (chance < 0.1) {
        isDeleted = true;
        push({ open_after: false });
      } else if (chance < 0.3) {
        push({
          after: {
            team: pick(['', 'billing', 'sales']),
            priority: pick(['low', 'urgent']),
            channel: pick(['email', 'web']),
            assignee: pick(['', 'ann', 'bob']),
          },
        });
      } else if (chance < 0.5) {
        const seconds = Math.floor(random() * 9_000);
        push(
          replies === 0 ? { first_reply_at: at, seconds } : { next_reply_at: at - Math.floor(random() * 100), seconds },
        );
        replies += 1;
      } else if (chance < 0.8) {
        if (solvedAt === 0) solve({});
        else {
          push({ reopened: true, open_after: true, reopened_solve_at: solvedAt });
          solvedAt = 0;
        }
      } else if (chance < 0.9 && solvedAt > 0) {
        replies += 1;
        push({ solve_at: solvedAt, agent_replies: replies });
      } else if (chance < 0.95) {
        const lateAt = Math.max(createdAt, at - 1_000 - Math.floor(random() * 5 * 86_400_000));
        push({ at: lateAt, late_at: lateAt, late_until: lateAt + Math.floor(random() * Math.max(0, at - lateAt)) });
      } else
        push({
          ratings: [
            { at, score: 1 + Math.floor(random() * 5) },
            { at: at - Math.floor(random() * 90_000), score: 5 },
          ],
        });
    }
  }
  return rows;
}

/** What had happened before `ms`: each ticket up to its first row of a later time, so that no history has a hole. */
export function happenedBefore(rows: readonly ChangeRow[], ms: number): ChangeRow[] {
  const ended = new Set<string>();
  return rows.filter((row) => {
    if (row.at >= ms || row.ratings.some(({ at }) => at >= ms)) ended.add(row.ticket_id);
    return !ended.has(row.ticket_id);
  });
}

/** The row as ingest stores it at position `seq`. */
export function storedChange(row: ChangeRow, seq: number): Record<string, unknown> {
  const text = (ms: number) => new Date(ms).toISOString().slice(0, -1).replace('T', ' ');
  const ingestedAt = Math.max(row.at, row.created_at, row.late_until, ...row.ratings.map(({ at }) => at)) + 1_000;
  const s = row.seconds;
  return {
    ...{ stream: 'TICKETS', epoch: 1, seq, idx: 0, events_in_message: 1, stream_created: text(row.created_at) },
    ...{
      ingested_at: text(ingestedAt),
      ticket_id: row.ticket_id,
      version: row.version,
      kind: 'snapshot',
      at: text(row.at),
    },
    ...{ source: row.source, channel: row.after.channel, channel_before: row.before.channel },
    ...{ team_before: row.before.team, priority_before: row.before.priority, assignee_before: row.before.assignee },
    ...{ team: row.after.team, priority: row.after.priority, assignee: row.after.assignee },
    ...{ created: Number(row.created), created_at: text(row.created_at), open_before: Number(row.open_before) },
    ...{ open_after: Number(row.open_after), solved: Number(row.solved), reopened: Number(row.reopened) },
    ...{ reopened_solve_at: text(row.reopened_solve_at), late_at: text(row.late_at) },
    ...(row.late_until !== row.late_at && { late_until: text(row.late_until) }),
    ...{ first_reply_at: text(row.first_reply_at), first_reply_s: s, first_reply_business_s: s / 3 },
    ...{ next_reply_at: text(row.next_reply_at), next_reply_s: s, next_reply_business_s: s / 3 },
    ...{
      first_resolution_at: text(row.first_resolution_at),
      first_resolution_s: s,
      first_resolution_business_s: s / 3,
    },
    ...{ solve_at: text(row.solve_at), resolution_s: s, resolution_business_s: s / 3 },
    ...{ requester_wait_s: row.wait_s, requester_wait_business_s: row.wait_s / 3, agent_replies: row.agent_replies },
    ...{ rating_at: row.ratings.map(({ at }) => text(at)), rating: row.ratings.map(({ score }) => score) },
    ...{ floor_epoch: 1, floor_seq: seq, floor_at: text(ingestedAt), known: 1 },
  };
}
