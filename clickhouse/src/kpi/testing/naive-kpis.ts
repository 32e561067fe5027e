import type { KpiFigure, KpiName } from '@deskwire/contracts/kpi';
import type { KpiBy, KpiFilters } from '@deskwire/contracts/kpi-request';
import type { ChangeRow, Face } from './change-rows.ts';

interface Item {
  ticket: string;
  value: number;
  dims: Dims;
}
type Dims = Face & { source: string };

/** A KPI over [from, to) from plain arrays, by group; it shares nothing with the SQL. What has n = 0 is absent. */
export function naiveKpi(
  rows: readonly ChangeRow[],
  name: KpiName,
  { from, to }: { from: number; to: number },
  by: KpiBy,
  filters: Partial<KpiFilters>,
): Map<string, KpiFigure> {
  const passes = ({ dims }: Item) =>
    dimensions.every(
      (dimension) => (filters[dimension] ?? []).length === 0 || filters[dimension]?.includes(dims[dimension]),
    );
  const groups = new Map<string, Item[]>();
  for (const item of itemsOf(rows, name, (ms) => ms >= from && ms < to, to).filter(passes)) {
    const group = by === 'none' ? '' : item.dims[by];
    groups.set(group, [...(groups.get(group) ?? []), item]);
  }
  return new Map([...groups].map(([group, items]): [string, KpiFigure] => [group, figureOf(name, items)]));
}
const dimensions = ['team', 'priority', 'channel', 'source', 'assignee'] as const;

function itemsOf(rows: readonly ChangeRow[], name: KpiName, within: (ms: number) => boolean, to: number): Item[] {
  const item = (row: ChangeRow, value = 1, face = row.after): Item => ({
    ticket: row.ticket_id,
    value,
    dims: { ...face, source: row.source },
  });
  switch (name) {
    case 'created':
      return rows.filter((row) => row.created && within(row.created_at)).map((row) => item(row));
    case 'solved':
      return rows.filter((row) => row.solved && within(row.at)).map((row) => item(row));
    case 'reopened':
      return rows.filter((row) => row.reopened && within(row.at)).map((row) => item(row));
    case 'first_reply_time':
      return rows.filter((row) => within(row.first_reply_at)).map((row) => item(row, row.seconds));
    case 'next_reply_time':
      return rows.filter((row) => within(row.next_reply_at)).map((row) => item(row, row.seconds));
    case 'first_resolution_time':
      return rows.filter((row) => within(row.first_resolution_at)).map((row) => item(row, row.seconds));
    case 'csat':
      return rows.flatMap((row) =>
        row.ratings.filter(({ at }) => within(at)).map(({ score }) => item(row, score >= 4 ? 1 : 0)),
      );
    case 'full_resolution_time':
      return resolved(rows, within).map((row) => item(row, row.seconds));
    case 'requester_wait_time':
      return resolved(rows, within).map((row) => item(row, row.wait_s));
    case 'one_touch_rate':
      return resolved(rows, within)
        .map((row) => ({ row, replies: repliesOf(rows, row) }))
        .filter(({ replies }) => replies > 0)
        .map(({ row, replies }) => item(row, replies === 1 ? 1 : 0));
    case 'reopen_rate':
      return rows
        .filter((row) => row.solved && within(row.solve_at))
        .map((row) => item(row, rows.some((other) => isUndoing(other, row)) ? 1 : 0));
    case 'backlog':
    case 'unassigned':
      return openAt(rows, to, item).filter(({ dims }) => name === 'backlog' || dims.assignee === '');
    case 'sla_attainment':
    case 'csat_response_rate':
    case 'escalation_rate':
      return [];
    default:
      return name satisfies never;
  }
}

const isUndoing = (row: ChangeRow, solve: ChangeRow) =>
  row.ticket_id === solve.ticket_id && row.reopened && row.reopened_solve_at === solve.solve_at;

/** Of each ticket the last solve within, unless a later change within reopened it. */
function resolved(rows: readonly ChangeRow[], within: (ms: number) => boolean): ChangeRow[] {
  return [...byTicket(rows).values()].flatMap((all) => {
    const solve = all.filter((row) => row.solved && within(row.solve_at)).at(-1);
    const undone = all.some(
      (row) => solve !== undefined && row.reopened && row.version > solve.version && within(row.at),
    );
    return solve === undefined || undone ? [] : [solve];
  });
}

const repliesOf = (rows: readonly ChangeRow[], solve: ChangeRow) =>
  rows.filter((row) => row.ticket_id === solve.ticket_id && row.solve_at === solve.solve_at).at(-1)?.agent_replies ?? 0;

/** The state of each ticket just before an instant: before its first change it is open as first known. */
function openAt(
  rows: readonly ChangeRow[],
  at: number,
  item: (row: ChangeRow, value: number, face: Face) => Item,
): Item[] {
  return [...byTicket(rows).values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined || first.created_at >= at) return [];
    // A message moves nothing, and may come late.
    const moves = all.filter((row) => row.before !== row.after || row.open_before !== row.open_after);
    const last = moves.filter((row) => row.at < at).at(-1);
    if (last === undefined) return [item(first, 1, first.before)];
    return last.open_after ? [item(last, 1, last.after)] : [];
  });
}

/** How many changes came too late to move a figure of [from, to) that they should have moved. */
export const naiveLate = (rows: readonly ChangeRow[], { from, to }: { from: number; to: number }): number =>
  rows.filter((row) => row.late_at > 0 && row.late_at < to && row.late_until >= from).length;

function byTicket(rows: readonly ChangeRow[]): Map<string, ChangeRow[]> {
  const tickets = new Map<string, ChangeRow[]>();
  for (const row of rows) tickets.set(row.ticket_id, [...(tickets.get(row.ticket_id) ?? []), row]);
  return tickets;
}

function figureOf(name: KpiName, items: Item[]): KpiFigure {
  if (name.endsWith('_time')) {
    const values = items.map(({ value }) => value).sort((a, b) => a - b);
    const set = (factor: number) => ({
      p50: (values[Math.ceil(0.5 * values.length) - 1] ?? 0) / factor,
      p90: (values[Math.ceil((9 * values.length) / 10) - 1] ?? 0) / factor,
      mean: values.reduce((sum, value) => sum + value, 0) / values.length / factor,
    });
    return { value: set(1), n: items.length, business: set(3) };
  }
  if (!name.endsWith('_rate') && name !== 'csat') return { value: items.length, n: items.length };
  // A ticket counts once; csat counts ratings.
  const counted = new Map<string, number>();
  items.forEach(({ ticket, value }, place) => {
    const key = name === 'csat' ? String(place) : ticket;
    counted.set(key, Math.max(counted.get(key) ?? 0, value));
  });
  return { value: [...counted.values()].reduce((sum, value) => sum + value, 0) / counted.size, n: counted.size };
}
