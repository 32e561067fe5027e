import type { FloorMark, Ticket } from '@deskwire/contracts/ticket';
import { pause } from '@deskwire/streams/pause';

export interface FloorMarks {
  /** A ticket's message carries this floor: nothing more to say about it. */
  carried: (floor: Ticket['floor']) => void;
  /** Says the floor wherever no ticket's message says it. Never rejects but by `stop`. */
  run: (stop: AbortSignal) => Promise<never>;
}

export interface FloorMarksOptions {
  floor: () => Ticket['floor'];
  publish: (mark: FloorMark) => Promise<void>;
  /** Events are being applied: the next ticket's message will carry a floor anyway. */
  isBusy: () => boolean;
  /** What TICKETS says already; undefined when it says nothing. */
  said: Ticket['floor'] | undefined;
}

const lookMs = 50;
const busyMs = 1_000;
const idleMs = 250;

/** A ticket's message carries the floor; this says it where none does: after a duplicate, a heartbeat, the last event. */
export function createFloorMarks({ floor, publish, isBusy, said }: FloorMarksOptions): FloorMarks {
  let last = said;
  const isNews = (now: Ticket['floor']) => last === undefined || now.epoch !== last.epoch || now.seq > last.seq;
  return {
    carried: (carried) => {
      if (isNews(carried)) last = carried;
    },
    run: async (stop) => {
      let saidAt = -Infinity;
      for (;;) {
        await pause(lookMs, stop);
        stop.throwIfAborted();
        const now = floor();
        if (!isNews(now) || performance.now() - saidAt < (isBusy() ? busyMs : idleMs)) continue;
        saidAt = performance.now();
        await publish({ floor: now }).then(
          () => (last = now),
          () => undefined, // Said again at the next look; nothing depends on it but freshness.
        );
      }
    },
  };
}
