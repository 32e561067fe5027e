import { unknownRoleAlert } from '@deskwire/contracts/alert';
import { connectClickHouse } from '@deskwire/clickhouse/connect';
import { readFlowReport } from '@deskwire/clickhouse/flow-report';
import { openKpiDoor } from '@deskwire/clickhouse/kpi/kpi-door';
import { knownTeams } from '@deskwire/clickhouse/kpi/kpi-facts';
import { isLong, type KpiRange } from '@deskwire/clickhouse/kpi/kpi-range';
import { oldestOpen } from '@deskwire/clickhouse/oldest-open';
import { runQuery } from '@deskwire/clickhouse/query';
import type { Account } from '@deskwire/contracts/session';
import { createSignInLimit } from '@deskwire/contracts/sign-in-limit';
import { createLog } from '@deskwire/runtime/log';
import { connectNats } from '@deskwire/runtime/nats';
import { register } from 'prom-client';
import { alertsOfFlow } from '@deskwire/streams/newest-alerts';
import { createAlertDoor } from './alert-door';
import { createDemoDoor } from './demo-door';
import { readWebEnv } from './env';
import { createFlowDoor } from './flow-door';
import { createIdentify } from './identify';
import { createMetrics } from './metrics';
import { createNatsLink } from './nats-link';
import { createPasswordSignIn } from './password-sign-in';
import { createPeopleDoor } from './people-door';
import { createReadiness } from './readiness';
import { readOverview, type OverviewQuestion } from './read-overview';
import { createRejectedDoor } from './rejected-door';
import { createRetireDoor } from './retire-door';
import { createSessions } from './sessions';
import { shareAnswers, shareReceipts, shareSeries } from './share-answers';
import { shareKpis } from './share-kpis';
import { shareRunning } from './share-running';
import { createTicketDoor } from './ticket-door';
import { createUseLink } from './use-link';
import { createVaultDoor } from './vault-door';

export type Doors = ReturnType<typeof openDoors>;

const queryTimeoutMs = 3_000;
/** The engine gives up before. */
const longQueryTimeoutMs = 11_000;
/** Answers are shared for twice as long as they took, a second at most; those about long ranges for five seconds. */
const aSecond = (tookMs: number) => Math.min(1_000, 2 * tookMs);
const keptMs = (tookMs: number, { range }: { range: KpiRange }) => (isLong(range) ? 5_000 : aSecond(tookMs));
/**
 * They are given for longer while new ones are made: to programs the longer the slower they are, and for eight seconds rather
 * than that anybody waits for half of one; where the machine is too slow for all who ask, figures grow older, and say so. A page asks
 * when something has changed, and shows what it got.
 */
const graceMs = (tookMs: number) => Math.max(1_000, Math.min(5_000, 3 * tookMs));
/** A question waits for the flow and then for figures: twice this, in a second. */
const waitMs = 400;
const lastResort = { oldMs: 8_000, waitMs };
const pageGraceMax = 1_000;
const longGraceMax = 5_000;
const sharing = {
  api: {
    keptMs,
    graceMs: (tookMs: number, { range }: { range: KpiRange }) => (isLong(range) ? 15_000 : graceMs(tookMs)),
    lastResort,
  },
  page: {
    keptMs,
    graceMs: (tookMs: number, { range }: { range: KpiRange }) => (isLong(range) ? 15_000 : aSecond(tookMs)),
  },
  /** Opened to see why a number is what it is now: only of a long range an older one is given. */
  receipt: {
    keptMs: (_: number, { range }: { range: KpiRange }) => (isLong(range) ? 5_000 : 0),
    graceMs: (_: number, { range }: { range: KpiRange }) => (isLong(range) ? 15_000 : 0),
  },
};
/** So long an account takes no password after ten wrong ones. */
const accountLimitMs = 5 * 60_000;

/** Builds everything that requests need, once per process. Does not wait for NATS or ClickHouse. Throws EnvError. */
export function openDoors(variables: NodeJS.ProcessEnv) {
  const env = readWebEnv(variables);
  const log = createLog('web');
  const link = createNatsLink(
    () => connectNats(env, 'web'),
    (error) => log.warn({ err: error }, 'NATS does not take the connection; trying again'),
  );
  const client = connectClickHouse(env, 'web', queryTimeoutMs);
  const patient = connectClickHouse(env, 'web', longQueryTimeoutMs);
  const kpis = shareKpis(openKpiDoor(client, patient));
  // Every ticket is read for it, and it seldom changes: an answer is kept far longer than it took.
  const oldest = shareRunning(
    (priority: string[]) => runQuery(client, oldestOpen, { priority }, { max_execution_time: 2 }),
    { keptMs: (tookMs) => Math.min(30_000, 40 * tookMs) },
  );
  /** The page has its figures also without them. */
  const oldestIfKnown = (priority: string[]) =>
    oldest(JSON.stringify(priority), priority).catch((error: unknown) => {
      log.warn({ err: error }, 'the oldest open tickets cannot be read');
      return [];
    });
  const readTeams = async () => (await runQuery(client, knownTeams, {})).map(({ team }) => team);
  const teams = shareRunning(readTeams);
  /** What pages offer; an answer of a minute ago is better than none. */
  const teamsToOffer = shareRunning(readTeams, { lastResort: { oldMs: 60_000, waitMs } });
  const teamsOfLate = shareRunning(readTeams, { keptMs: () => 5_000, graceMs: () => 55_000 });
  const vault = createVaultDoor(env.MASTER_KEY, link);
  const sessions = createSessions(link, Date.now);
  const clock = () => performance.now();
  const people = createPeopleDoor(link, { now: Date.now, clock });
  const signInLimit = createSignInLimit({ now: clock });

  /** Tells administrators; a failure to do so is logged, the refusal stands anyway. */
  function alertUnknownRole(account: Account): void {
    const { subject, body, msgID } = unknownRoleAlert(account, Date.now());
    link
      .ask(() => link.connection().jetstream().publish(subject, JSON.stringify(body), { msgID }))
      .catch((error) => log.error({ err: error }, 'could not publish an alert'));
  }

  const alerts = createAlertDoor(link);
  const readReport = () =>
    readFlowReport({
      ...{ client, streamHead: link.streamHead, now: Date.now, zone: env.TIME_ZONE },
      alerts: async () => alertsOfFlow(await alerts.newest()),
    });
  const noReport = (error: unknown) => log.warn({ err: error }, 'no flow report');

  const flow = createFlowDoor(readReport, noReport, { keptMs: aSecond, graceMs, lastResort });
  /** Five seconds old, ten at most, so that people who ask about long ranges ask the same. */
  const flowForLong = createFlowDoor(readReport, noReport, {
    ...{ keptMs: () => 5_000, graceMs: () => longGraceMax },
    lastResort: { oldMs: 15_000, waitMs },
  });

  return {
    env,
    log,
    /** By the address asked for, whoever asks: who may not has been refused before. */
    readKpiAnswers: shareAnswers(kpis, sharing.api),
    readKpiSeries: shareSeries(kpis, sharing.api),
    readOverview: shareRunning(
      (asked: OverviewQuestion) => readOverview({ kpis, oldestOpen: oldestIfKnown }, asked),
      sharing.page,
    ),
    readKpiTickets: shareReceipts(kpis, sharing.receipt),
    /** Ids of all teams that tickets were ever in, a minute old where they cannot be read now; throws QueryError. */
    knownTeams: () => teamsToOffer('all', {}),
    /** Whether a ticket was ever in the team, asked for each question about one: no team goes but with the demo, and a new one is looked for. */
    isKnownTeam: async (team: string) =>
      (await teamsOfLate('all', {})).includes(team) || (await teams('all', {})).includes(team),
    tickets: createTicketDoor({ client, unseal: vault.unseal }),
    /** What stands beside figures of a long range may be older; what is for programs older still, where it is slow to read. */
    readFlow: ({ isOfLong = false, isForProgram = false } = {}) =>
      isOfLong ? flowForLong(isForProgram ? undefined : longGraceMax) : flow(isForProgram ? undefined : pageGraceMax),
    // What is done to a source goes by what it does now, not by an answer of a moment ago.
    retire: createRetireDoor({
      link,
      readFlow: createFlowDoor(readReport, noReport, { keptMs: () => 0 }),
      now: Date.now,
    }),
    readReadiness: createReadiness({
      link,
      pingClickHouse: async () => (await client.ping({ select: true })).success,
      ...{ now: Date.now, clock },
    }),
    identify: createIdentify(link, sessions, alertUnknownRole),
    sessions,
    people,
    alerts,
    rejected: createRejectedDoor({ client, link, open: vault.open, now: Date.now }),
    demo: createDemoDoor(link, people.people, { now: Date.now, runs: env.DEMO !== '0' }),
    signInLimit,
    signInWithPassword: createPasswordSignIn({
      people: people.people,
      addressLimit: signInLimit,
      accountLimit: createSignInLimit({ windowMs: accountLimitMs, now: clock }),
      onUnknownRole: alertUnknownRole,
    }),
    useLink: createUseLink({
      links: people.links,
      sessions,
      warn: (err, what) => log.warn({ err }, `NATS does not answer: ${what}`),
    }),
    alertUnknownRole,
    metrics: createMetrics(register),
    close: async () => {
      await Promise.allSettled([vault.close(), link.close(), client.close(), patient.close()]);
    },
  };
}
