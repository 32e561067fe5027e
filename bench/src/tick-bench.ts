import { createClient, type ClickHouseClient } from '@clickhouse/client';
import type { ClickHouseLogin } from '@deskwire/clickhouse/connect';
import { today } from '@deskwire/clickhouse/kpi/kpi-range';
import { openKpiDoor, type KpiDoor } from '@deskwire/clickhouse/kpi/kpi-door';
import { readKpis } from '@deskwire/clickhouse/kpi/read-kpis';
import { QueryError } from '@deskwire/clickhouse/query';
import { kpiNames } from '@deskwire/contracts/kpi';
import type { History } from './history.ts';
import type { Servers } from './servers.ts';
import { latencyOf, type Latency } from './summary.ts';

/** One KPI tick: every KPI of today, in ms. */
export interface TickResult extends History {
  tick: Latency;
  /** All of it anew without projections; `givenUp`: ticks that the server ended after 2 s, which count with that time. */
  withoutProjections: Latency & { givenUp: number };
}

/** DESIGN section 10: ms at the large size, and how many times its cost at a tenth of the history. */
export const tickBudgets = { p50: 30, timesSmall: 1.3 } as const;

export interface TickBenchOptions {
  ticks: number;
  /** Ticks without projections end after this long. */
  plainMsMax: number;
}

const warmupTicks = 10;
/** `today` is the day until 18:00 UTC, whenever the benchmark runs. */
const hour = 18;
const dayMs = 86_400_000;

/** Ticks one after the other on a history that is there, nothing else going on; each range ends 100 ms later than the one before. */
export async function measureTick(
  servers: Servers,
  history: History,
  endMs: number,
  { ticks, plainMsMax }: TickBenchOptions,
): Promise<TickResult> {
  const { clickhouse } = servers;
  const to = Math.floor((endMs - hour * 3_600_000) / dayMs) * dayMs + hour * 3_600_000;
  await untilSettled(servers.client);
  // As hub and API ask: what was open is kept from tick to tick, and counted anew once a minute.
  const ours = await tickTimes(openKpiDoor(servers.client).figures, to, ticks, Infinity);
  const plainClient = connectWithoutProjections(clickhouse);
  try {
    const plain = await tickTimes((question) => readKpis(plainClient, question), to, ticks, plainMsMax);
    return {
      ...history,
      tick: latencyOf(ours.timesMs),
      withoutProjections: { ...latencyOf(plain.timesMs), givenUp: plain.givenUp },
    };
  } finally {
    await plainClient.close();
  }
}

/**
 * The migrations of a moment ago are mutations, too: for ten seconds what was open is not kept because of them (decision 22), which is of
 * a first start and not of a system at work.
 */
async function untilSettled(client: ClickHouseClient): Promise<void> {
  const query =
    'SELECT countIf(NOT is_done OR create_time > now() - 11) FROM system.mutations WHERE database = currentDatabase()';
  const young = async () => (await client.query({ query, format: 'TabSeparated' })).text();
  while ((await young()).trim() !== '0') await new Promise((resolve) => setTimeout(resolve, 100));
}

/** Otherwise like `connectClickHouse`, which takes no settings: those in its URL would stay for every later client of the process. */
function connectWithoutProjections(login: ClickHouseLogin): ClickHouseClient {
  return createClient({
    url: login.CLICKHOUSE_URL,
    username: login.CLICKHOUSE_USER,
    password: login.CLICKHOUSE_PASSWORD,
    database: login.CLICKHOUSE_DATABASE,
    use_multipart_params_auto: true,
    clickhouse_settings: {
      ...{ wait_end_of_query: 1, date_time_output_format: 'iso', output_format_json_quote_64bit_integers: 0 },
      optimize_use_projections: 0,
    },
  });
}

/** Rejects when a tick without a bound fails. */
async function tickTimes(
  figures: KpiDoor['figures'],
  to: number,
  ticks: number,
  msMax: number,
): Promise<{ timesMs: number[]; givenUp: number }> {
  const timesMs: number[] = [];
  let givenUp = 0;
  const begunAt = performance.now();
  for (let n = -warmupTicks; n < ticks; n++) {
    const at = performance.now();
    if (at - begunAt > msMax) break;
    try {
      await figures({ names: kpiNames, range: today(to + n * 100, 'UTC') });
    } catch (error) {
      if (!(error instanceof QueryError) || msMax === Infinity) throw error;
      givenUp += 1;
    }
    if (n >= 0) timesMs.push(performance.now() - at);
  }
  return { timesMs, givenUp };
}
