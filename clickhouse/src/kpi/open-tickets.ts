import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { count, runQuery } from '../query.ts';
import { openTicketsSql } from './kpi-sql.ts';
import { figureRow, foundIn, kpiParams, kpiSettings, paramsOf, shapeOf } from './read-kpis.ts';
import type { Found, KpiQuestion } from './read-kpis.ts';

/** After so much of the range's end, ms, or so many rows, what is open is counted anew. */
const renewed = { afterMs: 60_000, rows: 20_000 };
const recentMs = 2 * 86_400_000;
/** Of so many dimensions and filters; the one that was made first is forgotten. */
const basesMax = 32;

/** What was open before a position of the feed, and how to tell that the rows before it are still the same. */
interface Base {
  state: 'kept';
  open: Found[];
  /** No row before the position counts from then on, Unix ms. */
  until: number;
  beginning: Beginning;
  rowsBefore: number;
  mutations: string;
  /** Rows from the position on, when it was last asked. */
  rowsSince: number;
}

/** Too many rows lie behind any such position, or none is recent: it is not looked for again for a while. */
interface TooFar {
  state: 'too-far';
  until: number;
}

/** Changes of states by group, as from `open-tickets`, of one bucket. Throws QueryError. */
export type OpenTickets = (client: ClickHouseClient, question: KpiQuestion) => Promise<Found[]>;

/**
 * What is open at the end of a range. The rows of all history, in sums, cost half a tick, and hardly anything of them changes: so
 * what was open before a position of the feed is kept, and only rows from there on are asked for. Each answer also says how many
 * rows lie before the position, and what has been rewritten in place: where that is not what it was, everything is counted anew.
 */
export function createOpenTickets(now: () => number): OpenTickets {
  const known = new Map<string, Base | TooFar>();

  return async (client, question) => {
    const { to } = question.range;
    const key = JSON.stringify([question.by, question.filters]);
    const last = known.get(key);
    const isBehind = last !== undefined && to < last.until;
    const isFresh = last !== undefined && !isBehind && to - last.until < renewed.afterMs;
    if (isFresh && last.state === 'kept' && last.rowsSince < renewed.rows) {
      // A row that is stored at this moment may be counted but not read: the second time it is both.
      const found = (await readSince(client, question, last)) ?? (await readSince(client, question, last));
      if (found !== undefined) return found;
    }
    // The end of a range that is over, or yet to come, is nobody's next question.
    const isRecent = to <= now() && now() - to < recentMs && !isBehind;
    const isTooFar = isFresh && last.state === 'too-far';
    const { open, base } = await readAll(client, question, isRecent && !isTooFar);
    known.delete(key);
    const next = base ?? (isBehind || isTooFar ? last : undefined);
    if (next !== undefined) known.set(key, next);
    const [oldest] = known.keys();
    if (known.size > basesMax && oldest !== undefined) known.delete(oldest);
    return open;
  };
}

/** Undefined when the rows before the position are not those of the base any more. */
async function readSince(client: ClickHouseClient, question: KpiQuestion, base: Base): Promise<Found[] | undefined> {
  const { since } = openTicketsSql(shapeOf(question, [question.range.from]));
  const rows = await ask(client, question, { sql: since, row: sinceRow }, base.beginning);
  const whole = rows.find(({ is_whole }) => is_whole === 1);
  // The row at the position itself is always there, unless it was lost.
  if (whole?.rows_before !== base.rowsBefore || whole.mutations !== base.mutations) return undefined;
  base.rowsSince = whole.rows_since;
  // What was kept may have been asked for by a range that begins elsewhere.
  return sumOf([...base.open, ...foundIn(rows)]).map((row) => ({ ...row, bucket: question.range.from }));
}

/** Everything anew, and what lies before a position near the end. */
async function readAll(
  client: ClickHouseClient,
  question: KpiQuestion,
  isKept: boolean,
): Promise<{ open: Found[]; base?: Base | TooFar }> {
  const { all, both } = openTicketsSql(shapeOf(question, [question.range.from]));
  if (!isKept) return { open: foundIn(await ask(client, question, { sql: all, row: figureRow }, nowhere)) };
  const rows = await ask(client, question, { sql: both, row: bothRow }, nowhere);
  const open = foundIn(rows.filter(({ part }) => part === 'all'));
  const since = rows.filter(({ part }) => part === 'since');
  const whole = since.find(({ is_whole }) => is_whole === 1);
  const until = question.range.to;
  if (whole === undefined || whole.rows_since >= renewed.rows) return { open, base: { state: 'too-far', until } };
  // Half of it may be rewritten already: not kept, and tried again.
  if (whole.mutating > 0) return { open };
  const less = foundIn(since).map((row) => ({ ...row, n: -row.n }));
  return {
    open,
    base: {
      state: 'kept',
      open: sumOf([...open, ...less]),
      until,
      beginning: { beginning_epoch: whole.beginning_epoch, beginning_seq: whole.beginning_seq },
      ...{ rowsBefore: whole.rows_before, mutations: whole.mutations, rowsSince: whole.rows_since },
    },
  };
}

const openParams = kpiParams.extend({ beginning_epoch: z.string(), beginning_seq: z.string() });
type Beginning = Pick<z.input<typeof openParams>, 'beginning_epoch' | 'beginning_seq'>;
const nowhere: Beginning = { beginning_epoch: '0', beginning_seq: '0' };

const sinceRow = figureRow.extend({ rows_before: z.number().int(), rows_since: count, mutations: z.string() });
const bothRow = sinceRow.extend({
  part: z.enum(['all', 'since']),
  mutating: count,
  beginning_epoch: z.string(),
  beginning_seq: z.string(),
});

function ask<Row extends z.ZodType>(
  client: ClickHouseClient,
  question: KpiQuestion,
  { sql, row }: { sql: string; row: Row },
  beginning: Beginning,
): Promise<z.output<Row>[]> {
  const query = { sql: `-- open tickets\n${sql}`, params: openParams, row };
  const params = { ...paramsOf(question, [question.range.from]), ...beginning };
  return runQuery(client, query, params, { ...kpiSettings(question.range), ...oneSnapshot });
}

/** All parts of a statement see the same rows: what one has and another has not would stay wrong. */
const oneSnapshot = { enable_shared_storage_snapshot_in_query: 1 } as const;

function sumOf(rows: readonly Found[]): Found[] {
  const sums = new Map<string, Found>();
  for (const row of rows) {
    const key = JSON.stringify([row.kpi, row.group]);
    sums.set(key, { ...row, n: row.n + (sums.get(key)?.n ?? 0) });
  }
  return [...sums.values()];
}
