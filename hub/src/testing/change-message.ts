import type { ChangeRow, Face } from '@deskwire/clickhouse/kpi/testing/change-rows';
import type { StoredTicket } from '@deskwire/clickhouse/ticket-changes-row';
import { ticketPriority } from '@deskwire/contracts/event-ticket';

/** The message of TICKETS that makes ingest store this row, as far as created, solved and reopened go. */
export function changeMessage(row: ChangeRow, floor: StoredTicket['floor']): StoredTicket {
  const iso = (ms: number) => new Date(ms).toISOString();
  const status = row.open_after ? 'open' : 'solved';
  return {
    ...{ id: row.ticket_id, version: row.version, known: true, status, source: row.source, sealed: null, tags: [] },
    ...faceOf(row.after),
    ...{ channel: row.after.channel || null, customer_id: null, created_at: iso(row.created_at) },
    ...{ updated_at: iso(row.at), source_version: null, team_name: null, deleted_at: null, merged_into: null, floor },
    clock: { changed_at: iso(row.at), first_reply_at: null, solved_at: null, reopens: 0, agent_replies: 0 },
    change: {
      ...{ kind: 'snapshot', at: iso(row.at), cause: { epoch: floor.epoch, seq: floor.seq, idx: 0 } },
      before: { status: row.open_before ? 'open' : 'solved', ...faceOf(row.before) },
      after: { status, ...faceOf(row.after) },
      ...{ channel_before: row.before.channel || null, created: row.created, open_before: row.open_before },
      ...{ open_after: row.open_after, solved: row.solved, reopened: row.reopened, late_at: null, measures: {} },
    },
  };
}

/** '' stands for "not set" in a row. */
const faceOf = ({ team, priority, assignee }: Face) => ({
  priority: priority === '' ? null : ticketPriority.parse(priority),
  team: team === '' ? null : team,
  assignee: assignee === '' ? null : assignee,
});
