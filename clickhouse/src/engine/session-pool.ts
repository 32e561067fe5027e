import { EngineException } from './engine-exception.ts';
import type { EngineSession } from './engine-session.ts';

/** Who waits for whom: dashboards for dashboards, feeds for feeds, and nobody keeps the door from its own questions. */
export type Lane = 'query' | 'ingest' | 'control';

/** A session in the hands of one statement. */
export interface Lease {
  session: EngineSession;
  /** Named pipe of this session's slot. */
  pipe: string;
  /** `spoiled`: the statement may have left state behind, so the session is replaced by a new one. */
  release(outcome: 'clean' | 'spoiled'): void;
}

export interface SessionPool {
  /** The next free session of a lane, in order of asking. Throws EngineException 202 when the queue is full, or the signal's reason. */
  acquire(lane: Lane, signal: AbortSignal): Promise<Lease>;
  waiting(lane: Lane): number;
  busy(lane: Lane): number;
  close(): void;
}

interface Slot {
  session: EngineSession;
  pipe: string;
}

/** Opens `sizes[lane]` sessions a lane; `pipes` names one pipe for each of them. At most `queueMax[lane]` statements wait in a lane. */
export function createSessionPool(options: {
  open: () => EngineSession;
  sizes: Record<Lane, number>;
  pipes: string[];
  queueMax: Record<Lane, number>;
}): SessionPool {
  const pipes = [...options.pipes];
  const lanes = {
    query: createLane('query'),
    ingest: createLane('ingest'),
    control: createLane('control'),
  };
  return {
    acquire: (lane, signal) => lanes[lane].acquire(signal),
    waiting: (lane) => lanes[lane].waiting(),
    busy: (lane) => lanes[lane].busy(),
    close: () => {
      for (const lane of Object.values(lanes)) lane.close();
    },
  };

  function createLane(name: Lane) {
    const slots = Array.from({ length: options.sizes[name] }, (): Slot => {
      const pipe = pipes.shift();
      if (pipe === undefined) throw new RangeError('every session needs a pipe of its own');
      return { session: options.open(), pipe };
    });
    const free = [...slots];
    const queue: Array<(slot: Slot) => void> = [];
    const lease = (slot: Slot): Lease => {
      let held = true;
      return {
        session: slot.session,
        pipe: slot.pipe,
        release: (outcome) => {
          if (!held) return;
          held = false;
          if (outcome === 'spoiled') {
            slot.session.close();
            slot.session = options.open();
          }
          const next = queue.shift();
          if (next === undefined) free.push(slot);
          else next(slot);
        },
      };
    };
    return {
      acquire: (signal: AbortSignal): Promise<Lease> => {
        signal.throwIfAborted();
        const slot = free.pop();
        if (slot !== undefined) return Promise.resolve(lease(slot));
        if (queue.length >= options.queueMax[name]) {
          const message = `Too many simultaneous queries. Maximum: ${slots.length + options.queueMax[name]}`;
          return Promise.reject(new EngineException(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', message));
        }
        return new Promise((resolve, reject) => {
          const turn = (given: Slot) => {
            signal.removeEventListener('abort', leave);
            resolve(lease(given));
          };
          const leave = () => {
            queue.splice(queue.indexOf(turn), 1);
            reject(signal.reason instanceof Error ? signal.reason : new Error('cancelled'));
          };
          signal.addEventListener('abort', leave, { once: true });
          queue.push(turn);
        });
      },
      waiting: () => queue.length,
      busy: () => slots.length - free.length,
      close: () => {
        for (const slot of slots) slot.session.close();
      },
    };
  }
}
