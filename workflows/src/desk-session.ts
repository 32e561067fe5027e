import { setMaxListeners } from 'node:events';
import type { ClickHouseClient } from '@clickhouse/client';
import { eventDispositions } from '@deskwire/clickhouse/ledger-queries';
import { runQuery } from '@deskwire/clickhouse/query';
import type { CustomerProfile } from '@deskwire/contracts/customer';
import { streams, subjects } from '@deskwire/contracts/subjects';
import type { Ticket } from '@deskwire/contracts/ticket';
import type { Log } from '@deskwire/runtime/log';
import { openReader } from '@deskwire/streams/reader';
import { viewStream } from '@deskwire/streams/stream-door';
import type { Vault } from '@deskwire/vault/vault';
import type { JetStreamClient, JetStreamManager, NatsConnection } from 'nats';
import { announceHeld, announceLostEnd, createReusedIdAlerts } from './alerts.ts';
import { createAppender } from './appender.ts';
import { removeReplaced, runCompaction } from './compaction.ts';
import { appendToConversation } from './conversation.ts';
import { writeCustomer, type CustomerBucket, type CustomerDoors } from './customer-store.ts';
import { customerLane } from './customer-work.ts';
import { createFloor } from './floor.ts';
import { createFloorMarks } from './floor-marks.ts';
import { createIdMemory } from './id-memory.ts';
import { createLanes, type Lanes } from './lanes.ts';
import { createLedgerVerdicts } from './ledger-verdicts.ts';
import { createMessageQueue } from './message-queue.ts';
import type { Metrics } from './metrics.ts';
import { floorOf, type Start } from './start-position.ts';
import type { BusinessCalendar } from './state/business-time.ts';
import { createStateCache } from './state-cache.ts';
import { takeIn, type TakeInDoors } from './take-in.ts';
import { openTicketStore } from './ticket-store.ts';
import { writeTicket, type TicketWriterDoors } from './ticket-writer.ts';

export interface DeskDoors {
  /** Only for reading EVENTS: nothing else may wait behind its messages. */
  messages: NatsConnection;
  nc: NatsConnection;
  /** Aborts when `nc` breaks next. */
  connectionLost: () => AbortSignal;
  js: JetStreamClient;
  jsm: JetStreamManager;
  inboxPrefix: string;
  client: ClickHouseClient;
  customers: CustomerBucket;
  vault: Vault;
  calendar: () => BusinessCalendar;
  log: Log;
  metrics: Metrics;
  limits: {
    cacheTicketsMax: number;
    cacheCustomersMax: number;
    windowMax: number;
    heldMax: number;
    revisionsKept: number;
  };
}

const queueBytesMax = 8 * 2 ** 20;
const gaugesMs = 1_000;

/**
 * One uninterrupted stretch of the desk's work: read on behind the floor, apply each event, say the floor, until something
 * breaks. Always ends by rejecting; the next session begins from what TICKETS says.
 */
export async function runDeskSession(
  doors: DeskDoors,
  start: Start & { state: 'known' },
  onLanes: (lanes: Lanes) => void,
  stop: AbortSignal,
): Promise<never> {
  const { messages, nc, js, jsm, client, log, metrics, limits, vault } = doors;
  log.info({ nextSeq: start.nextSeq, headSeq: start.stream.lastSeq, epochs: start.epochs.slice(0, 3) }, 'reading on');
  if (start.lostItsEnd) await announceLostEnd(js, start.nextSeq);

  const session = new AbortController();
  const ended = AbortSignal.any([stop, session.signal]);
  // Every ticket whose event is tried again listens to it: Node warns from eleven on.
  setMaxListeners(0, ended);
  const floor = createFloor(start.floor);
  const floorNow = () => floorOf(start.epochs, floor.point());
  const lanes = createLanes({
    ...limits,
    onHeld: (lane, error) => {
      log.error({ err: error, lane }, 'an event cannot be applied and holds back its ticket');
      void announceHeld(js, lane, error).catch(() => undefined); // The log and the health check say it too.
    },
    stop: ended,
  });
  onLanes(lanes);
  const isBusy = () => lanes.state().running > 0;
  const marks = createFloorMarks({
    floor: floorNow,
    publish: async (mark) => {
      await js.publish(subjects.ticketFloor, JSON.stringify(mark));
    },
    isBusy,
    said: start.said,
  });
  const tickets = createStateCache<Ticket>(limits.cacheTicketsMax, lanes.isBusy);
  const profiles = createStateCache<CustomerProfile>(limits.cacheCustomersMax, (key) =>
    lanes.isBusy(customerLane(key)),
  );
  const queue = createMessageQueue(queueBytesMax, () => reader.more(), ended);
  const reader = await openReader({
    nc: messages,
    jsm,
    inboxPrefix: doors.inboxPrefix,
    stream: streams.events,
    startSeq: Math.max(start.nextSeq, 1),
    hasRoom: queue.hasRoom,
    onMessage: queue.add,
  });
  const appender = createAppender(nc, doors.inboxPrefix);
  const verdictOf = createLedgerVerdicts((asked) => runQuery(client, eventDispositions, asked), ended);
  const tellReusedId = createReusedIdAlerts(js);
  const writer: TicketWriterDoors = {
    store: openTicketStore(nc, appender),
    cache: tickets,
    converse: (thread) => appendToConversation(appender.appendOnce, thread),
    verdictOf,
    calendar: doors.calendar,
    floor: floorNow,
    onWritten: marks.carried,
    onConflict: () => metrics.conflicts.inc(),
  };
  const customers: CustomerDoors = {
    ...{ bucket: doors.customers, append: appender.append, cache: profiles, verdictOf },
    onReplaced: (revision) => removeReplaced(jsm, revision),
  };
  const gauges = setInterval(() => {
    const { running, held } = lanes.state();
    metrics.running.set(running);
    metrics.held.set(held);
    metrics.cached.set(tickets.size());
    metrics.cachedCustomers.set(profiles.size());
    metrics.floor.set(floor.point().timeUs / 1e6);
  }, gaugesMs);
  try {
    // A stream made again before the consumer was there would be read from the middle.
    const now = await viewStream(jsm, streams.events);
    if (now.created !== start.stream.created || now.lastSeq < start.stream.lastSeq)
      throw new Error('EVENTS was made again while its position was looked up');
    const apply: TakeInDoors['apply'] = async (task, { source, position, metBefore }) => {
      const outcome =
        task.of === 'ticket'
          ? await writeTicket(writer, task, metBefore)
          : await writeCustomer(customers, task, metBefore);
      metrics.events.inc({ outcome });
      if (outcome === 'content-differs') tellReusedId(source, position);
    };
    return await Promise.race([
      reader.broken,
      takeIn({ queue, lanes, floor, epochs: start.epochs, vault, ids: createIdMemory(), apply }),
      marks.run(ended),
      runCompaction(
        {
          ...{ messages, jsm, inboxPrefix: doors.inboxPrefix, client, log },
          revisionsKept: limits.revisionsKept,
          onRemoved: (count) => metrics.purged.inc(count),
        },
        ended,
      ),
    ]);
  } finally {
    clearInterval(gauges);
    reader.close();
    session.abort(new Error('this session has ended'));
    appender.close();
    await lanes.settled();
  }
}
