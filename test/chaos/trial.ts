import { setTimeout as sleep } from 'node:timers/promises';
import type { Part } from '../src/part.ts';
import type { AppendGate } from './append-gate.ts';
import { ratePerSMin, type FlowWatch } from './flow-watch.ts';
import type { InsertGate } from './insert-gate.ts';
import { nameOf, type Combination } from './plan.ts';
import type { Random } from './random.ts';

export interface TrialDoors {
  /** By the gate's doors. */
  workers: Part[];
  /** By the doors of `appends`. */
  desks: Part[];
  engine: Part;
  broker: Part;
  gate: InsertGate;
  appends: AppendGate;
  flow: FlowWatch;
  ratePerS: () => number;
  random: Random;
  stopMs: number;
}

export interface Trial extends Combination {
  /** Acknowledged events per second when the first signal was sent. */
  ratePerS: number;
  /** From the fault until new events were stored within a second again. */
  recoveryMs: number;
}

/** The flow is live again within this, or the run has failed. */
const liveWithinMs = 120_000;
/** A start takes about so long; a fault at start-up strikes somewhere in it. */
const startUpMs = { ingest: 1_500, engine: 2_500, nats: 600, workflows: 1_500 } as const;

/** One fault at one moment, and the way back. Rejects with NotLive when there is none. */
export async function runTrial(doors: TrialDoors, combination: Combination): Promise<Trial> {
  const { flow, stopMs } = doors;
  await flow.untilLive(Date.now(), liveWithinMs);
  const { victim, ratePerS, goOn } =
    combination.moment === 'start-up'
      ? await strikeStartUp(doors, combination)
      : await strikeInsert(doors, combination);
  const struckAt = Date.now();
  const live = flow.untilLive(struckAt, stopMs + liveWithinMs);
  live.catch(() => undefined); // Awaited below, after what happens meanwhile.
  if (combination.fault === 'stop') {
    await sleep(stopMs);
    victim.signal('SIGCONT');
    goOn();
  } else await victim.start();
  await flow.untilLive(Date.now(), liveWithinMs);
  return { ...combination, ratePerS, recoveryMs: (await live) - struckAt };
}

interface Struck {
  victim: Part;
  ratePerS: number;
  /** Lets an insert pass that had to wait for its worker. */
  goOn: () => void;
}

function strikeInsert(
  { workers, desks, engine, broker, gate, appends, ratePerS, random }: TrialDoors,
  combination: Combination,
): Promise<Struck> {
  const { target, fault, moment, step = 'ticket' } = combination;
  const armed = target === 'workflows' ? appends : gate;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      armed.disarm();
      reject(new Error(`${nameOf(combination)}: nothing came to this moment at ${ratePerSMin} events/s`));
    }, liveWithinMs);
    armed.arm({
      ...{ moment, step },
      delayMs: random.int(12),
      deaf: random.coin(),
      strike: (door) => {
        const rate = ratePerS();
        if (rate < ratePerSMin) return 'later';
        clearTimeout(timer);
        const victim = { ingest: workers[door], engine, nats: broker, workflows: desks[door] }[target] ?? engine;
        const dead = fault === 'kill' ? victim.kill() : sendToSleep(victim);
        // What a sleeping worker has not sent yet leaves when it wakes up.
        const sleeps = (target === 'ingest' || target === 'workflows') && fault === 'stop' && moment === 'before';
        let goOn = () => {};
        const awake = sleeps ? new Promise<void>((wake) => (goOn = wake)) : dead;
        void dead.then(() => resolve({ victim, ratePerS: rate, goOn }));
        return awake;
      },
    });
  });
}

/** Kills first, without counting it, and strikes while what was killed starts again. */
async function strikeStartUp(doors: TrialDoors, { target, fault }: Combination): Promise<Struck> {
  const { workers, desks, engine, broker, gate, random, ratePerS } = doors;
  const rate = ratePerS();
  const strike = async (victim: Part) => {
    await (fault === 'kill' ? victim.kill() : sendToSleep(victim));
    return { victim, ratePerS: rate, goOn: () => {} };
  };
  const quietly = (part: Part) => {
    part.start().catch(() => undefined); // It may not live to be ready.
  };
  if (target === 'workflows') {
    await Promise.all(desks.map((desk) => desk.kill()));
    for (const desk of desks) quietly(desk);
    await sleep(random.int(startUpMs.workflows));
    return strike(desks[random.int(desks.length)] ?? engine);
  }
  if (target !== 'ingest') {
    const part = target === 'engine' ? engine : broker;
    await part.kill();
    quietly(part);
    await sleep(random.int(startUpMs[target]));
    return strike(part);
  }
  await Promise.all(workers.map((worker) => worker.kill()));
  const speaks = random.coin();
  const delayMs = random.int(speaks ? 300 : startUpMs.ingest);
  const first = new Promise<number>((resolve) => {
    if (speaks)
      gate.arm({
        moment: 'start-up',
        delayMs: 0,
        deaf: false,
        strike: (door) => {
          resolve(door);
          return Promise.resolve();
        },
      });
    else resolve(random.int(workers.length));
  });
  for (const worker of workers) quietly(worker);
  const door = await first;
  await sleep(delayMs);
  return strike(workers[door] ?? engine);
}

function sendToSleep(victim: Part): Promise<void> {
  victim.signal('SIGSTOP');
  return Promise.resolve();
}
