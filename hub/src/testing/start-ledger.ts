import type { ClickHouseClient } from '@clickhouse/client';
import { connectClickHouse } from '@deskwire/clickhouse/connect';
import { loginOf, startMigratedEngine } from '@deskwire/clickhouse/testing/migrated-data';
import { connectNats } from '@deskwire/runtime/nats';
import type { TestNats } from '@deskwire/supervisor/start-nats';

export interface LedgerRow {
  source: string;
  type?: string;
  disposition?: 'accepted' | 'duplicate' | 'rejected';
  reason?: string;
  /** How long before now the event reached the stream, ms. */
  ageMs?: number;
  data?: string;
}

/**
 * The embedded engine with an empty ledger, and a hand that writes rows into it as ingest would. EVENTS of `nats` gets as many
 * messages: a ledger beyond its stream would be one whose stream was made again.
 */
export async function startLedger(nats: TestNats) {
  const [engine, operator] = await Promise.all([startMigratedEngine(), connectNats(nats.env('operator'), 'operator')]);
  const js = operator.jetstream();
  const env = loginOf(engine);
  const client: ClickHouseClient = connectClickHouse(env, 'test');
  const epoch = Date.now() * 1_000;
  let seq = 0;
  let isHeld = false;
  let waiting: object[] = [];
  const iso = (ms: number) => new Date(ms).toISOString().replace('T', ' ').slice(0, -1);

  /** One message per row, at the next positions of EVENTS. */
  async function append(rows: LedgerRow[]): Promise<number> {
    await Promise.all(rows.map(() => js.publish('events.ledger.filler', '')));
    const now = Date.now();
    for (const { ageMs = 0, ...row } of rows)
      waiting.push({
        ...{ stream: 'EVENTS', epoch, seq: (seq += 1), idx: 0, events_in_message: 1 },
        ...{ stream_created: iso(now - 3_600_000), ingested_at: iso(now - ageMs), time: iso(now - ageMs) },
        ...{ type: 'ticket.snapshot', id: `event-${seq}`, id_hash: seq, content_hash: seq },
        ...{ disposition: 'accepted', reason: '', data: '{}', ...row },
      });
    if (!isHeld) await keep();
    return seq;
  }

  async function keep(): Promise<void> {
    const values = waiting;
    waiting = [];
    await client.insert({ table: 'events', format: 'JSONEachRow', values });
  }

  return {
    env,
    engine,
    epoch,
    append,
    /** Ingest stands still from now on: what arrives is stored when that is over, as the answer does. */
    hold(): () => Promise<void> {
      isHeld = true;
      return async () => {
        isHeld = false;
        await keep();
      };
    },
    /** Messages that were gone before ingest could read them, at the next positions. */
    async lose(messages: number): Promise<void> {
      await Promise.all(Array.from({ length: messages }, () => js.publish('events.ledger.filler', '')));
      const gap = { stream: 'EVENTS', epoch, from_seq: seq + 1, to_seq: seq + messages, reason: 'deleted' };
      seq += messages;
      const detected_at = iso(Date.now());
      await client.insert({ table: 'gaps', format: 'JSONEachRow', values: [{ ...gap, detected_at }] });
    },
    async stop(): Promise<void> {
      await Promise.all([client.close(), operator.close()]);
      await engine.stop();
    },
  };
}

export const heartbeat = (source: string, intervalS: number, ageMs: number): LedgerRow => ({
  source,
  type: 'source.heartbeat',
  ageMs,
  data: JSON.stringify({ cursor: '2026-11-22T10:00:00Z', sent_count: 1, interval_s: intervalS }),
});
