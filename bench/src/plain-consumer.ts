import { connectClickHouse } from '@deskwire/clickhouse/connect';
import { streams } from '@deskwire/contracts/subjects';
import { clickhouseEnv } from '@deskwire/clickhouse/env';
import { natsEnv } from '@deskwire/runtime/env';
import { connectNats } from '@deskwire/runtime/nats';
import { AckPolicy, type JsMsg } from 'nats';
import { z } from 'zod';
import { readChildEnv } from './env.ts';

const shape = {
  ...natsEnv,
  ...clickhouseEnv,
  PLAIN_ROWS_MAX: z.coerce.number().int().positive(),
  PLAIN_WAIT_MS: z.coerce.number().int().positive(),
};

/**
 * The baseline, a process of its own: what one writes with the documentation of both clients at hand. A durable consumer with
 * acknowledgements, JSON.parse, JSONEachRow, one insert at a time of at most PLAIN_ROWS_MAX rows, at least every PLAIN_WAIT_MS.
 * No validation, duplicates, offsets, sealing or exactly-once. Tells its parent `{rows}` after each insert.
 */
async function consumePlainly(): Promise<void> {
  const env = readChildEnv(shape);
  const nc = await connectNats(env, 'operator');
  const client = connectClickHouse(env, 'plain', 120_000);
  const jsm = await nc.jetstreamManager();
  const durable = `plain-${process.pid}`;
  await jsm.consumers.add(streams.events, {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    // The default of 1,000 would bound every batch.
    max_ack_pending: 200_000,
  });
  const consumer = await nc.jetstream().consumers.get(streams.events, durable);
  const messages = await consumer.consume({ max_messages: 10_000 });

  let rows: unknown[] = [];
  let unacknowledged: JsMsg[] = [];
  let inserting: Promise<void> = Promise.resolve();
  const flush = () => {
    const [values, done] = [rows, unacknowledged];
    rows = [];
    unacknowledged = [];
    inserting = inserting.then(async () => {
      if (values.length === 0) return;
      await client.insert({
        table: 'plain_events',
        values,
        format: 'JSONEachRow',
        clickhouse_settings: { date_time_input_format: 'best_effort' },
      });
      for (const message of done) message.ack();
      process.send?.({ rows: values.length });
    });
    return inserting;
  };
  setInterval(() => void flush(), env.PLAIN_WAIT_MS);
  process.on('SIGTERM', () => process.exit(0));
  process.on('disconnect', () => process.exit(0));
  process.send?.({ ready: 'plain' });
  for await (const message of messages) {
    const parsed: unknown = message.json();
    const events: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    events.forEach((event, idx) => rows.push(toRow(message, looseEvent(event), idx, events.length)));
    unacknowledged.push(message);
    if (rows.length >= env.PLAIN_ROWS_MAX) await flush();
  }
}

interface LooseEvent {
  id?: unknown;
  source?: unknown;
  type?: unknown;
  time?: unknown;
  data?: Record<string, unknown>;
}

/** No check at all, as a plain consumer has none. */
function looseEvent(event: unknown): LooseEvent {
  return typeof event === 'object' && event !== null ? event : {};
}

function toRow(message: JsMsg, event: LooseEvent, idx: number, events: number) {
  const data = event.data ?? {};
  return {
    stream: 'EVENTS',
    epoch: 1,
    seq: message.seq,
    idx,
    events_in_message: idx === 0 ? events : 0,
    stream_created: 0,
    ingested_at: new Date(message.info.timestampNanos / 1e6).toISOString(),
    time: event.time,
    source: event.source,
    type: event.type,
    id: event.id,
    disposition: 'accepted',
    ticket_id: data['ticket_id'],
    customer_id: data['customer_id'] ?? '',
    status: data['status'] ?? '',
    priority: data['priority'] ?? '',
    team: data['team'] ?? '',
    assignee: data['assignee'] ?? '',
    channel: data['channel'] ?? '',
    data: JSON.stringify(data),
  };
}

await consumePlainly();
