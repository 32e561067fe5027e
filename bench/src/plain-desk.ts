import { streams } from '@deskwire/contracts/subjects';
import { isWrongLastSequence } from '@deskwire/contracts/wrong-last-sequence';
import { natsEnv } from '@deskwire/runtime/env';
import { connectNats } from '@deskwire/runtime/nats';
import { AckPolicy, NatsError, type JsMsg, type KV } from 'nats';
import { z } from 'zod';
import { readChildEnv } from './env.ts';

const shape = { ...natsEnv, PLAIN_BUCKET: z.string(), PLAIN_WINDOW_MAX: z.coerce.number().int().positive() };

/**
 * The desk's baseline, a process of its own: what one writes first. A durable consumer with acknowledgements, and for each
 * event KV get, merge, KV update with compare-and-set, as plain JSON; in order for each ticket, PLAIN_WINDOW_MAX events at
 * once. No validation, order among snapshots, history, measures, duplicates, conversation or sealing.
 */
async function updatePlainly(): Promise<void> {
  const env = readChildEnv(shape);
  const nc = await connectNats(env, 'operator');
  const jsm = await nc.jetstreamManager();
  const durable = `plain-desk-${process.pid}`;
  await jsm.consumers.add(streams.events, {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    max_ack_pending: 20_000,
  });
  const js = nc.jetstream();
  const tickets = await js.views.kv(env.PLAIN_BUCKET, { bindOnly: true });
  const consumer = await js.consumers.get(streams.events, durable);
  const messages = await consumer.consume({ max_messages: 2_000 });
  process.on('SIGTERM', () => process.exit(0));
  process.on('disconnect', () => process.exit(0));
  process.send?.({ ready: 'plain' });

  const last = new Map<string, Promise<void>>();
  const running = new Set<Promise<void>>();
  for await (const message of messages) {
    const event = readLoosely(message);
    const work = (last.get(event.ticketId) ?? Promise.resolve())
      .then(() => update(tickets, event))
      .then(() => {
        message.ack();
        running.delete(work);
        if (last.get(event.ticketId) === work) last.delete(event.ticketId);
      });
    last.set(event.ticketId, work);
    running.add(work);
    if (running.size >= env.PLAIN_WINDOW_MAX) await Promise.race(running);
  }
}

interface LooseEvent {
  ticketId: string;
  type: string;
  data: Record<string, unknown>;
}

const looseEvent = z.object({ type: z.string(), data: z.looseObject({ ticket_id: z.string() }) });

function readLoosely(message: JsMsg): LooseEvent {
  const { type, data } = looseEvent.parse(message.json());
  return { ticketId: data.ticket_id, type, data };
}

const ticket = z.looseObject({ messages: z.number(), version: z.number() });

async function update(tickets: KV, { ticketId, type, data }: LooseEvent): Promise<void> {
  for (;;) {
    const entry = await tickets.get(ticketId);
    const before = entry === null ? { messages: 0, version: 0 } : ticket.parse(entry.json());
    const isMessage = type === 'ticket.message';
    const after = {
      ...before,
      ...(isMessage ? { messages: before.messages + 1, last_message_at: data['created_at'] } : data),
      version: before.version + 1,
    };
    try {
      if (entry === null) await tickets.create(ticketId, JSON.stringify(after));
      else await tickets.update(ticketId, JSON.stringify(after), entry.revision);
      return;
    } catch (error) {
      if (!(error instanceof NatsError) || !isWrongLastSequence(error.api_error)) throw error;
    }
  }
}
await updatePlainly();
