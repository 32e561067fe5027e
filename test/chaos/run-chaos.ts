import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastWords } from '../src/last-words.ts';
import { startWorld } from '../src/world.ts';
import { createAppendGate } from './append-gate.ts';
import { audit, type Audit } from './audit.ts';
import { watchFlow } from './flow-watch.ts';
import { createInsertGate } from './insert-gate.ts';
import { createConversationFacts } from './conversation-facts.ts';
import type { ChaosOptions } from './options.ts';
import { createOwnList } from './own-list.ts';
import { planTrials } from './plan.ts';
import { createPublisher } from './publisher.ts';
import { createRandom } from './random.ts';
import { runTrial, type Trial } from './trial.ts';

export interface ChaosResult {
  seed: number;
  unsafe: boolean;
  trials: Trial[];
  /** The last comparison; undefined when there was none. */
  audit: Audit | undefined;
  /** Processes that ended without having been struck, and were started again. */
  surprises: string[];
  violations: string[];
  /** Kept when something was violated: data, logs and the publisher's list. */
  folder: string | undefined;
}

export interface ChaosReporter {
  onTrial: (trial: Trial, number: number) => void;
  onAudit: (audit: Audit) => void;
}

const workerNames = ['ingest-a', 'ingest-b'];
const deskNames = ['desk-a', 'desk-b'];

/** One world, all its trials, and what the ledger says afterwards. Ends at the first violation: it would stay in every later comparison. */
export async function runChaos(options: ChaosOptions, { onTrial, onAudit }: ChaosReporter): Promise<ChaosResult> {
  const random = createRandom(options.seed);
  const plan = planTrials(options.among, options.trials, random);
  const surprises: string[] = [];
  let restart: (name: string) => void = () => undefined;
  const world = await startWorld({
    budgetBytes: 64 * 2 ** 30,
    onSurprise: (name, how) => {
      surprises.push(`${name}: ${how} ${lastWords(join(world.logDir, `${name}.log`))}`.trimEnd());
      restart(name);
    },
  });
  const result: ChaosResult = {
    ...{ seed: options.seed, unsafe: options.unsafe, surprises, folder: undefined },
    ...{ trials: [], violations: [], audit: undefined },
  };
  const { engine, broker } = world;
  const readConversations = createConversationFacts(world.nc);
  const list = createOwnList(join(world.logDir, 'acknowledged.txt'));
  const gate = await createInsertGate({ engineUrl: world.clickhouse.CLICKHOUSE_URL, doors: workerNames.length });
  const env = { INGEST_LEASE_MS: '2500', ...(options.unsafe ? { INGEST_UNSAFE_NO_CONDITION: '1' } : {}) };
  const workers = workerNames.map((name, door) =>
    world.addWorker(name, { env, clickhouse: { ...world.clickhouse, CLICKHOUSE_URL: gate.urls[door] ?? '' } }),
  );
  const appends = await createAppendGate({ natsPort: world.natsPort, doors: deskNames.length });
  const desks = deskNames.map((name, door) =>
    world.addDesk(name, { DESK_LEASE_MS: '2500', NATS_URL: `nats://127.0.0.1:${appends.ports[door] ?? 0}` }),
  );
  // As the supervisor does it: whatever ends by itself is started again.
  restart = (name) => {
    const part = [engine, broker, ...workers, ...desks].find((one) => one.name === name);
    void sleep(250).then(() => {
      if (part?.isRunning() === false) part.start().catch(() => undefined);
    });
  };
  const clock = () => performance.now();
  const js = world.nc.jetstream();
  const publisher = createPublisher({ ...{ js, list, random, clock }, ratePerS: options.ratePerS });
  const flow = watchFlow(world.nc, publisher.ratePerS);
  const doors = {
    ...{ workers, desks, engine, broker, gate, appends, flow, random },
    ratePerS: publisher.ratePerS,
    stopMs: options.stopMs,
  };
  try {
    await Promise.all([...workers, ...desks].map((part) => part.start()));
    for (const [at, combination] of plan.entries()) {
      const trial = await runTrial(doors, combination);
      result.trials.push(trial);
      onTrial(trial, at + 1);
      if ((at + 1) % options.auditEvery !== 0 && at + 1 < plan.length) continue;
      await publisher.pause();
      result.audit = await audit(world, list, readConversations);
      onAudit(result.audit);
      result.violations.push(...result.audit.violations);
      if (result.violations.length > 0) break;
      publisher.resume();
    }
  } catch (error) {
    result.violations.push(error instanceof Error ? error.message : String(error));
  } finally {
    restart = () => undefined;
    publisher.close();
    flow.close();
    await list.close();
    const keep = result.violations.length > 0 && !options.unsafe;
    if (keep) result.folder = world.logDir;
    gate.close();
    appends.close();
    await world.close({ keep });
  }
  return result;
}
