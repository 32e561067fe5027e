import { channels } from '@deskwire/contracts/channels';
import { frame, subscribeAck } from '@deskwire/contracts/hub-protocol';
import { kpiAnswers, kpiFrame, type KpiAnswers } from '@deskwire/contracts/kpi';
import { io } from 'socket.io-client';
import { startArrivals } from './arrivals.ts';
import { benchStep } from './bench-event.ts';
import { countCpu, type CpuByPart } from './cpu-time.ts';
import { startServers, type Servers } from './servers.ts';
import { newToken, startServices, type Services } from './services.ts';
import { waitsUntilSeen, type Sighting } from './sightings.ts';
import { latencyOf, type Latency } from './summary.ts';

/** Milliseconds from publish until seen; `unseen` events were in no figure when the patience ended. */
export interface SeenLatency extends Latency {
  unseen: number;
}

export interface HubLatency {
  /** Events/s asked for and reached, and how many of them are tickets'. */
  rate: number;
  reached: number;
  ticketRate: number;
  seconds: number;
  framesPerS: number;
  frames: SeenLatency;
  /** A dashboard that asks the HTTP API every 5 s. */
  polled: SeenLatency;
  /** Cores that each process kept busy, this one (publisher and both dashboards) as `bench`. */
  cores: CpuByPart;
}

export interface HubLatencyOptions {
  rate: number;
  seconds: number;
  warmupSeconds: number;
}

const ticketShare = 0.1;
const pollMs = 5_000;
const patienceMs = 60_000;
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * From publish to a KPI frame at a socket, through broker, ingest, desk, engine and hub as `npm start` runs them, on an empty
 * history. Every tenth event is a ticket's, and each of those adds one to the sum of today's created, solved and reopened: the
 * frame that contains the n-th one is the first whose sum is above n. (The desk works on tickets side by side, so that two
 * neighbours may be counted in the other's place.) Publisher and socket share a process, so that one clock stamps both ends.
 */
export async function measureHubLatency(options: HubLatencyOptions): Promise<HubLatency> {
  const servers = await startServers();
  try {
    const services = await startServices(servers, ['ingest', 'workflows', 'hub', 'web']);
    try {
      return await services.during(() => publishAndFollow(servers, services, options));
    } finally {
      await services.stop();
    }
  } finally {
    await servers.stop();
  }
}

async function publishAndFollow(
  servers: Servers,
  { hubUrl, webUrl, pids }: Services,
  { rate, seconds, warmupSeconds }: HubLatencyOptions,
): Promise<HubLatency> {
  const token = await newToken(servers, 'analyst');
  const socket = await followFrames(hubUrl, token);
  const dashboard = pollFigures(webUrl, token);
  const publishedAtMs: number[] = [];
  const openedMs = Date.now();
  const ticketRate = rate * ticketShare;
  const beganMs = performance.now();
  const cpuUs = countCpu(pids);
  const arriving = startArrivals(servers, { rate, ticketRate }, (n, nowMs) => {
    publishedAtMs[n] = performance.now();
    return benchStep(n, openedMs, nowMs);
  });
  try {
    await pause((warmupSeconds + seconds) * 1_000);
    const tookMs = performance.now() - beganMs;
    arriving.stop();
    const reached = Math.round((arriving.count() / tookMs) * 1_000);
    const framesPerS = Math.round((socket.sightings.length / tookMs) * 10_000) / 10;
    const cores = cpuUs(1_000 * tookMs);
    const isSeen = ({ sightings }: { sightings: Sighting[] }) => (sightings.at(-1)?.count ?? 0) >= publishedAtMs.length;
    const deadline = performance.now() + patienceMs;
    while (!(isSeen(socket) && isSeen(dashboard)) && performance.now() < deadline) await pause(50);
    const first = publishedAtMs.findIndex((atMs) => atMs >= beganMs + warmupSeconds * 1_000);
    const seen = ({ sightings }: { sightings: Sighting[] }): SeenLatency => {
      const waitsMs = waitsUntilSeen(publishedAtMs, sightings);
      return { ...latencyOf(waitsMs.slice(first)), unseen: publishedAtMs.length - waitsMs.length };
    };
    return { rate, reached, ticketRate, seconds, framesPerS, frames: seen(socket), polled: seen(dashboard), cores };
  } finally {
    arriving.stop();
    socket.close();
    dashboard.close();
  }
}

/** A program at the real hub; resolves with the first frame. */
async function followFrames(url: string, token: string) {
  const socket = io(url, { transports: ['websocket'], auth: { token } });
  const sightings: Sighting[] = [];
  socket.on('frame', (message: unknown) => {
    const atMs = performance.now();
    const parsed = frame.extend({ data: kpiFrame }).safeParse(message);
    if (parsed.success) sightings.push({ count: countOf(parsed.data.data.kpis), atMs });
  });
  const deadline = performance.now() + patienceMs;
  while (sightings.length === 0) {
    if (performance.now() > deadline) throw new Error('the hub sent no figures');
    const answer: unknown = await socket.timeout(patienceMs).emitWithAck('subscribe', { ch: channels.kpi('all') });
    const said = subscribeAck.parse(answer);
    if (!said.ok && said.error.code !== 'unavailable') throw new Error(`the hub said: ${said.error.message}`);
    await pause(100);
  }
  return { sightings, close: () => void socket.close() };
}

function pollFigures(url: string, token: string) {
  const sightings: Sighting[] = [];
  const timer = setInterval(() => {
    // What was not answered is asked again in five seconds, as a dashboard does.
    ask().catch(() => undefined);
  }, pollMs);
  async function ask(): Promise<void> {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/api/v1/kpi?kpis=created,solved,reopened`, { headers });
    const kpis = kpiAnswers.parse(await response.json());
    const count = countOf(kpis);
    // A slow answer may be overtaken by the next one; what is shown never goes back.
    if (count >= (sightings.at(-1)?.count ?? 0)) sightings.push({ count, atMs: performance.now() });
  }
  return { sightings, close: () => clearInterval(timer) };
}

const countOf = ({ created, solved, reopened }: KpiAnswers) =>
  [created, solved, reopened].reduce((sum, answer) => sum + (answer?.n ?? 0), 0);
