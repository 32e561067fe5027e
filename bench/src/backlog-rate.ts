import { ingestCommitted } from '@deskwire/contracts/flow';
import { subjects } from '@deskwire/contracts/subjects';
import { z } from 'zod';
import { startChild, type Child } from './child.ts';
import { countCpu, type CpuByPart } from './cpu-time.ts';
import type { Servers } from './servers.ts';

/** One way through a backlog, measured once. */
export interface RateRun {
  /** Between the first and the last stored batch. */
  eventsPerS: number;
  /** Microseconds per event over the same stretch, so without the start of the process. */
  cpuUs: CpuByPart;
}

export interface IngestOptions {
  rowsMax: number;
  /** Where the process leaves its CPU profile. */
  profileDir?: string | undefined;
}

const patienceMs = 60_000;

/** Ingest as it is run by `npm start`: from the beginning of the stream to its end. Rejects when the ledger does not add up. */
export async function ingestBacklog(servers: Servers, events: number, options: IngestOptions): Promise<RateRun> {
  const clock = createClock(events);
  const subscription = servers.nc.subscribe(subjects.ingestCommitted, {
    callback: (_, message) => clock.stored(ingestCommitted.parse(message.json()).rows),
  });
  await servers.nc.flush();
  const child = startChild({
    file: 'ingest/src/main.ts',
    env: { ...servers.ingestEnv, INGEST_BATCH_ROWS_MAX: String(options.rowsMax) },
    nodeFlags: options.profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profileDir}`],
  });
  const run = await measure(servers, child, clock, 'ingest');
  subscription.unsubscribe();
  const { rows, ids } = await countStored(servers, `events WHERE disposition = 'accepted'`);
  if (rows !== events || ids !== events)
    throw new Error(`the ledger accepted ${rows} rows of ${ids} events, ${events} were published`);
  return run;
}

/** The same backlog through the plain consumer. */
export async function consumeBacklog(
  servers: Servers,
  events: number,
  rowsMax: number,
): Promise<RateRun & { doubled: number }> {
  const clock = createClock(events);
  const child = startChild({
    file: 'bench/src/plain-consumer.ts',
    env: { ...servers.plainEnv, PLAIN_ROWS_MAX: String(rowsMax), PLAIN_WAIT_MS: '1000' },
  });
  child.onMessage((message) => {
    const stored = storedMessage.safeParse(message);
    if (stored.success) clock.stored(stored.data.rows);
  });
  const run = await measure(servers, child, clock, 'plain');
  // Nothing keeps it from storing a message twice when its acknowledgement came late; the clock counts those rows too.
  const { rows, ids } = await countStored(servers, 'plain_events');
  return { ...run, doubled: rows - ids };
}

const storedMessage = z.object({ rows: z.number() });

async function measure(servers: Servers, child: Child, clock: Clock, part: string): Promise<RateRun> {
  const counted = clock.begun.then(() => countCpu({ ...servers.pids, [part]: child.pid }));
  try {
    const { events, eventsPerS } = await Promise.race([clock.done, child.failed]);
    return { eventsPerS, cpuUs: (await counted)(events) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${why}; the process wrote: ${child.said()}`, { cause });
  } finally {
    clock.close();
    await child.stop();
  }
}

type Clock = ReturnType<typeof createClock>;

interface Stretch {
  events: number;
  eventsPerS: number;
}

/** The stretch between the first and the last stored batch; the first batch's own rows do not count, its time is not known. */
function createClock(events: number) {
  let total = 0;
  let first: { rows: number; at: number } | undefined;
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  let finish: (stretch: Stretch) => void = () => undefined;
  let giveUp: (error: Error) => void = () => undefined;
  const done = new Promise<Stretch>((resolve, reject) => {
    finish = resolve;
    giveUp = reject;
  });
  done.catch(() => undefined); // The child may have failed before.
  const timer = setTimeout(
    () => giveUp(new Error(`only ${total} of ${events} events were stored in ${patienceMs} ms`)),
    patienceMs,
  );
  return {
    begun,
    done,
    stored: (rows: number) => {
      const at = performance.now();
      first ??= { rows, at };
      begin();
      total += rows;
      const counted = total - first.rows;
      if (total >= events) finish({ events: counted, eventsPerS: Math.round((counted / (at - first.at)) * 1_000) });
    },
    close: () => clearTimeout(timer),
  };
}

const counts = z.array(z.object({ rows: z.number(), ids: z.number() }));

async function countStored({ client }: Servers, of: string): Promise<{ rows: number; ids: number }> {
  const answer = await client.query({
    query: `SELECT count() AS rows, uniqExact(id) AS ids FROM ${of}`,
    format: 'JSONEachRow',
  });
  return counts.parse(await answer.json())[0] ?? { rows: 0, ids: 0 };
}
