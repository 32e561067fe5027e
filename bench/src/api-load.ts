import { latencyOf, type Latency } from './summary.ts';

export interface Endpoint {
  name: string;
  /** The address of the n-th request of this endpoint. */
  path: (n: number) => string;
}

/** `errors`: how many requests ended with which status, or without an answer. */
export interface EndpointLoad extends Latency {
  name: string;
  perS: number;
  errors: Record<string, number>;
}

export interface ApiLoad {
  url: string;
  token: string;
  endpoints: Endpoint[];
  clients: number;
  /**
   * Between an answer and the next question of the same client, on average: half as long to one and a half times as long, evenly. With
   * equal pauses clients that once waited for the same answer would go on asking in the same instant, as people do not.
   */
  pauseMs: number;
  warmupMs: number;
  measuredMs: number;
}

interface Seen {
  timesMs: number[];
  errors: Map<string, number>;
}

const patienceMs = 10_000;

/** So many clients, each asking one endpoint after the other. What begins while it warms up does not count. */
export async function loadApi(load: ApiLoad): Promise<EndpointLoad[]> {
  const { url, token, endpoints, clients, pauseMs, warmupMs, measuredMs } = load;
  const from = performance.now() + warmupMs;
  const seen = endpoints.map((): Seen => ({ timesMs: [], errors: new Map() }));
  const asked = endpoints.map(() => 0);
  async function client(place: number): Promise<void> {
    await pause((pauseMs * place) / clients);
    for (let turn = place; ; turn++) {
      const at = performance.now();
      if (at > from + measuredMs) return;
      const which = turn % endpoints.length;
      const [endpoint, record, before] = [endpoints[which], seen[which], asked[which]];
      if (endpoint === undefined || record === undefined || before === undefined) return;
      asked[which] = before + 1;
      const outcome = await request(url + endpoint.path(before), token);
      if (at >= from) {
        record.timesMs.push(performance.now() - at);
        if (outcome !== 'ok') record.errors.set(outcome, (record.errors.get(outcome) ?? 0) + 1);
      }
      await pause(pauseMs * (0.5 + Math.random()));
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, place) => client(place)));
  return endpoints.map(({ name }, i) => {
    const { timesMs, errors }: Seen = seen[i] ?? { timesMs: [], errors: new Map() };
    const perS = Math.round((timesMs.length / measuredMs) * 10_000) / 10;
    return { name, ...latencyOf(timesMs), perS, errors: Object.fromEntries(errors) };
  });
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function request(address: string, token: string): Promise<string> {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(address, { headers, signal: AbortSignal.timeout(patienceMs) });
    await response.arrayBuffer();
    return response.ok ? 'ok' : String(response.status);
  } catch (error) {
    return error instanceof Error ? error.name : 'unknown';
  }
}
