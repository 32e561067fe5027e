import { publishBacklog } from './backlog.ts';
import { consumeBacklog, ingestBacklog, type RateRun } from './backlog-rate.ts';
import type { CpuByPart } from './cpu-time.ts';
import { engineLimit } from './engine-limit.ts';
import { forgetStored, startServers } from './servers.ts';
import { ratio, summarize, type Summary } from './summary.ts';

export interface Scenario {
  name: string;
  sealed: boolean;
  eventsPerMessage: number;
  /** DESIGN section 10, events/s; absent where it names none. */
  budget?: number;
}

export const scenarios: Scenario[] = [
  { name: 'plain, one a message', sealed: false, eventsPerMessage: 1, budget: 60_000 },
  { name: 'plain, arrays of 100', sealed: false, eventsPerMessage: 100, budget: 120_000 },
  { name: 'sealed, one a message', sealed: true, eventsPerMessage: 1, budget: 40_000 },
  { name: 'sealed, arrays of 100', sealed: true, eventsPerMessage: 100 },
];

/** Rates in events/s, CPU in microseconds per event of the run with the median rate. */
export interface IngestResult extends Scenario {
  events: number;
  eventBytes: number;
  rowsMax: number;
  ingest: Summary & { cpuUs: CpuByPart };
  /** `doubled`: rows that it stored more than once, over all runs. */
  plain: Summary & { cpuUs: CpuByPart; doubled: number };
  limit: Summary;
  ratioToPlain: number;
  ratioToLimit: number;
}

export interface IngestBenchOptions {
  events: number;
  runs: number;
  rowsMax: number;
  profileDir?: string | undefined;
  say: (text: string) => void;
}

const ticketsSealed = 10_000;

/** One kind of backlog through ingest, through the plain consumer, and its rows through the bare engine; in turn, `runs` times. */
export async function measureScenario(scenario: Scenario, options: IngestBenchOptions): Promise<IngestResult> {
  const { events, runs, rowsMax, say } = options;
  const servers = await startServers();
  try {
    const { eventBytes } = await publishBacklog(servers, { ...scenario, events, tickets: ticketsSealed });
    say(`${scenario.name}: ${events} events of ${eventBytes} B are in the stream`);
    const ingest: RateRun[] = [];
    const plain: (RateRun & { doubled: number })[] = [];
    const limit: number[] = [];
    for (let run = 0; run < runs; run++) {
      await forgetStored(servers);
      ingest.push(await ingestBacklog(servers, events, { rowsMax, profileDir: options.profileDir }));
      limit.push(await engineLimit(servers, events, rowsMax));
      await forgetStored(servers);
      plain.push(await consumeBacklog(servers, events, rowsMax));
      say(
        `  ingest ${ingest.at(-1)?.eventsPerS ?? 0}/s, plain ${plain.at(-1)?.eventsPerS ?? 0}/s, limit ${limit.at(-1) ?? 0}/s`,
      );
    }
    const ours = withCpu(ingest);
    const theirs = { ...withCpu(plain), doubled: plain.reduce((sum, { doubled }) => sum + doubled, 0) };
    const bare = summarize(limit);
    return {
      ...scenario,
      ...{ events, eventBytes, rowsMax, ingest: ours, plain: theirs, limit: bare },
      ratioToPlain: ratio(ours.median, theirs.median),
      ratioToLimit: ratio(ours.median, bare.median),
    };
  } finally {
    await servers.stop();
  }
}

/** The rates of a few runs, with the CPU of the run that had the median rate. */
export function withCpu(runs: RateRun[]): Summary & { cpuUs: CpuByPart } {
  const summary = summarize(runs.map(({ eventsPerS }) => eventsPerS));
  return { ...summary, cpuUs: runs.find(({ eventsPerS }) => eventsPerS === summary.median)?.cpuUs ?? {} };
}
