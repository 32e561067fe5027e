import { channels } from '@deskwire/contracts/channels';
import type { FlowReport } from '@deskwire/contracts/flow';
import type { Frame } from '@deskwire/contracts/hub-protocol';
import type { Clock } from './clock.ts';
import { createPace } from './pace.ts';

/** Between two frames, ms, where that is up to us: a report may take longer. */
const apartMax = 2_500;
/** While a report is made: a page that hears nothing for three and a half seconds takes the hub for gone. */
const beatMs = 1_000;
/** The engine is there for figures first: a report takes a quarter of the time, unless frames would be too far apart. */
const rests = (costMs: number) => Math.min(3 * costMs, Math.max(500, apartMax - costMs));

/** Turns reports into frames while somebody listens. A report that fails becomes the last known one with state `unknown`. */
export function createFlowTicker({
  read,
  publish,
  beat,
  onFailure,
  epoch,
  clock,
}: {
  read: () => Promise<FlowReport>;
  publish: (frame: Frame) => void;
  /** Tells listeners that the hub is there, and where its frames are. */
  beat: () => void;
  onFailure: (error: unknown) => void;
  /** New with each start of the hub, because `seq` starts again. */
  epoch: string;
  clock: Clock;
}) {
  let seq = 0;
  let known: FlowReport | undefined;
  let latest: Frame | undefined;
  const pace = createPace({ tick: makeFrame, clock, rests });

  async function makeFrame(): Promise<'done' | 'failed'> {
    let outcome: 'done' | 'failed' = 'done';
    let data: FlowReport | undefined;
    const quiet = beatUntilQuiet();
    try {
      known = data = await read();
    } catch (error) {
      onFailure(error);
      outcome = 'failed';
      data = known === undefined ? undefined : { ...known, state: 'unknown', why: unreadable, repeated: true };
    } finally {
      quiet();
    }
    if (data === undefined) return outcome;
    const at = new Date(clock.wall()).toISOString();
    latest = { ch: channels.flow, epoch, seq: seq + 1, prev: seq, kind: 'frame', at, data };
    seq += 1;
    publish(latest);
    return outcome;
  }

  function beatUntilQuiet(): () => void {
    let cancel = () => {};
    const again = () => {
      cancel = clock.after(beatMs, () => {
        beat();
        again();
      });
    };
    again();
    return () => cancel();
  }

  return {
    /** The first listener starts it, the last one stops it. */
    listen: pace.listen,
    committed: pace.hurry,
    /** For a new listener: the last frame while it is fresh, else a new one; undefined when no report was ever made. */
    async current(): Promise<Frame | undefined> {
      if (latest === undefined || !pace.isFresh()) await pace.now();
      return latest;
    },
    head: () => ({ epoch, head: seq }),
  };
}

const unreadable = 'The figures cannot be read at the moment; these are the last known. Nothing is lost.';
