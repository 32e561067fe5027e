import type { ClickHouseClient } from '@clickhouse/client';
import { connectClickHouse } from '@deskwire/clickhouse/connect';
import { storedChange, type ChangeRow } from '@deskwire/clickhouse/kpi/testing/change-rows';
import { streams, subjects } from '@deskwire/contracts/subjects';
import { connectNats } from '@deskwire/runtime/nats';
import type { TestNats } from '@deskwire/supervisor/start-nats';
import { changeMessage } from './change-message.ts';
import { startLedger } from './start-ledger.ts';

/** The ledger with tickets: writes what ingest and a desk would, and announces it; `open` opens tickets of a team now. */
export async function startDeskLedger(nats: TestNats) {
  const ledger = await startLedger(nats);
  const client: ClickHouseClient = connectClickHouse(ledger.env, 'test');
  const [desk, ingest] = await Promise.all([
    connectNats(nats.env('workflows'), 'workflows'),
    connectNats(nats.env('ingest'), 'ingest'),
  ]);
  const js = desk.jetstream();
  const jsm = await desk.jetstreamManager();
  let count = 0;
  const waiting: { row: ChangeRow; seq: number; floor: { epoch: number; seq: number; at: string } }[] = [];
  const commit = () => ingest.publish(subjects.ingestCommitted, '{}');

  /** Changes as the desk makes them, each with an event that caused it: everything that arrived is applied, nothing of it stored. */
  async function change(rows: ChangeRow[]): Promise<void> {
    const seq = await ledger.append(rows.map(() => ({ source: 'zendesk' })));
    const floor = { epoch: ledger.epoch, seq, at: new Date().toISOString() };
    const made = rows.map(async (row) => {
      const id = String((count += 1));
      const { seq } = await js.publish(subjects.ticket('test', id), JSON.stringify(changeMessage(row, floor)));
      waiting.push({ row, seq, floor });
    });
    await Promise.all(made);
  }

  /** What waits, as ingest stores it. */
  async function catchUp(): Promise<void> {
    const rows = waiting.splice(0).sort((a, b) => a.seq - b.seq);
    const last = rows.at(-1);
    if (last === undefined) return;
    // A stream is recognised by the times of its messages, the last one first.
    const { timestamp } = await jsm.streams.getMessage(streams.tickets, { seq: last.seq });
    const ingested_at = textOf(timestamp);
    const values = rows.map(({ row, seq, floor }) => ({
      ...{ ...storedChange(row, seq), ingested_at },
      ...{ floor_epoch: floor.epoch, floor_seq: floor.seq, floor_at: textOf(floor.at) },
    }));
    await client.insert({ table: 'ticket_changes', values, format: 'JSONEachRow' });
    commit();
    await ingest.flush();
  }

  async function store(rows: ChangeRow[]): Promise<void> {
    await change(rows);
    await catchUp();
  }

  /** What the desk says each second while nothing changes a ticket, as ingest stores it. */
  async function storeFloor(): Promise<void> {
    const floor = { epoch: ledger.epoch, seq: 1, at: new Date().toISOString() };
    const { seq } = await js.publish(subjects.ticketFloor, JSON.stringify({ floor }));
    const { timestamp } = await jsm.streams.getMessage(streams.tickets, { seq });
    const place = { stream: streams.tickets, epoch: 1, seq, idx: 0, events_in_message: 1, stream_created: 0 };
    const values = [{ ...place, ingested_at: textOf(timestamp), kind: 'floor', floor_epoch: floor.epoch }];
    await client.insert({ table: 'ticket_changes', values, format: 'JSONEachRow' });
    commit();
    await ingest.flush();
  }

  return {
    ...ledger,
    client,
    /** Announces, as if something had been stored. */
    commit,
    change,
    catchUp,
    store,
    storeFloor,
    open: (team: string, tickets = 1) =>
      store(Array.from({ length: tickets }, (_, nth) => opened(`zendesk~new-${count + nth}`, team))),
    async stop(): Promise<void> {
      await Promise.all([client.close(), desk.close(), ingest.close()]);
      await ledger.stop();
    },
  };
}

/** As ClickHouse takes a DateTime64(6). */
const textOf = (iso: string) => iso.slice(0, 26).replace('Z', '').replace('T', ' ');

/** The change that opens a ticket, now. */
export function opened(ticket_id: string, team: string): ChangeRow {
  const face = { team, priority: 'low', channel: 'email', assignee: '' };
  const at = Date.now();
  return {
    ...{ ticket_id, version: 1, at, created: true, created_at: at, source: 'zendesk', before: face, after: face },
    ...{ open_before: true, open_after: true, solved: false, reopened: false, reopened_solve_at: 0 },
    ...{ late_at: 0, late_until: 0 },
    ...{ first_reply_at: 0, next_reply_at: 0, first_resolution_at: 0, solve_at: 0, seconds: 0, wait_s: 0 },
    ...{ agent_replies: 0, ratings: [] },
  };
}
