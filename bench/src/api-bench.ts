import { loadApi, type Endpoint, type EndpointLoad } from './api-load.ts';
import { followArrivals, startArrivals, type Arrivals } from './arrivals.ts';
import { countCpu, type CpuByPart } from './cpu-time.ts';
import type { History } from './history.ts';
import type { Servers } from './servers.ts';
import { newToken, startServices } from './services.ts';

/** Waiting times of the HTTP API in ms, while events arrive. */
export interface ApiResult extends History {
  clients: number;
  /** Events/s that are published meanwhile. */
  rate: number;
  seconds: number;
  /** DESIGN section 10: p99 in ms. */
  budget: number;
  loads: ApiLoadResult[];
}

/** Clients that pause as people do, or that do not, which is all that the machine can give. */
export interface ApiLoadOptions {
  pauseMs: number;
  /** How many of the events/s are tickets'. */
  ticketRate: number;
}

export interface ApiLoadResult extends ApiLoadOptions, Arrivals {
  /** Cores that each process kept busy meanwhile, this one (clients and publisher) as `bench`. */
  cores: CpuByPart;
  endpoints: EndpointLoad[];
}

export interface ApiBenchOptions {
  clients: number;
  rate: number;
  loads: readonly ApiLoadOptions[];
  seconds: number;
  warmupSeconds: number;
}

const budget = 1_000;
const dayMs = 86_400_000;

export async function measureApi(servers: Servers, history: History, options: ApiBenchOptions): Promise<ApiResult> {
  const { clients, rate, seconds } = options;
  const loads: ApiLoadResult[] = [];
  for (const load of options.loads) loads.push(await measureLoad(servers, history, options, load));
  return { ...history, clients, rate, seconds, budget, loads };
}

/** Ingest, desk and web server as `npm start` runs them, on a history that is there; started anew, so that each load meets them cold. */
async function measureLoad(
  servers: Servers,
  history: History,
  { clients, rate, seconds, warmupSeconds }: ApiBenchOptions,
  { pauseMs, ticketRate }: ApiLoadOptions,
): Promise<ApiLoadResult> {
  const services = await startServices(servers, ['ingest', 'workflows', 'web']);
  const arriving = startArrivals(servers, { rate, ticketRate });
  try {
    return await services.during(async () => {
      // A lead without teams may ask all of these endpoints.
      const token = await newToken(servers, 'lead');
      const following = await followArrivals(servers);
      try {
        await following.untilCaughtUp(rate);
        const beganAt = performance.now();
        const cpuUs = countCpu(services.pids);
        const arrived = arriving.count();
        const endpoints = await loadApi({
          ...{ url: services.webUrl, token, clients, pauseMs, endpoints: endpointsOf(history) },
          ...{ warmupMs: warmupSeconds * 1_000, measuredMs: seconds * 1_000 },
        });
        const tookMs = performance.now() - beganAt;
        const reached = Math.round(((arriving.count() - arrived) / tookMs) * 1_000);
        return { pauseMs, ticketRate, reached, ...following.behind(), cores: cpuUs(1_000 * tookMs), endpoints };
      } finally {
        following.stop();
      }
    });
  } finally {
    arriving.stop();
    await services.stop();
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
    {
      name: '/kpi/solved/tickets, a receipt of a year',
      path: (n) => `/api/v1/kpi/solved/tickets?${last(365)}&${scope(n)}`,
    },
    // A prime step: whose ticket is asked for is as good as random.
    { name: '/tickets/<id>', path: (n) => `/api/v1/tickets/bench~${(n * 7_919) % tickets}` },
  ];
}
