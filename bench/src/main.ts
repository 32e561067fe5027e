import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureApi, type ApiResult } from './api-bench.ts';
import { measureDesk, type DeskResult } from './desk-bench.ts';
import { measureFanOut, type FanOutResult } from './fan-out.ts';
import { fillHistory } from './history.ts';
import { measureHubLatency, type HubLatency } from './hub-latency.ts';
import { measureScenario, scenarios, type IngestResult } from './ingest-bench.ts';
import { measureLatency, type LatencyResult } from './latency-bench.ts';
import { describeMachine, loadNow } from './machine.ts';
import { measurePage, type PageResult } from './page-bench.ts';
import { readProfiles } from './profile.ts';
import { renderReport, type Report } from './report.ts';
import { startServers } from './servers.ts';
import { measureTick, type TickResult } from './tick-bench.ts';

const help = `npm run bench -- [--quick] [--only ingest|latency|desk|tick|api|hub|page] [--scenario <n>] [--profile] [--json]

Measures on this machine, with servers of its own (they are started, used and removed):
  ingest   events/s from a backlog, one event a message and in arrays, without and with two sealed personal fields;
           beside it a plain consumer (nats.js, JSON.parse, official client, JSONEachRow) and the bare engine (RowBinary)
  latency  from publish until a query sees the event, at 500, 5,000 and 20,000 events/s; beside it the plain consumer
  desk     ticket events applied per second from a backlog, without and with sealed fields; beside it a plain read-modify-write
           (nats.js, KV get, merge, KV update with compare-and-set)
  tick     every KPI of today, at 1 M events of 100,000 tickets and 10 M of 1 M, as many a day; beside it the
           same SQL without projections
  api      waiting times of the HTTP API on the larger history for 20 clients, with a second's pause between answer and
           question, while 2,000 events/s arrive, a tenth of them tickets' and all of them, and without a pause; nothing
           comparable exists to measure beside it
  hub      from publish to a KPI frame at a socket, at 500, 5,000 and 20,000 events/s, beside a dashboard that asks every 5 s;
           CPU per frame at 2,000 sockets, memory of 5,000 idle ones, and 2,000 that come back after a crash: the real hub beside
           raw uWebSockets and Socket.IO's default server
  page     the signed-in Overview in Chromium on the smaller history, while events arrive: weight, time to the first figure, frames
           that the browser drops, Lighthouse (fetched by npm, so it needs a network)

  --quick         fewer events, one run each: ten minutes; good for a first look only
  --only <part>   one of the seven
  --scenario <n>  one kind of backlog, 1 to ${scenarios.length}: ${scenarios.map(({ name }, i) => `${i + 1} ${name}`).join('; ')}
  --profile       names where ingest spends its time (its profile costs about a tenth of the speed)
  --json          one document on stdout instead of the table; it is also kept in bench/results/
`;

const parts = ['ingest', 'latency', 'desk', 'tick', 'api', 'hub', 'page'] as const;
type Part = (typeof parts)[number];

const api = {
  ...{ clients: 20, rate: 2_000 },
  loads: [
    // A tenth, as in section 10; then as many as these cores apply.
    { pauseMs: 1_000, ticketRate: 200 },
    { pauseMs: 1_000, ticketRate: 2_000 },
    { pauseMs: 0, ticketRate: 2_000 },
  ],
} as const;
const sizes = {
  full: {
    ...{ events: 600_000, runs: 3, seconds: 10, warmupSeconds: 3 },
    desk: { events: 50_000, tickets: 20_000 },
    // As many tickets a day in both: a tick must not grow with what is long over.
    small: { tickets: 100_000, events: 1_000_000, days: 36.5 },
    large: { tickets: 1_000_000, events: 10_000_000, days: 365 },
    tick: { ticks: 200, plainMsMax: 60_000 },
    // Long enough that p99 is not simply the slowest: with 30 s an endpoint gave some 85 answers, the first reading of a cold process among them.
    api: { ...api, seconds: 180, warmupSeconds: 5 },
    // Cold processes fall behind at first; how fast they catch up is not what is asked here.
    hub: { seconds: 30, warmupSeconds: 15 },
    fanOut: { clients: 2_000, seconds: 10, rounds: 3, idleClients: 5_000 },
    page: { loads: 7, seconds: 20 },
  },
  quick: {
    ...{ events: 150_000, runs: 1, seconds: 4, warmupSeconds: 2 },
    desk: { events: 10_000, tickets: 4_000 },
    small: { tickets: 4_000, events: 40_000, days: 36.5 },
    large: { tickets: 40_000, events: 400_000, days: 365 },
    tick: { ticks: 50, plainMsMax: 10_000 },
    api: { ...api, seconds: 8, warmupSeconds: 3 },
    hub: { seconds: 10, warmupSeconds: 3 },
    fanOut: { clients: 2_000, seconds: 5, rounds: 1, idleClients: 2_000 },
    page: { loads: 2, seconds: 10 },
  },
} as const;
/** As ingest does by default; the plain consumer and the bare engine get the same. */
const rowsMax = 20_000;
const rates = [500, 5_000, 20_000] as const;
const hotMax = 25;
const results = fileURLToPath(new URL('../results/', import.meta.url));

/** `npm run bench`. Exit codes: 0 measured, 1 not, with the reason on stderr. */
async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      scenario: { type: 'string' },
      profile: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return void process.stdout.write(help);
  const only = parts.find((part) => part === values.only);
  if (only !== values.only) throw new Error(`--only is one of ${parts.join(', ')}`);
  const chosen =
    values.scenario === undefined ? scenarios : scenarios.slice(Number(values.scenario) - 1, Number(values.scenario));
  if (chosen.length === 0) throw new Error(`--scenario is a number from 1 to ${scenarios.length}`);
  const mode = values.quick ? 'quick' : 'full';
  const report = await measure({ mode, only, chosen, profile: values.profile });
  mkdirSync(results, { recursive: true });
  const file = join(results, `${report.at.replaceAll(':', '-').slice(0, 19)}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : `${renderReport(report)}\nKept in ${file}\n`);
}

interface Wanted {
  mode: 'full' | 'quick';
  only: Part | undefined;
  chosen: typeof scenarios;
  profile: boolean;
}

async function measure({ mode, only, chosen, profile }: Wanted): Promise<Report> {
  const size = sizes[mode];
  const { events, runs, seconds, warmupSeconds } = size;
  const wants = (part: Part) => only === undefined || only === part;
  const before = loadNow();
  const at = new Date().toISOString();
  const servers = await startServers();
  const machine = await describeMachine(servers).finally(servers.stop);
  const profileDir = profile ? mkdtempSync(join(tmpdir(), 'deskwire-profile-')) : undefined;
  const ingest: IngestResult[] = [];
  const latency: LatencyResult[] = [];
  const desk: DeskResult[] = [];
  for (const scenario of wants('ingest') ? chosen : []) {
    // One profile would mix them: only the first kind of backlog is profiled.
    const profiled = scenario === chosen[0] ? profileDir : undefined;
    ingest.push(await measureScenario(scenario, { events, runs, rowsMax, profileDir: profiled, say }));
  }
  for (const rate of wants('latency') ? rates : []) {
    latency.push(await measureLatency({ rate, seconds, warmupSeconds }));
    say(`latency at ${rate} events/s is measured`);
  }
  for (const sealed of wants('desk') ? [false, true] : [])
    desk.push(await measureDesk({ ...size.desk, sealed, runs, rowsMax, say }));
  const histories = await measureHistories(mode, wants);
  const live = wants('hub') ? await measureHub(mode) : { hub: [] };
  const hot = profileDir === undefined || ingest.length === 0 ? undefined : readProfiles(profileDir, hotMax);
  if (profileDir !== undefined) rmSync(profileDir, { recursive: true, force: true });
  return {
    ...{ at, mode, machine, load: { before, after: loadNow() }, ingest, latency, desk, ...histories, ...live },
    ...(hot === undefined ? {} : { profile: { scenario: chosen[0]?.name ?? '', ...hot } }),
  };
}

async function measureHub(mode: Wanted['mode']): Promise<{ hub: HubLatency[]; fanOut: FanOutResult }> {
  const hub: HubLatency[] = [];
  for (const rate of rates) {
    hub.push(await measureHubLatency({ rate, ...sizes[mode].hub }));
    say(`latency of KPI frames at ${rate} events/s is measured`);
  }
  return { hub, fanOut: await measureFanOut({ ...sizes[mode].fanOut, say }) };
}

/** Ticks on both histories, the page on the smaller one, the API on the larger; each history on servers of its own, made once. */
async function measureHistories(
  mode: Wanted['mode'],
  wants: (part: Part) => boolean,
): Promise<{ ticks: TickResult[]; api?: ApiResult | undefined; page?: PageResult | undefined }> {
  const { small, large, tick } = sizes[mode];
  const ticks: TickResult[] = [];
  let api: ApiResult | undefined;
  let page: PageResult | undefined;
  for (const size of [small, large]) {
    const [wantsPage, wantsApi] = [wants('page') && size === small, wants('api') && size === large];
    if (!wants('tick') && !wantsPage && !wantsApi) continue;
    const servers = await startServers();
    try {
      const endMs = Date.now();
      const history = await fillHistory(servers.client, size, endMs);
      say(`${history.events} events and ${history.changes} changes of ${history.tickets} tickets are stored`);
      if (wants('tick')) ticks.push(await measureTick(servers, history, endMs, tick));
      if (wantsPage) page = await measurePage(servers, history, sizes[mode].page);
      if (wantsApi) api = await measureApi(servers, history, sizes[mode].api);
    } finally {
      await servers.stop();
    }
  }
  return { ticks, api, page };
}

const say = (text: string) => void process.stderr.write(`${text}\n`);

try {
  await bench(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
