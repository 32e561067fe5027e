import { channels } from '@deskwire/contracts/channels';
import type { FlowReport } from '@deskwire/contracts/flow';
import type { Frame } from '@deskwire/contracts/hub-protocol';
import type { Clock } from './clock.ts';

/** At most ten frames a second, however many commits there are. */
const quietMs = 100;
/** Silence and lag have to show also when nothing is committed. */
const idleMs = 1_000;

/**
 * Turns reports into frames while somebody listens: at once after a quiet 100 ms, never more often than every 100 ms or
 * half of the time, and at least every second. A report that fails becomes the last known one with state `unknown`.
 */
export function createFlowTicker({
  read,
  publish,
  onFailure,
  epoch,
  clock,
}: {
  read: () => Promise<FlowReport>;
  publish: (frame: Frame) => void;
  onFailure: (error: unknown) => void;
  /** New with each start of the hub, because `seq` starts again. */
  epoch: string;
  clock: Clock;
}) {
  let listening = false;
  let inFlight: Promise<void> | undefined;
  let committedMeanwhile = false;
  let due: { at: number; cancel: () => void } | undefined;
  let startedAt = -Infinity;
  let endedAt = -Infinity;
  let costMs = 0;
  let seq = 0;
  let known: FlowReport | undefined;
  let latest: Frame | undefined;

  /** A report that takes long rests as long as it worked. */
  const earliest = () => Math.max(startedAt + quietMs, endedAt + costMs);

  function schedule(at: number): void {
    if (!listening || inFlight !== undefined || (due !== undefined && due.at <= at)) return;
    due?.cancel();
    const cancel = clock.after(Math.max(0, at - clock.monotonic()), () => void tick());
    due = { at, cancel };
  }

  function tick(): Promise<void> {
    inFlight ??= makeFrame().finally(() => {
      inFlight = undefined;
      schedule(committedMeanwhile ? earliest() : Math.max(startedAt + idleMs, earliest()));
      committedMeanwhile = false;
    });
    return inFlight;
  }

  async function makeFrame(): Promise<void> {
    due?.cancel();
    due = undefined;
    startedAt = clock.monotonic();
    let data: FlowReport | undefined;
    try {
      known = data = await read();
    } catch (error) {
      onFailure(error);
      data = known === undefined ? undefined : { ...known, state: 'unknown', why: unreadable };
    }
    endedAt = clock.monotonic();
    costMs = endedAt - startedAt;
    if (data === undefined) return;
    const at = new Date(clock.wall()).toISOString();
    latest = { ch: channels.flow, epoch, seq: seq + 1, prev: seq, kind: 'frame', at, data };
    seq += 1;
    publish(latest);
  }

  return {
    /** The first listener starts it, the last one stops it. */
    listen(on: boolean): void {
      listening = on;
      if (on) schedule(Math.max(startedAt + idleMs, earliest()));
      else {
        due?.cancel();
        due = undefined;
      }
    },
    committed(): void {
      if (inFlight === undefined) schedule(earliest());
      else committedMeanwhile = true;
    },
    /** For a new listener: the last frame while it is fresh, else a new one; undefined when no report was ever made. */
    async current(): Promise<Frame | undefined> {
      if (latest === undefined || clock.monotonic() - endedAt >= idleMs) await tick();
      return latest;
    },
    head: () => ({ epoch, head: seq }),
  };
}

export type FlowTicker = ReturnType<typeof createFlowTicker>;

const unreadable = 'ClickHouse does not answer; these are the last known figures';
