import { createWriteStream } from 'node:fs';
import { identityOf, type ChaosMessage } from './chaos-event.ts';

const published = 1;
const acknowledged = 2;

/** The publisher's own list of what was acknowledged, in memory and as a file: the only truth the ledger is compared with. */
export interface OwnList {
  offer: (message: ChaosMessage) => void;
  acknowledge: (message: ChaosMessage) => void;
  /** Numbers below this were published. */
  size: () => number;
  isPublished: (n: number) => boolean;
  isAcknowledged: (n: number) => boolean;
  /** Acknowledged events by what was sent of them; copies count each time. */
  counts: () => { good: number; other: number; bad: number };
  /** Distinct identities acknowledged. */
  acknowledged: () => number;
  close: () => Promise<void>;
}

/** `file` lies outside DATA_DIR: one line per acknowledgement, `source id`. */
export function createOwnList(file: string): OwnList {
  const out = createWriteStream(file);
  const counts = { good: 0, other: 0, bad: 0 };
  let marks = new Uint8Array(1 << 20);
  let size = 0;
  let distinct = 0;

  function mark(n: number, bit: number): void {
    if (n >= marks.length) {
      const larger = new Uint8Array(marks.length * 2);
      larger.set(marks);
      marks = larger;
    }
    size = Math.max(size, n + 1);
    marks[n] = (marks[n] ?? 0) | bit;
  }
  const has = (n: number, bit: number) => ((marks[n] ?? 0) & bit) !== 0;

  return {
    offer: ({ events }) => {
      for (const { n, variant } of events) if (variant !== 'bad') mark(n, published);
    },
    acknowledge: ({ events }) => {
      for (const { n, variant } of events) {
        counts[variant] += 1;
        if (variant === 'bad') continue;
        if (!has(n, acknowledged)) distinct += 1;
        mark(n, acknowledged);
        const { source, id } = identityOf(n);
        out.write(`${source} ${id}\n`);
      }
    },
    size: () => size,
    isPublished: (n) => has(n, published),
    isAcknowledged: (n) => has(n, acknowledged),
    counts: () => ({ ...counts }),
    acknowledged: () => distinct,
    close: () => new Promise((resolve) => out.end(resolve)),
  };
}
