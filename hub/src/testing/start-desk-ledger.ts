import type { ClickHouseClient } from '@clickhouse/client';
import { connectClickHouse } from '@deskwire/clickhouse/connect';
import { storedChange, type ChangeRow } from '@deskwire/clickhouse/kpi/testing/change-rows';
import { subjects } from '@deskwire/contracts/subjects';
import { connectNats } from '@deskwire/runtime/nats';
import type { TestNats } from '@deskwire/supervisor/start-nats';
import { startLedger } from './start-ledger.ts';

/** The ledger with tickets: writes what ingest and a desk would, and announces it; `open` opens tickets of a team now. */
export async function startDeskLedger(nats: TestNats) {
  const ledger = await startLedger(nats);
  const client: ClickHouseClient = connectClickHouse(ledger.env, 'test');
  const [desk, ingest] = await Promise.all([
    connectNats(nats.env('workflows'), 'workflows'),
    connectNats(nats.env('ingest'), 'ingest'),
  ]);
  let place = 0;
  const commit = () => ingest.publish(subjects.ingestCommitted, '{}');
  /** Changes as ingest stores them, each with an event that caused it: everything that arrived is applied. */
  async function store(rows: ChangeRow[]): Promise<void> {
    const floor = await ledger.append(rows.map(() => ({ source: 'zendesk' })));
    await Promise.all(rows.map(() => desk.jetstream().publish(subjects.ticketFloor, '')));
    const values = rows.map((row) => ({
      ...storedChange(row, (place += 1)),
      ...{ floor_epoch: ledger.epoch, floor_seq: floor },
    }));
    await client.insert({ table: 'ticket_changes', values, format: 'JSONEachRow' });
    commit();
    await ingest.flush();
  }

  return {
    ...ledger,
    client,
    /** Announces, as if something had been stored. */
    commit,
    store,
    open: (team: string, count = 1) =>
      store(Array.from({ length: count }, (_, nth) => opened(`zendesk~new-${place + nth}`, team))),
    async stop(): Promise<void> {
      await Promise.all([client.close(), desk.close(), ingest.close()]);
      await ledger.stop();
    },
  };
}

/** The change that opens a ticket, now. */
export function opened(ticket_id: string, team: string): ChangeRow {
  const face = { team, priority: 'low', channel: 'email', assignee: '' };
  const at = Date.now();
  return {
    ...{ ticket_id, version: 1, at, created: true, created_at: at, source: 'zendesk', before: face, after: face },
    ...{ open_before: true, open_after: true, solved: false, reopened: false, reopened_solve_at: 0, late_at: 0 },
    ...{ first_reply_at: 0, next_reply_at: 0, first_resolution_at: 0, solve_at: 0, seconds: 0, wait_s: 0 },
    ...{ agent_replies: 0, ratings: [] },
  };
}
