import { z } from 'zod';
import { benchEvent, benchSubjects } from './bench-event.ts';
import { startChild } from './child.ts';
import { startServers, type Servers } from './servers.ts';
import { percentile } from './summary.ts';

/** Milliseconds from publish until a query on ClickHouse first saw the event. */
export interface Latency {
  p50: number;
  p99: number;
  max: number;
  events: number;
}

export interface LatencyResult {
  /** Events/s asked for, and what the publisher reached. */
  rate: number;
  reached: number;
  ingest: Latency;
  plain: Latency;
}

export interface LatencyOptions {
  rate: number;
  seconds: number;
  warmupSeconds: number;
}

/** What a user would set for the plain consumer: an insert at 10,000 rows, or after a second. */
export const plainSettings = { PLAIN_ROWS_MAX: '10000', PLAIN_WAIT_MS: '1000' } as const;

const pollPauseMs = 3;
const tickMs = 2;
const drainMsMax = 20_000;

/** One event a message at a steady rate, first through ingest, then through the plain consumer, each on servers of its own. */
export async function measureLatency(options: LatencyOptions): Promise<LatencyResult> {
  const ours = await measureOne(options, (servers) => ({
    file: 'ingest/src/main.ts',
    env: servers.ingestEnv,
    table: 'events',
  }));
  const plain = await measureOne(options, (servers) => ({
    file: 'bench/src/plain-consumer.ts',
    env: { ...servers.plainEnv, ...plainSettings },
    table: 'plain_events',
  }));
  return { rate: options.rate, reached: ours.reached, ingest: ours.latency, plain: plain.latency };
}

type Consumer = (servers: Servers) => { file: string; env: Record<string, string>; table: string };

async function measureOne(options: LatencyOptions, consumer: Consumer): Promise<{ latency: Latency; reached: number }> {
  const servers = await startServers();
  const { file, env, table } = consumer(servers);
  const child = startChild({ file, env });
  try {
    await child.ready;
    return await Promise.race([publishAndWatch(servers, table, options), child.failed]);
  } finally {
    await child.stop();
    await servers.stop();
  }
}

/** The publisher and the watcher share a process, so that one clock stamps both ends. */
async function publishAndWatch(
  { nc, client }: Servers,
  table: string,
  { rate, seconds, warmupSeconds }: LatencyOptions,
): Promise<{ latency: Latency; reached: number }> {
  const events = Math.round(rate * (warmupSeconds + seconds));
  const publishedAt = new Float64Array(events);
  const latencyMs = new Float64Array(events);
  const startedAt = performance.now();
  let published = 0;
  let publishedInMs = 0;
  const publish = setInterval(() => {
    const due = Math.min(events, Math.floor(((performance.now() - startedAt) * rate) / 1_000));
    for (; published < due; published++) {
      const text = benchEvent(published, { sealed: false, tickets: 10_000 }, Date.now());
      publishedAt[published] = performance.now();
      nc.publish(benchSubjects.single, text);
    }
    if (published < events) return;
    clearInterval(publish);
    publishedInMs = performance.now() - startedAt;
  }, tickMs);

  // Events are stored in the order of the stream, so the count says which ones are visible.
  let visible = 0;
  const until = startedAt + (warmupSeconds + seconds) * 1_000 + drainMsMax;
  while (visible < events) {
    const count = await countRows(client, table);
    const at = performance.now();
    for (; visible < count; visible++) latencyMs[visible] = at - (publishedAt[visible] ?? at);
    if (at > until)
      throw new Error(`${table}: ${visible} of ${events} events were visible ${drainMsMax} ms after the last one`);
    await new Promise((resolve) => setTimeout(resolve, pollPauseMs));
  }
  const sorted = latencyMs.subarray(Math.round(rate * warmupSeconds)).sort();
  const ms = (share: number) => Math.round(percentile(sorted, share) * 10) / 10;
  return {
    latency: { p50: ms(0.5), p99: ms(0.99), max: ms(1), events: sorted.length },
    reached: Math.round((events / publishedInMs) * 1_000),
  };
}

const countRow = z.array(z.object({ rows: z.number() }));

async function countRows(client: Servers['client'], table: string): Promise<number> {
  const answer = await client.query({ query: `SELECT count() AS rows FROM ${table}`, format: 'JSONEachRow' });
  return countRow.parse(await answer.json())[0]?.rows ?? 0;
}
