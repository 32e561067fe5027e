import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { alert } from '@deskwire/contracts/alert';
import { streams, subjects } from '@deskwire/contracts/subjects';
import { checkProjections } from '@deskwire/ingest/self-check/check-projections';
import { createFindings, linesOf, type SelfCheckReport } from '@deskwire/ingest/self-check/finding';
import { runSelfCheck } from '@deskwire/ingest/self-check/run-self-check';
import { pathEnv } from '@deskwire/runtime/env';
import { builtService } from '@deskwire/runtime/built-service';
import { connectNats } from '@deskwire/runtime/nats';
import type { JetStreamClient, JetStreamManager, NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ledgerRows } from './src/ledger-rows.ts';
import { publishTickets } from './src/ticket-events.ts';
import { publishTicket, ticketMessage } from './src/ticket-messages.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;
let desk: NatsConnection;
let js: JetStreamClient;
let jsm: JetStreamManager;
const tickets = 30;
const versions = 4;

beforeAll(async () => {
  world = await startWorld();
  desk = await connectNats(world.natsLoginOf('workflows'), 'workflows');
  js = desk.jetstream();
  jsm = await world.nc.jetstreamManager();
  const worker = world.addWorker('ingest', { env: { INGEST_LEASE_MS: '1000' } });
  await worker.start();
  // Each change of a ticket has an accepted event as its cause.
  await publishTickets(world.nc.jetstream(), 'cause', tickets * versions);
  await untilStored(world);
  const causes = await ledgerRows(world.client, "disposition = 'accepted'");
  for (let version = 1; version <= versions; version++)
    for (let i = 0; i < tickets; i++)
      await publishTicket(
        js,
        ticketMessage({ id: String(i), version, cause: place(causes[(version - 1) * tickets + i]) }),
      );
  await js.publish(subjects.ticketFloor, JSON.stringify({ floor: ticketMessage({ id: 'x' }).floor }));
  await untilStored(world, 45_000, streams.tickets);
  // From here on rows are damaged by hand: ingest would mend some of it.
  await worker.stop();
});
afterAll(async () => {
  await desk.close();
  await world.close();
});

function place(row: { epoch: number; seq: number; idx: number } | undefined) {
  if (row === undefined) throw new Error('an event was not accepted');
  return { epoch: row.epoch, seq: row.seq, idx: row.idx };
}

const command = (query: string) =>
  world.client.command({
    query,
    clickhouse_settings: { mutations_sync: '2' },
  });
const check = (onPart: (part: string) => void = () => undefined): Promise<SelfCheckReport> =>
  runSelfCheck(
    { client: world.client, js: world.nc.jetstream(), jsm, now: Date.now, onPart },
    AbortSignal.timeout(30_000),
  );
const lines = async () => linesOf(await check());

/** The command as a person types it. */
async function typed(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const main = builtService('ingest/src/self-check.ts');
  const env = { ...pathEnv(), ...world.clickhouse, ...world.natsLoginOf('operator') };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...main, ...args], { env });
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error && 'stdout' in error && 'stderr' in error)) throw error;
    return { code: Number(error.code), stdout: String(error.stdout), stderr: String(error.stderr) };
  }
}

test('says nothing of a healthy system, compares every aggregate projection, and leaves no snapshot behind', async () => {
  const parts: string[] = [];
  const report = await check((part) => parts.push(part));
  expect(parts).toEqual([
    ...['the balance of both ledgers', 'projections of events', 'projections of ticket_changes'],
    ...['tickets with ticket_changes', 'versions and causes of changes', 'tickets with the messages of TICKETS'],
  ]);
  expect(report.findings).toEqual([]);
  expect(report.notCompared).toEqual([]);
  expect(report.checked.projections).toBeGreaterThanOrEqual(4);
  expect(report.checked.messages).toBe(tickets);
  const { stderr, ...quiet } = await typed();
  expect(quiet).toEqual({ code: 0, stdout: '' });
  const what = `${report.checked.projections} projections, both ledgers, all changes and ${tickets} tickets`;
  expect(stderr.replace(/[\d.]+ s\n$/, '')).toBe(`everything agrees: ${what} compared in `);
  const left = await world.client.query({
    query: "SELECT name FROM system.tables WHERE name LIKE 'self_check_%'",
    format: 'JSONEachRow',
  });
  expect(await left.json()).toEqual([]);
});

test('names a projection that differs from its rows, and the group', async () => {
  // Merges drop a replaced row from the table and leave it in the projection: the one way to have a wrong one.
  await command(
    `CREATE TABLE wrong (k UInt8, v UInt8, PROJECTION per_k (SELECT k, count(), sum(v) GROUP BY k)) ENGINE = ReplacingMergeTree ORDER BY k SETTINGS deduplicate_merge_projection_mode = 'ignore'`,
  );
  await command('INSERT INTO wrong VALUES (1, 5), (2, 6)');
  await command('INSERT INTO wrong VALUES (1, 7)');
  await command('OPTIMIZE TABLE wrong FINAL');
  const findings = createFindings();
  expect(await checkProjections(world.client, 'wrong', findings.add)).toEqual({ compared: 1, notCompared: [] });
  expect(linesOf({ findings: findings.list() })).toEqual([
    "projection: projection per_k of wrong: group k = '1': expected 1, 7, found 2, 12",
  ]);
});

test('names tickets whose row is missing, old, different, or stands for no change', async () => {
  await command("ALTER TABLE tickets DELETE WHERE ticket_id IN ('zendesk~0', 'zendesk~1') OR version < 4");
  await command("ALTER TABLE tickets UPDATE status = 'solved' WHERE ticket_id = 'zendesk~2'");
  await command(
    "INSERT INTO tickets (ticket_id, epoch, seq, version) SELECT 'zendesk~3', epoch, seq, 9 FROM tickets WHERE ticket_id = 'zendesk~3'",
  );
  await command(
    "INSERT INTO tickets (ticket_id, epoch, seq, version) SELECT 'zendesk~alien', epoch, 1, 1 FROM tickets LIMIT 1",
  );
  expect((await lines()).filter((line) => line.startsWith('current row'))).toEqual([
    'current row: ticket zendesk~0: expected version 4, found none',
    'current row: ticket zendesk~1: expected version 4, found none',
    'current row: ticket zendesk~2: expected version 4, found version 4, with other content than that change',
    'current row: ticket zendesk~3: expected version 4, found version 9',
    'current row: ticket zendesk~alien: expected none, found version 1',
  ]);
  expect((await lines()).filter((line) => line.startsWith('stream'))).toEqual([
    expectedLine('0', 'no row'),
    expectedLine('1', 'no row'),
    expectedLine('2', 'version 4 (solved, high, billing)'),
    expectedLine('3', 'version 9 (, , )'),
    'stream: ticket zendesk~alien: expected a message in TICKETS, found none',
  ]);
  await command('TRUNCATE TABLE tickets');
  const many = await check();
  expect(many.findings.map(({ kind, total, examples }) => [kind, total, examples.length])).toEqual([
    ['current row', tickets, 20],
    ['stream', tickets, 20],
  ]);
  expect(linesOf(many)).toContain('current row: 10 more, 30 in all');
});

const expectedLine = (id: string, found: string) =>
  `stream: ticket zendesk~${id}, position ${(versions - 1) * tickets + Number(id) + 1} of TICKETS: expected version 4 (open, high, billing), found ${found}`;

test('names what is wrong in the changes: a lost row, a repeated one, a cause that is none, and publishes it', async () => {
  await command("ALTER TABLE ticket_changes DELETE WHERE ticket_id = 'zendesk~5' AND version = 2");
  await command("ALTER TABLE ticket_changes UPDATE version = 3 WHERE ticket_id = 'zendesk~6' AND version = 2");
  await command("ALTER TABLE ticket_changes UPDATE cause_seq = 1 WHERE ticket_id = 'zendesk~7' AND version > 2");
  await command("ALTER TABLE events UPDATE disposition = 'duplicate' WHERE seq IN (9, 10)");
  await command("ALTER TABLE events UPDATE reason = 'content-differs' WHERE seq = 10");
  const found = await typed('--json', '--alert');
  expect(found.code).toBe(1);
  const said = (await lines()).filter((line) => /^(ledger|version|cause)/.test(line));
  expect(said).toEqual([
    'version: ticket zendesk~5: expected versions 1 to 4, found 3 changes with 3 different versions',
    'version: ticket zendesk~6: expected versions 1 to 4, found 4 changes with 3 different versions',
    expect.stringMatching(/^cause: event \(\d+, 1, 0\) as cause of ticket zendesk~7: .* found 2 changes$/),
    expect.stringMatching(/^cause: event \(\d+, 9, 0\) as cause of ticket zendesk~8: .* found no accepted event$/),
    expect.stringMatching(/^cause: .* ticket zendesk~9: .* found a duplicate .* give each event an id of its own, /),
    'ledger: ticket_changes of TICKETS: positions with neither a row nor a recorded gap: 1; 120 messages, 120 rows',
  ]);
  const told = await jsm.streams.getMessage(streams.alerts, { last_by_subj: subjects.alert('critical', 'self-check') });
  expect(alert.parse(told.json()).detail).toContain(said[0]);
});

test('says in one line that nothing answers', async () => {
  await world.engine.stop();
  const { code, stderr } = await typed();
  expect([code, stderr]).toEqual([2, expect.stringContaining('npm start')]);
});
