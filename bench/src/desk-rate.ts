import { streams, subjects } from '@deskwire/contracts/subjects';
import { floorMark } from '@deskwire/contracts/ticket';
import type { RateRun } from './backlog-rate.ts';
import { startChild, type Child } from './child.ts';
import { countCpu, type CpuByPart } from './cpu-time.ts';
import type { Servers } from './servers.ts';

const patienceMs = 120_000;
const lookMs = 50;
/** As many events at once as the desk has by default. */
const plainWindowMax = '250';

/**
 * The desk as it is run by `npm start`, from the beginning of EVENTS, which the ledger holds already, to its end. Rejects
 * when TICKETS does not get one version for each event, or the floor does not reach the head.
 */
export async function applyBacklog(servers: Servers, events: number): Promise<RateRun> {
  const floor = { seq: 0, marks: 0 };
  const subscription = servers.nc.subscribe(subjects.ticketFloor, {
    callback: (_, message) => {
      floor.seq = floorMark.parse(message.json()).floor.seq;
      floor.marks += 1;
    },
  });
  await servers.nc.flush();
  const versions = async () => (await lastSeq(servers, streams.tickets)) - floor.marks;
  const child = startChild({ file: 'workflows/src/main.ts', env: servers.deskEnv });
  return during(child, async () => {
    const run = await measureGrowth({ servers, child, part: 'desk', events, versions });
    const head = await lastSeq(servers, streams.events);
    await until(
      () => floor.seq >= head,
      child,
      () => `the floor stands at ${floor.seq} of ${head}`,
    );
    const made = await versions();
    if (made !== events) throw new Error(`${events} events made ${made} versions of tickets`);
    return run;
  }).finally(() => subscription.unsubscribe());
}

/** The same backlog through the plain read-modify-write on a bucket of its own. Rejects like the desk. */
export async function updateBacklog(servers: Servers, events: number): Promise<RateRun> {
  const bucket = 'plain_tickets';
  await servers.nc.jetstream().views.kv(bucket, { history: 1, allow_direct: true });
  const versions = () => lastSeq(servers, `KV_${bucket}`);
  const env = { ...servers.plainEnv, PLAIN_BUCKET: bucket, PLAIN_WINDOW_MAX: plainWindowMax };
  const child = startChild({ file: 'bench/src/plain-desk.ts', env });
  return during(child, () => measureGrowth({ servers, child, part: 'plain', events, versions }));
}

async function lastSeq({ jsm }: Servers, stream: string): Promise<number> {
  return (await jsm.streams.info(stream)).state.last_seq;
}

async function during<Result>(child: Child, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${why}; the process wrote: ${child.said()}`, { cause });
  } finally {
    await child.stop();
  }
}

interface Growth {
  servers: Servers;
  child: Child;
  part: string;
  events: number;
  /** Versions of tickets made so far: one for each event applied. */
  versions: () => Promise<number>;
}

/** From the first look that sees a version until one sees all of them, so without the start of the process. */
async function measureGrowth({ servers, child, part, events, versions }: Growth): Promise<RateRun> {
  let first: { made: number; at: number; cpuUs: (events: number) => CpuByPart } | undefined;
  let made = 0;
  let at = 0;
  await until(
    async () => {
      made = await versions();
      at = performance.now();
      if (made > 0) first ??= { made, at, cpuUs: countCpu({ ...servers.pids, [part]: child.pid }) };
      return made >= events;
    },
    child,
    () => `${made} of ${events} events were applied`,
  );
  if (first === undefined || first.made === made) throw new Error('there are too few events to see the rate');
  const counted = made - first.made;
  return { eventsPerS: Math.round((counted / (at - first.at)) * 1_000), cpuUs: first.cpuUs(counted) };
}

async function until(isSo: () => boolean | Promise<boolean>, child: Child, soFar: () => string): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`${soFar()} in ${patienceMs} ms`);
    await Promise.race([new Promise((resolve) => setTimeout(resolve, lookMs)), child.failed]);
  }
}
