import type { eventDispositions } from '@deskwire/clickhouse/ledger-queries';
import { streams } from '@deskwire/contracts/subjects';
import type { Position } from '@deskwire/contracts/position';
import { pause } from '@deskwire/streams/pause';
import type { z } from 'zod';

type Asked = z.input<typeof eventDispositions.params>;
type Found = Pick<z.output<typeof eventDispositions.row>, 'epoch' | 'seq' | 'idx' | 'disposition' | 'reason'>;

/** What ingest calls the event at a position, where it is a copy of another; undefined when it counts. */
export type LedgerVerdicts = (position: Position) => Promise<DuplicateVerdict | undefined>;
/** `content-differs`: its source gave two events one id. */
export type DuplicateVerdict = 'duplicate' | 'content-differs';

interface Waiting {
  position: Position;
  deadline: number;
  resolve: (verdict: DuplicateVerdict | undefined) => void;
  reject: (error: unknown) => void;
}

const askAgainMs = 25;
const withinMs = 5_000;

/**
 * What ingest made of the event at a position. Asked only where the ticket itself cannot know: it remembers its last 64 events, and
 * none of other tickets. All who wait are asked for in one statement, one at a time: of a busy ticket every event that comes
 * out of order has to ask. The answer rejects with Undecided when ingest does not come that far in time, and with QueryError
 * while ClickHouse is away: the ticket waits, and the others go on.
 */
export function createLedgerVerdicts(
  read: (asked: Asked) => Promise<Found[]>,
  stop: AbortSignal,
  clock: () => number = () => performance.now(),
): LedgerVerdicts {
  let waiting = new Map<string, Waiting[]>();
  let isAsking = false;

  async function ask(): Promise<void> {
    isAsking = true;
    while (waiting.size > 0) {
      const asked = waiting;
      waiting = new Map();
      try {
        const found = await read(askedFor([...asked.values()].map(([first]) => first)));
        for (const row of found) {
          const key = keyOf(row);
          for (const { resolve } of asked.get(key) ?? []) resolve(verdictIn(row));
          asked.delete(key);
        }
        for (const each of [...asked.values()].flat()) {
          if (clock() < each.deadline && !stop.aborted) wait(each);
          else
            each.reject(new Undecided(`the ledger has not decided about message ${each.position.seq} of EVENTS yet`));
        }
      } catch (error) {
        for (const { reject } of [...asked.values()].flat()) reject(error);
      }
      if (asked.size > 0) await pause(askAgainMs, stop);
    }
    isAsking = false;
  }
  function wait(one: Waiting): void {
    const key = keyOf(one.position);
    waiting.set(key, [...(waiting.get(key) ?? []), one]);
  }

  return (position) =>
    new Promise((resolve, reject) => {
      wait({ position, deadline: clock() + withinMs, resolve, reject });
      // Whoever asks in the same turn of the event loop is asked for at once.
      if (!isAsking) queueMicrotask(() => void (isAsking || ask()));
    });
}

function verdictIn({ disposition, reason }: Found): DuplicateVerdict | undefined {
  if (disposition !== 'duplicate') return undefined;
  return reason === 'content-differs' ? reason : 'duplicate';
}

const keyOf = ({ epoch, seq, idx }: Position) => `${epoch} ${seq} ${idx}`;

function askedFor(waiting: (Waiting | undefined)[]): Asked {
  const positions = waiting.flatMap((one) => (one === undefined ? [] : [one.position]));
  return {
    stream: streams.events,
    epochs: [...new Set(positions.map(({ epoch }) => epoch))],
    seqs: [...new Set(positions.map(({ seq }) => seq))],
    idxs: [...new Set(positions.map(({ idx }) => idx))],
  };
}

class Undecided extends Error {
  override name = 'Undecided';
}
