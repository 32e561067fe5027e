import { today } from '@deskwire/clickhouse/kpi/kpi-range';
import {
  changeRows,
  happenedBefore,
  seeded,
  type ChangeRow,
  type Face,
} from '@deskwire/clickhouse/kpi/testing/change-rows';

const dayMs = 86_400_000;
const teams = ['billing', 'sales', 'technical-support', 'customer-care', 'success'];
const priorities = ['low', 'normal', 'normal', 'high', 'urgent'];
/** How much of a day's work comes in each hour. */
const hours = [1, 1, 1, 1, 1, 2, 4, 9, 13, 15, 14, 11, 8, 11, 14, 13, 11, 8, 5, 4, 3, 2, 2, 1];
const whole = hours.reduce((sum, share) => sum + share, 0);

const days = 14;

/** Two weeks of a desk of five teams up to `now`, busy by day and quiet by night in `zone`: the histories of `changeRows`, moved there. */
export function deskDays(now: number, zone: string, ticketsPerDay: number): ChangeRow[] {
  const { from: midnight } = today(now, zone);
  const from = midnight - (days - 1) * dayMs;
  const rows = changeRows(seeded(7), days * ticketsPerDay, from, from + days * dayMs);
  const inDays = rows.map((row) => {
    const timeOfDay = (row.created_at - from) % dayMs;
    return moved(row, placeInDay(timeOfDay) - timeOfDay);
  });
  return happenedBefore(inDays, now - 1_000);
}

/** Of times that are spread evenly over a day: where they lie when each hour has its share of them. */
function placeInDay(ms: number): number {
  let left = (ms / dayMs) * whole;
  for (const [hour, share] of hours.entries()) {
    if (left < share) return ((hour + left / share) / hours.length) * dayMs;
    left -= share;
  }
  return dayMs - 1;
}

function moved(row: ChangeRow, byMs: number): ChangeRow {
  const nth = Number(row.ticket_id.split('~')[1]);
  const at = (ms: number) => (ms === 0 ? 0 : ms + byMs);
  const face = (known: Face): Face => ({
    ...known,
    team: teams[(nth + (known.team === 'sales' ? 1 : 0)) % teams.length] ?? '',
    priority: priorities[(nth + known.priority.length) % priorities.length] ?? '',
    assignee: nth % 8 === 0 ? known.assignee : `agent-${nth % 17}`,
  });
  return {
    ...row,
    ...{ before: face(row.before), after: face(row.after), late_at: 0, late_until: 0 },
    ...{ at: at(row.at), created_at: at(row.created_at), reopened_solve_at: at(row.reopened_solve_at) },
    ...{ first_reply_at: at(row.first_reply_at), next_reply_at: at(row.next_reply_at) },
    ...{ first_resolution_at: at(row.first_resolution_at), solve_at: at(row.solve_at) },
    ratings: row.ratings.map(({ at: ratedAt, score }) => ({ at: at(ratedAt), score: score < 3 ? score + 2 : score })),
  };
}
