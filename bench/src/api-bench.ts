import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '@deskwire/supervisor/start-nats';
import { z } from 'zod';
import { loadApi, type Endpoint, type EndpointLoad } from './api-load.ts';
import { followArrivals, startArrivals, type Arrivals } from './arrivals.ts';
import { startChild, type Child } from './child.ts';
import { countCpu, type CpuByPart } from './cpu-time.ts';
import type { History } from './history.ts';
import type { Servers } from './servers.ts';

/** Waiting times of the HTTP API in ms, while events arrive. */
export interface ApiResult extends History {
  clients: number;
  /** Events/s that are published meanwhile, and how many of them are tickets'. */
  rate: number;
  ticketRate: number;
  seconds: number;
  /** DESIGN section 10: p99 in ms. */
  budget: number;
  /** Clients that pause as people do, and clients that do not, which is all that the machine can give. */
  loads: ApiLoadResult[];
}

export interface ApiLoadResult extends Arrivals {
  pauseMs: number;
  /** Cores that each process kept busy meanwhile, this one (clients and publisher) as `bench`. */
  cores: CpuByPart;
  endpoints: EndpointLoad[];
}

export interface ApiBenchOptions {
  clients: number;
  pausesMs: readonly number[];
  rate: number;
  ticketRate: number;
  seconds: number;
  warmupSeconds: number;
}

const budget = 1_000;
const root = fileURLToPath(new URL('../../', import.meta.url));
const dayMs = 86_400_000;

/** Ingest, desk and web server as `npm start` runs them, on a history that is there. */
export async function measureApi(servers: Servers, history: History, options: ApiBenchOptions): Promise<ApiResult> {
  const { clients, pausesMs, rate, ticketRate, seconds, warmupSeconds } = options;
  await buildWebApp();
  const token = await newToken(servers);
  const port = await freePort();
  const ready: Child[] = [];
  const pids: Record<string, number> = { ...servers.pids, bench: process.pid };
  try {
    for (const [part, env] of [
      ['ingest', servers.ingestEnv],
      ['workflows', servers.deskEnv],
      ['web', { ...servers.webEnv, WEB_PORT: String(port) }],
    ] as const) {
      const child = await startReady(`${part}/src/main.ts`, env);
      ready.push(child);
      pids[part] = child.pid;
    }
    const failed = ready.map((child) => child.failed);
    const arriving = startArrivals(servers, options);
    const following = await followArrivals(servers);
    try {
      const loads: ApiLoadResult[] = [];
      for (const pauseMs of pausesMs) {
        await Promise.race([following.untilCaughtUp(rate), ...failed]);
        const beganAt = performance.now();
        const cpuUs = countCpu(pids);
        const arrived = arriving.count();
        const load = loadApi({
          ...{ url: `http://127.0.0.1:${port}`, token, clients, pauseMs, endpoints: endpointsOf(history) },
          ...{ warmupMs: warmupSeconds * 1_000, measuredMs: seconds * 1_000 },
        });
        const endpoints = await Promise.race([load, ...failed]);
        const tookMs = performance.now() - beganAt;
        const reached = Math.round(((arriving.count() - arrived) / tookMs) * 1_000);
        loads.push({ pauseMs, reached, ...following.behind(), cores: cpuUs(1_000 * tookMs), endpoints });
      }
      return { ...history, clients, rate, ticketRate, seconds, budget, loads };
    } finally {
      arriving.stop();
      following.stop();
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${why}; the processes wrote: ${ready.map((child) => child.said()).join('\n')}`, { cause });
  } finally {
    for (const child of ready.toReversed()) await child.stop();
  }
}

function endpointsOf({ tickets }: History): Endpoint[] {
  // The ranges that a page offers: whole days until now, for everybody and for some teams.
  const scopes = ['all', 'team:team-0', 'team:team-1', 'team:team-2', 'team:team-3'];
  const scope = (n: number) => `scope=${scopes[n % scopes.length] ?? 'all'}`;
  const last = (days: number) => {
    const today = Math.floor(Date.now() / dayMs) * dayMs;
    return `from=${new Date(today - (days - 1) * dayMs).toISOString()}`;
  };
  return [
    { name: '/kpi, all of today', path: (n) => `/api/v1/kpi?${scope(n)}` },
    {
      name: '/kpi/created/series, 7 days by hour',
      path: (n) => `/api/v1/kpi/created/series?grain=hour&${last(7)}&${scope(n)}`,
    },
    {
      name: '/kpi, full_resolution_time of a year',
      path: (n) => `/api/v1/kpi?kpis=full_resolution_time&${last(365)}&${scope(n)}`,
    },
    // A prime step: whose ticket is asked for is as good as random.
    { name: '/tickets/<id>', path: (n) => `/api/v1/tickets/bench~${(n * 7_919) % tickets}` },
  ];
}

async function startReady(file: string, env: Record<string, string>): Promise<Child> {
  const child = startChild({ file, env });
  const ready = new Promise<void>((resolve) => child.onMessage(() => resolve()));
  await Promise.race([ready, child.failed]);
  return child;
}

const run = promisify(execFile);
const buildScript = `import { buildWeb } from './supervisor/setup/web-build.mjs'; await buildWeb(process.cwd(), console.error);`;

/** Like `npm start`: only when its sources are not those of the build that is there. */
async function buildWebApp(): Promise<void> {
  await run(process.execPath, ['--input-type=module', '--eval', buildScript], { cwd: root });
}

const madeToken = z.object({ token: z.string() });

/** A lead without teams may ask all of these endpoints. */
async function newToken({ plainEnv }: Servers): Promise<string> {
  const args = ['--import', 'tsx', 'hub/src/token.ts', 'add', '--role', 'lead', '--name', 'Bench', '--json'];
  const env = { PATH: process.env['PATH'], ...plainEnv };
  const { stdout } = await run(process.execPath, args, { cwd: root, env });
  return madeToken.parse(JSON.parse(stdout)).token;
}
