import { parseArgs } from 'node:util';
import { connectClickHouse } from '@deskwire/clickhouse/connect';
import { clickhouseEnv } from '@deskwire/clickhouse/env';
import { selfCheckAlert } from '@deskwire/contracts/alert';
import { commandEnv } from '@deskwire/runtime/credentials';
import { EnvError, natsEnv, parseEnv } from '@deskwire/runtime/env';
import { connectNats } from '@deskwire/runtime/nats';
import { linesOf, type SelfCheckReport } from './self-check/finding.ts';
import { runSelfCheck } from './self-check/run-self-check.ts';

const help = `Compares everything that is derived with what it is derived from, while the system runs.

  npm run self-check -- [--json] [--alert]

Projections with the rows of their tables, tickets with ticket_changes, the versions and causes of changes, tickets with the
newest messages of TICKETS, and the balance of both ledgers. Changes nothing. Each difference is one line that names it,
at most 20 of a kind and their total. Ingest runs the same every night at 03:10 of TIME_ZONE and publishes an alert.

--json prints exactly one document on stdout. --alert publishes the differences to ALERTS, too.
Exit codes: 0 everything agrees, 1 something differs, 2 the check could not be made.
Finds the running system by NATS_URL and CLICKHOUSE_URL, or by DATA_DIR/credentials.json (default .data).
`;

const queryTimeoutMs = 300_000;
const answerTimeoutMs = 30_000;

async function selfCheck(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      alert: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const env = parseEnv({ ...natsEnv, ...clickhouseEnv }, commandEnv(process.env));
  const nc = await connectNats(env, 'operator', { waitOnFirstConnect: false, timeout: answerTimeoutMs });
  const client = connectClickHouse(env, 'self-check', queryTimeoutMs);
  try {
    const js = nc.jetstream({ timeout: answerTimeoutMs });
    const jsm = await nc.jetstreamManager({ timeout: answerTimeoutMs, checkAPI: false });
    const onPart = (part: string) => process.stderr.isTTY && process.stderr.write(`comparing ${part}\n`);
    const report = await runSelfCheck({ client, js, jsm, now: Date.now, onPart }, new AbortController().signal);
    const lines = linesOf(report);
    if (values.alert && lines.length > 0) {
      const { subject, body } = selfCheckAlert(lines, Date.now());
      await js.publish(subject, JSON.stringify(body));
    }
    process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : describe(report, lines));
    if (lines.length === 0) process.stderr.write(`${compared(report)}\n`);
    return lines.length === 0 ? 0 : 1;
  } finally {
    await client.close();
    await nc.close();
  }
}

/** Nothing when everything agrees. */
function describe({ notCompared }: SelfCheckReport, lines: string[]): string {
  const skipped = notCompared.map((name) => `not compared: ${name}, ClickHouse does not read from it\n`);
  return [...lines.map((line) => `${line}\n`), ...skipped].join('');
}

/** For whoever looks on: silence would not say whether anything was compared. */
function compared({ checked: { projections, messages }, seconds }: SelfCheckReport): string {
  const what = `${projections} projections, both ledgers, all changes and ${messages} tickets`;
  return `everything agrees: ${what} compared in ${seconds.toFixed(1)} s`;
}

function explain(error: unknown): string {
  if (!(error instanceof Error) || error instanceof EnvError)
    return error instanceof Error ? error.message : String(error);
  const code = 'code' in error ? String(error.code) : '';
  if (unreachable.has(code))
    return 'NATS or ClickHouse does not answer, so nothing was compared. Is the system running? Start it with npm start.';
  if (code.startsWith('ERR_PARSE_ARGS')) return `${error.message}\n\n${help}`;
  return error.cause instanceof Error ? explain(error.cause) : error.message;
}

const unreachable = new Set(['CONNECTION_REFUSED', 'TIMEOUT', '503', 'ECONNREFUSED', 'ECONNRESET']);

try {
  process.exitCode = await selfCheck(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 2;
}
