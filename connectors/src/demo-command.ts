import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { connectClickHouse } from '@deskwire/clickhouse/connect';
import { clickhouseEnv } from '@deskwire/clickhouse/env';
import { QueryError } from '@deskwire/clickhouse/query';
import { createPeople } from '@deskwire/people/people';
import { randomPersonId } from '@deskwire/people/random-person-id';
import { commandEnv } from '@deskwire/runtime/credentials';
import { EnvError, natsEnv, parseEnv } from '@deskwire/runtime/env';
import { connectNats } from '@deskwire/runtime/nats';
import { NatsError } from 'nats';
import { readRecord } from './demo/record-door.ts';
import { removeByCommand } from './demo/remove-command.ts';

const help = `npm run demo -- <command> [--json]

  status   whether simulated data is here: none, on, removing or removed
  remove   removes the demo for good: its sources, tickets, customers, people, and everything else it said

The figures of other sources stay as they are. The system has to run. A removal that was interrupted goes on when the
command is given again. DEMO=1 npm start begins a new demo.
--json prints one document on stdout: {state}. Exit codes: 0 done, 1 not done, with the reason on stderr.
`;

const answerTimeoutMs = 10_000;
/** Tables are rewritten and streams searched. */
const removalTimeoutMs = 600_000;

/** `npm run demo`. */
async function demo(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
    allowPositionals: true,
  });
  const [command, ...more] = positionals;
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  if ((command !== 'status' && command !== 'remove') || more.length > 0)
    throw new EnvError('which command? See npm run demo -- --help');
  const env = parseEnv({ ...natsEnv, ...clickhouseEnv }, commandEnv(process.env));
  const nc = await connectNats(env, 'operator', { waitOnFirstConnect: false, timeout: answerTimeoutMs });
  const client = connectClickHouse(env, 'demo', removalTimeoutMs);
  try {
    const js = nc.jetstream();
    const [config, leases, users] = await Promise.all([
      js.views.kv('config', { bindOnly: true }),
      js.views.kv('leases', { bindOnly: true }),
      js.views.kv('users', { bindOnly: true }),
    ]);
    const jsm = await nc.jetstreamManager({ checkAPI: false, timeout: removalTimeoutMs });
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => stop.abort(new EnvError('interrupted; the same command goes on from here')));
    const say = (state: string) =>
      process.stdout.write(values.json ? `${JSON.stringify({ state })}\n` : `${texts.get(state) ?? state}\n`);
    if (command === 'status') {
      say((await readRecord(config)).record?.state ?? 'none');
      return;
    }
    if (process.stderr.isTTY) process.stderr.write('removing the demo; this takes up to a minute\n');
    const removal = { js, jsm, client, now: Date.now };
    const holder = `${hostname()}/${process.pid}`;
    say(await removeByCommand({ config, leases, removal, holder, now: Date.now }, stop.signal));
    await createPeople({
      open: () => Promise.resolve({ kv: users, js }),
      randomId: randomPersonId,
      now: Date.now,
    }).removeDemo();
  } finally {
    await client.close();
    await nc.close();
  }
}

function explain(error: unknown): string {
  if (error instanceof QueryError || error instanceof NatsError)
    return 'NATS or ClickHouse does not answer. Is the system running? Start it with npm start; the same command goes on from here.';
  return error instanceof Error ? error.message : String(error);
}

const texts = new Map([
  ['none', 'There is no demo here.'],
  ['on', 'The demo is on: sources that begin with demo- are simulated.'],
  ['removing', 'The demo is being removed.'],
  ['removed', 'The demo is removed.'],
]);

try {
  await demo(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
