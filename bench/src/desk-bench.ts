import { publishAll } from './backlog.ts';
import { ingestBacklog, type RateRun } from './backlog-rate.ts';
import type { CpuByPart } from './cpu-time.ts';
import { deskEvents, type DeskBacklog } from './desk-events.ts';
import { applyBacklog, updateBacklog } from './desk-rate.ts';
import { withCpu } from './ingest-bench.ts';
import { startServers } from './servers.ts';
import { ratio, type Summary } from './summary.ts';

/** Rates in events/s, CPU in microseconds per event of the run with the median rate. */
export interface DeskResult extends DeskBacklog {
  name: string;
  /** DESIGN section 10, events/s. */
  budget: number;
  eventBytes: number;
  desk: Summary & { cpuUs: CpuByPart };
  plain: Summary & { cpuUs: CpuByPart };
  ratioToPlain: number;
}

export interface DeskBenchOptions extends DeskBacklog {
  runs: number;
  rowsMax: number;
  say: (text: string) => void;
}

const budget = 5_000;

/**
 * A backlog of ticket events through the desk, then through the plain read-modify-write, on new servers for each run. Ingest
 * has stored the backlog and made its keys before, and rests meanwhile: this is the desk alone.
 */
export async function measureDesk({ runs, rowsMax, say, ...backlog }: DeskBenchOptions): Promise<DeskResult> {
  const name = backlog.sealed ? 'sealed, one a message' : 'plain, one a message';
  const desk: RateRun[] = [];
  const plain: RateRun[] = [];
  let bytes = 0;
  for (let run = 0; run < runs; run++) {
    const servers = await startServers();
    try {
      ({ bytes } = await publishAll(servers, deskEvents(backlog)));
      await ingestBacklog(servers, backlog.events, { rowsMax });
      desk.push(await applyBacklog(servers, backlog.events));
      plain.push(await updateBacklog(servers, backlog.events));
    } finally {
      await servers.stop();
    }
    say(`desk, ${name}: ${desk.at(-1)?.eventsPerS ?? 0}/s, plain ${plain.at(-1)?.eventsPerS ?? 0}/s`);
  }
  const ours = withCpu(desk);
  const theirs = withCpu(plain);
  return {
    ...{ name, ...backlog, budget, eventBytes: Math.round(bytes / backlog.events), desk: ours, plain: theirs },
    ratioToPlain: ratio(ours.median, theirs.median),
  };
}
