import { randomBytes } from 'node:crypto';
import type { ClickHouseClient } from '@clickhouse/client';
import type { FlowDoor } from '@deskwire/clickhouse/flow-streams';
import { knownTeams } from '@deskwire/clickhouse/kpi/kpi-facts';
import { runQuery } from '@deskwire/clickhouse/query';
import { kpiWanted, type KpiFrame } from '@deskwire/contracts/kpi';
import { subjects } from '@deskwire/contracts/subjects';
import type { Log } from '@deskwire/runtime/log';
import type { LeaseBucket } from '@deskwire/streams/lease';
import type { Msg, NatsConnection } from 'nats';
import { systemClock as clock } from './clock.ts';
import { createChangesFollower } from './follow-changes.ts';
import { createKnownTeams } from './known-teams.ts';
import { createKpiChannel } from './kpi-channel.ts';
import { createKpiFrames } from './kpi-frames.ts';
import { createKpiReader } from './kpi-reader.ts';
import { createKpiTicker } from './kpi-ticker.ts';
import type { ChannelDoors } from './latest-channel.ts';
import type { HubMetrics } from './metrics.ts';
import { runKpiTicker } from './run-kpi-ticker.ts';
import { createWantedScopes } from './wanted-scopes.ts';

const renewMs = 2_000;

/** The KPI part of a hub on the bus: hubs say what they want, the one with the lease publishes it, each fans out what comes. */
export function startKpis({
  nc,
  isConnected,
  client,
  streamHead,
  leases,
  zone,
  doors,
  log,
}: {
  nc: NatsConnection;
  isConnected: () => boolean;
  client: ClickHouseClient;
  streamHead: FlowDoor['streamHead'];
  leases: LeaseBucket;
  zone: string;
  doors: ChannelDoors;
  log: Log;
}) {
  const hub = randomBytes(8).toString('base64url');
  const frames = createKpiFrames(clock);
  const { monotonic } = clock;
  const changes = createChangesFollower({ nc, client, log, monotonic, onMove: () => ticker.moved() });
  const reader = createKpiReader({
    ...{ client, streamHead, now: clock.wall, zone, monotonic, changes },
    onRead: () => ticker.moved(),
  });
  const ticker = createKpiTicker({
    read: reader.read,
    onListen: (on) => {
      if (on) return;
      changes.stop();
      doors.metrics.sawWatermark(undefined);
    },
    publish: (scope, frame) => say(subjects.liveKpi(scope), frame),
    onTick: (tookMs, made) => observe(doors.metrics, tookMs, made),
    onFailure: (error) => {
      doors.metrics.tickFailures.inc();
      log.warn({ err: error }, 'no figures');
    },
    clock,
  });
  const wanted = createWantedScopes({
    hub,
    tell: (message) => say(subjects.liveKpiWanted, message),
    onChange: ticker.want,
    clock,
  });
  const kpi = createKpiChannel({
    ...{ frames, want: wanted.set, doors },
    isKnownTeam: createKnownTeams(async () => (await runQuery(client, knownTeams, {})).map(({ team }) => team)),
  });

  function say(subject: string, message: unknown): void {
    // While NATS is away the connection would keep it all, and say it when it is old.
    if (isConnected()) nc.publish(subject, JSON.stringify(message));
  }
  nc.subscribe(subjects.liveKpis, { callback: (_, message) => kpi.take(readJson(message)) });
  nc.subscribe(subjects.liveKpiWanted, {
    callback: (_, message) => {
      const parsed = kpiWanted.safeParse(readJson(message));
      if (parsed.success) wanted.heard(parsed.data);
    },
  });

  const renewing = setInterval(wanted.renew, renewMs);
  const stopping = new AbortController();
  const running = runKpiTicker({ bucket: leases, holder: hub, ticker, frames, log }, stopping.signal);
  return {
    kpi,
    /** Rows were stored. Counts have shown it already, so that the rest can wait until it is due. */
    committed: () => {
      if (reader.isDue()) ticker.moved();
    },
    stop: async () => {
      clearInterval(renewing);
      stopping.abort();
      await running;
      changes.stop();
    },
  };
}

function observe(metrics: HubMetrics, tookMs: number, made: ReadonlyMap<string, KpiFrame>): void {
  metrics.tickSeconds.observe(tookMs / 1_000);
  const [frame] = made.values();
  const watermark = frame?.kpis.created?.watermark;
  if (typeof watermark === 'string') metrics.sawWatermark(Date.parse(watermark));
}

/** Undefined for what is no JSON: the schemas refuse it. */
function readJson(message: Msg): unknown {
  try {
    return message.json();
  } catch {
    return undefined;
  }
}
