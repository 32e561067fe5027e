import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureScenario, scenarios, type IngestResult } from './ingest-bench.ts';
import { measureLatency, type LatencyResult } from './latency-bench.ts';
import { describeMachine, loadNow } from './machine.ts';
import { readProfiles } from './profile.ts';
import { renderReport, type Report } from './report.ts';
import { startServers } from './servers.ts';

const help = `npm run bench -- [--quick] [--only ingest|latency] [--scenario <n>] [--profile] [--json]

Measures on this machine, with servers of its own (they are started, used and removed):
  ingest   events/s from a backlog, one event a message and in arrays, without and with two sealed personal fields;
           beside it a plain consumer (nats.js, JSON.parse, official client, JSONEachRow) and the bare engine (RowBinary)
  latency  from publish until a query sees the event, at 500, 5,000 and 20,000 events/s; beside it the plain consumer

  --quick         fewer events, one run each: under three minutes; good for a first look only
  --only <part>   one of the two
  --scenario <n>  one kind of backlog, 1 to ${scenarios.length}: ${scenarios.map(({ name }, i) => `${i + 1} ${name}`).join('; ')}
  --profile       names where ingest spends its time (its profile costs about a tenth of the speed)
  --json          one document on stdout instead of the table; it is also kept in bench/results/
`;

const sizes = {
  full: { events: 600_000, runs: 3, seconds: 10, warmupSeconds: 3 },
  quick: { events: 150_000, runs: 1, seconds: 4, warmupSeconds: 2 },
} as const;
/** As ingest does by default; the plain consumer and the bare engine get the same. */
const rowsMax = 20_000;
const rates = [500, 5_000, 20_000] as const;
const hotMax = 25;
const results = fileURLToPath(new URL('../results/', import.meta.url));

/** `npm run bench`. Exit codes: 0 measured, 1 not, with the reason on stderr. */
async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      scenario: { type: 'string' },
      profile: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return void process.stdout.write(help);
  const { only } = values;
  if (only !== undefined && only !== 'ingest' && only !== 'latency') throw new Error('--only is ingest or latency');
  const chosen =
    values.scenario === undefined ? scenarios : scenarios.slice(Number(values.scenario) - 1, Number(values.scenario));
  if (chosen.length === 0) throw new Error(`--scenario is a number from 1 to ${scenarios.length}`);
  const mode = values.quick ? 'quick' : 'full';
  const report = await measure({ mode, only, chosen, profile: values.profile });
  mkdirSync(results, { recursive: true });
  const file = join(results, `${report.at.replaceAll(':', '-').slice(0, 19)}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : `${renderReport(report)}\nKept in ${file}\n`);
}

interface Wanted {
  mode: 'full' | 'quick';
  only: 'ingest' | 'latency' | undefined;
  chosen: typeof scenarios;
  profile: boolean;
}

async function measure({ mode, only, chosen, profile }: Wanted): Promise<Report> {
  const { events, runs, seconds, warmupSeconds } = sizes[mode];
  const before = loadNow();
  const at = new Date().toISOString();
  const servers = await startServers();
  const machine = await describeMachine(servers).finally(servers.stop);
  const profileDir = profile ? mkdtempSync(join(tmpdir(), 'deskwire-profile-')) : undefined;
  const ingest: IngestResult[] = [];
  const latency: LatencyResult[] = [];
  for (const scenario of only === 'latency' ? [] : chosen) {
    // One profile would mix them: only the first kind of backlog is profiled.
    const profiled = scenario === chosen[0] ? profileDir : undefined;
    ingest.push(await measureScenario(scenario, { events, runs, rowsMax, profileDir: profiled, say }));
  }
  for (const rate of only === 'ingest' ? [] : rates) {
    latency.push(await measureLatency({ rate, seconds, warmupSeconds }));
    say(`latency at ${rate} events/s is measured`);
  }
  const hot = profileDir === undefined || ingest.length === 0 ? undefined : readProfiles(profileDir, hotMax);
  if (profileDir !== undefined) rmSync(profileDir, { recursive: true, force: true });
  return {
    ...{ at, mode, machine, load: { before, after: loadNow() }, ingest, latency },
    ...(hot === undefined ? {} : { profile: { scenario: chosen[0]?.name ?? '', ...hot } }),
  };
}

const say = (text: string) => void process.stderr.write(`${text}\n`);

try {
  await bench(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
