import type { ClickHouseClient } from '@clickhouse/client';
import { insertRunning } from '@deskwire/clickhouse/ledger-queries';
import { runQuery } from '@deskwire/clickhouse/query';
import { streams } from '@deskwire/contracts/subjects';
import { pause } from '@deskwire/streams/pause';
import type { Tip } from '@deskwire/streams/position';
import { viewLedger } from '@deskwire/streams/stream-door';
import type { JetStreamClient, JetStreamManager } from 'nats';
import { insertQueryId } from '../append.ts';
import { checkCauses } from './check-causes.ts';
import { checkLedgers } from './check-ledgers.ts';
import { checkProjections } from './check-projections.ts';
import { checkStream } from './check-stream.ts';
import { checkTickets } from './check-tickets.ts';
import { createFindings, type SelfCheckReport } from './finding.ts';

export interface SelfCheckDoors {
  client: ClickHouseClient;
  js: JetStreamClient;
  jsm: JetStreamManager;
  /** Unix time, ms. */
  now: () => number;
  /** Told of each part before it is compared, in words. */
  onPart?: (part: string) => void;
}

/**
 * Compares everything that is derived with what it is derived from, while the system runs. Reads whole tables and changes
 * nothing; its snapshots are gone afterwards. Rejects when a part does not answer.
 */
export async function runSelfCheck(
  { client, js, jsm, now, onPart = () => undefined }: SelfCheckDoors,
  stop: AbortSignal,
): Promise<SelfCheckReport> {
  const startedAt = now();
  const findings = createFindings();
  onPart('the balance of both ledgers');
  await checkLedgers(client, findings.add);
  const projections = { compared: 0, notCompared: new Array<string>() };
  for (const table of ['events', 'ticket_changes']) {
    onPart(`projections of ${table}`);
    const { compared, notCompared } = await checkProjections(client, table, findings.add);
    projections.compared += compared;
    projections.notCompared.push(...notCompared);
    stop.throwIfAborted();
  }
  let messages = 0;
  const tip = await ticketsTip(client);
  if (tip !== undefined) {
    await untilViewFollowed(client, tip, stop);
    onPart('tickets with ticket_changes');
    await checkTickets(client, tip, findings.add);
    stop.throwIfAborted();
    onPart('versions and causes of changes');
    await checkCauses(client, findings.add);
    stop.throwIfAborted();
    onPart('tickets with the messages of TICKETS');
    messages = await checkStream({ client, js, jsm }, tip, findings.add, stop);
  }
  return {
    at: new Date(startedAt).toISOString(),
    seconds: (now() - startedAt) / 1_000,
    checked: { projections: projections.compared, messages },
    notCompared: projections.notCompared,
    findings: findings.list(),
  };
}

const ticketsTip = async (client: ClickHouseClient): Promise<Tip | undefined> =>
  (await viewLedger(client, 'ticket_changes', streams.tickets)).end?.tip;

/** The view writes to `tickets` within the insert of the rows it follows: waits until the insert that made this tip has ended. */
async function untilViewFollowed(client: ClickHouseClient, tip: Tip, stop: AbortSignal): Promise<void> {
  for (;;) {
    stop.throwIfAborted();
    const [row] = await runQuery(client, insertRunning, { query_id: insertQueryId(streams.tickets) });
    // Inserts of a feed follow one another: when the next one is in, this one is over.
    if (row?.running === 0 || (await ticketsTip(client))?.seq !== tip.seq) return;
    await pause(20, stop);
  }
}
