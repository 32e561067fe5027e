import { setTimeout as sleep } from 'node:timers/promises';
import { calmPerS, contenders, raw, withServer, type Contender, type Place } from './contenders.ts';
import { cpuSeconds } from './cpu-time.ts';
import { startKpiFeed } from './kpi-feed.ts';
import { restingBytes } from './resting-memory.ts';
import { startServers } from './servers.ts';
import { newToken } from './services.ts';
import { latencyOf, ratio, summarize, type Latency, type Summary } from './summary.ts';

export interface FanOutOptions {
  /** At 20 frames/s each, and those who come back after a crash. */
  clients: number;
  seconds: number;
  rounds: number;
  idleClients: number;
  say: (text: string) => void;
}

export interface FanOutResult extends Omit<FanOutOptions, 'say'> {
  frameBytes: number;
  perS: number;
  servers: ServerResult[];
}

export interface ServerResult {
  name: string;
  /** CPU microseconds of the server process per frame that a client received. */
  cpuUs: Summary;
  ratioToRaw: number;
  /** Frames received of those sent, 0 to 1, in the worst round. */
  delivered: number;
  /** Bytes per connection that subscribed and rests. */
  idleBytes: number;
  /** Ms until clients hold a frame again, from the moment the server, killed, is there again. */
  back: Latency;
  /** Ms from its death until it was there. */
  awayMs: number;
}

const perS = 20;
const warmupMs = 2_000;
const warmingClients = 500;

/**
 * The real hub, with its sign-in, its checks and its own path of a frame, beside a bare uWebSockets topic and Socket.IO's default
 * server: each a process of its own with the same frames from NATS and the same clients, which share its machine.
 */
export async function measureFanOut(options: FanOutOptions): Promise<FanOutResult> {
  const { clients, seconds, rounds, idleClients, say } = options;
  const servers = await startServers();
  try {
    const token = await newToken(servers, 'analyst');
    const feed = await startKpiFeed(servers);
    const deliveries = new Map<Contender, Delivery[]>(contenders.map((contender) => [contender, []]));
    const visit = <Result>(contender: Contender, work: (place: Place) => Promise<Result>) =>
      withServer({ servers, feed, token, contender }, work);
    try {
      // Side by side, round by round: a disturbance of the machine then hits all of them.
      for (let round = 0; round < rounds; round++) {
        for (const [contender, seen] of deliveries) {
          seen.push(await visit(contender, (place) => measureDelivery(place, clients, seconds)));
          say(`fan-out, ${contender.name}: ${seen.at(-1)?.cpuUs ?? 0} us of CPU per frame`);
        }
      }
      const cpuOf = (contender: Contender) => summarize((deliveries.get(contender) ?? []).map(({ cpuUs }) => cpuUs));
      const results: ServerResult[] = [];
      for (const contender of contenders) {
        const cpuUs = cpuOf(contender);
        const idleBytes = await visit(contender, (place) => measureIdle(place, idleClients));
        const back = await visit(contender, (place) => measureReturn(place, clients));
        const delivered = Math.min(...(deliveries.get(contender) ?? []).map((seen) => seen.delivered));
        const ratioToRaw = ratio(cpuUs.median, cpuOf(raw).median);
        results.push({ name: contender.name, cpuUs, ratioToRaw, delivered, idleBytes, ...back });
        say(`idle and return, ${contender.name}: measured`);
      }
      const { frameBytes } = feed;
      return { clients, seconds, rounds, idleClients, frameBytes, perS, servers: results };
    } finally {
      await feed.stop();
    }
  } finally {
    await servers.stop();
  }
}

interface Delivery {
  cpuUs: number;
  delivered: number;
}

async function measureDelivery({ feed, clients, server }: Place, count: number, seconds: number): Promise<Delivery> {
  await clients.open(count);
  feed.setRate(perS);
  await sleep(warmupMs);
  const look = async () => ({ ...(await clients.state()), sent: feed.sent(), cpuS: cpuSeconds(server().pid) ?? NaN });
  const before = await look();
  await sleep(seconds * 1_000);
  const after = await look();
  const received = after.frames - before.frames;
  return {
    cpuUs: Math.round(((after.cpuS - before.cpuS) * 1e8) / received) / 100,
    delivered: Math.round((received / ((after.sent - before.sent) * count)) * 1_000) / 1_000,
  };
}

async function measureIdle({ feed, clients, server }: Place, count: number): Promise<number> {
  // The first ones pay for code and buffers that all others share.
  await clients.open(warmingClients);
  feed.setRate(0);
  const before = await restingBytes(server().pid);
  feed.setRate(calmPerS);
  await clients.open(warmingClients + count);
  feed.setRate(0);
  const after = await restingBytes(server().pid);
  return Math.round((after - before) / count);
}

async function measureReturn({ clients, restart }: Place, count: number): Promise<{ back: Latency; awayMs: number }> {
  await clients.open(count);
  const { diedAt, readyAt } = await restart();
  const { upSince } = await clients.untilUp(count);
  const back = upSince.filter((at) => at >= diedAt).map((at) => Math.max(0, at - readyAt));
  return { back: latencyOf(back), awayMs: readyAt - diedAt };
}
