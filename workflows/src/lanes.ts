import { pause } from '@deskwire/streams/pause';
import { CannotApply } from './cannot-apply.ts';

export interface LanesOptions {
  /** Tasks going on at once, those of lanes held back not counted. */
  windowMax: number;
  /** Tasks of lanes held back. */
  heldMax: number;
  /** A lane is held back by its first task. */
  onHeld: (lane: string, error: CannotApply) => void;
  stop: AbortSignal;
  retryMs?: { min: number; max: number; heldMax: number };
}

export interface Lanes {
  /** `run` is repeated until it resolves; the tasks of one lane never overlap. */
  add: (lane: string, run: () => Promise<void>) => void;
  /** How many more tasks fit; waits until it is at least one. Rejects when `stop` aborts. */
  room: () => Promise<number>;
  isBusy: (lane: string) => boolean;
  state: () => { running: number; held: number; lanesHeld: number; failing: string | undefined };
  /** Resolves when every lane has noticed that `stop` aborted. */
  settled: () => Promise<unknown>;
}

interface Lane {
  tasks: (() => Promise<void>)[];
  held: boolean;
  end: Promise<void>;
}

/**
 * Tasks in order within a lane, side by side between lanes. A task that throws CannotApply holds back its lane alone and
 * is tried again with growing pauses; any other failure is a server's and is tried again sooner.
 */
export function createLanes({
  windowMax,
  heldMax,
  onHeld,
  stop,
  retryMs = { min: 50, max: 2_000, heldMax: 30_000 },
}: LanesOptions): Lanes {
  const lanes = new Map<string, Lane>();
  let tasks = 0;
  let held = 0;
  let lanesHeld = 0;
  const failures = new Map<Lane, string>();

  let wake: () => void = () => undefined;
  stop.addEventListener('abort', () => wake(), { once: true });

  const roomNow = () => (held >= heldMax ? 0 : Math.max(0, windowMax - (tasks - held)));

  async function room(): Promise<number> {
    for (;;) {
      stop.throwIfAborted();
      const free = roomNow();
      if (free > 0) return free;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  function setHeld(lane: Lane, is: boolean): void {
    if (lane.held === is) return;
    lane.held = is;
    lanesHeld += is ? 1 : -1;
    held += is ? lane.tasks.length : -lane.tasks.length;
    wake();
  }

  async function untilDone(name: string, lane: Lane, run: () => Promise<void>): Promise<void> {
    for (let attempt = 0; !stop.aborted; attempt++) {
      try {
        await run();
        failures.delete(lane);
        setHeld(lane, false);
        return;
      } catch (error) {
        if (isOver(stop)) return;
        const isHeld = error instanceof CannotApply;
        if (isHeld) failures.delete(lane);
        else failures.set(lane, error instanceof Error ? error.message : 'unknown');
        if (isHeld && !lane.held) onHeld(name, error);
        if (isHeld) setHeld(lane, true);
        const max = isHeld ? retryMs.heldMax : retryMs.max;
        await pause(Math.min(max, retryMs.min * 2 ** Math.min(attempt, 12)) * (0.5 + Math.random()), stop);
      }
    }
  }

  async function work(name: string, lane: Lane): Promise<void> {
    for (let run = lane.tasks[0]; run !== undefined && !stop.aborted; run = lane.tasks[0]) {
      await untilDone(name, lane, run);
      if (isOver(stop)) return;
      lane.tasks.shift();
      tasks -= 1;
      wake();
    }
    lanes.delete(name);
  }

  function begin(name: string, run: () => Promise<void>): void {
    const lane: Lane = { tasks: [run], held: false, end: Promise.resolve() };
    lanes.set(name, lane);
    lane.end = work(name, lane);
  }

  return {
    add: (name, run) => {
      const lane = lanes.get(name);
      tasks += 1;
      if (lane === undefined) begin(name, run);
      else {
        lane.tasks.push(run);
        if (lane.held) held += 1;
      }
    },
    room,
    isBusy: (name) => lanes.has(name),
    state: () => ({ running: tasks - held, held, lanesHeld, failing: [...failures.values()][0] }),
    settled: () => Promise.allSettled([...lanes.values()].map(({ end }) => end)),
  };
}

/** Asked anew after every await: the signal changes while we wait, which the type checker does not expect. */
const isOver = (signal: AbortSignal) => signal.aborted;
