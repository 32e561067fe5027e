import { microsOfText } from './stream-time.ts';

/** Where a table ends for its stream; (0, 0) before the first row. */
export interface Tip {
  epoch: number;
  seq: number;
}

/** A stored position with what identifies it; times in Unix microseconds. */
export interface Mark {
  seq: number;
  ingestedAtUs: number;
  streamCreatedUs: number;
}

/** What the ledger says of a stream. */
export interface LedgerEnd {
  tip: Tip;
  /** Behind a recorded gap at the end. */
  committedSeq: number;
  /** The newest epoch of which rows were withdrawn: it is over. 0: there is none. */
  overEpoch: number;
}

/** The narrow view of JetStream that the identity check needs. */
export interface StreamView {
  created: string;
  firstSeq: number;
  lastSeq: number;
  /** JetStream time of one message, or undefined when the stream no longer has it. */
  timeOf: (seq: number) => Promise<string | undefined>;
}

export interface LedgerView {
  end: LedgerEnd | undefined;
  /** Newest first, at or below `seq`: of the newest epoch, and where that began inside the stream, of those before it. */
  marks: (seq: number, limit: number) => Promise<Mark[]>;
}

/**
 * Where to read on. `continues`: in the same epoch. `begins`: with the first message at or after `nextSeq` a new epoch
 * begins, since what the stream holds now is not what the ledger knows, or not any more; its number is above `epochsUpTo`.
 */
export type Position =
  | { kind: 'continues'; epoch: number; streamCreatedUs: number; tip: Tip; nextSeq: number }
  | { kind: 'begins'; streamCreatedUs: number; tip: Tip; nextSeq: number; epochsUpTo: number };

const marksCompared = 16;

/**
 * Compares the ledger with the stream that is there now: the JetStream time at the last stored position, and its creation
 * time where that cannot decide. A stream made again, or one that lost its end and reused positions, would otherwise be skipped in silence.
 */
export async function findPosition(ledger: LedgerView, stream: StreamView): Promise<Position> {
  const streamCreatedUs = microsOfText(stream.created);
  const end = ledger.end;
  if (end === undefined)
    return { kind: 'begins', streamCreatedUs, tip: { epoch: 0, seq: 0 }, nextSeq: 1, epochsUpTo: 0 };
  const { tip } = end;
  const begins = { kind: 'begins', streamCreatedUs, tip, epochsUpTo: Math.max(tip.epoch, end.overEpoch) } as const;
  const marks = await ledger.marks(tip.seq, marksCompared);
  // Erased or expired messages cannot be compared: the next older one speaks for them.
  const sameMessages = stream.lastSeq >= end.committedSeq ? await firstComparable(marks, stream) : false;
  // nats-server 2.9 gives an encrypted stream another creation time when it starts for the second time (measured): messages
  // that agree outweigh it.
  const sameCreation = marks[0]?.streamCreatedUs === streamCreatedUs;
  // A desk so quiet that all it had read has expired: whatever is there now lies behind the ledger, and is read in either case.
  const allBehind = stream.firstSeq > end.committedSeq;
  const isSame = sameMessages ?? (sameCreation || allBehind);
  const behind = end.committedSeq + 1;
  // Whoever remembers a position of what was withdrawn is not to take it for one of what came in its place.
  if (isSame && end.overEpoch >= tip.epoch) return { ...begins, nextSeq: behind };
  if (isSame) return { kind: 'continues', epoch: tip.epoch, streamCreatedUs, tip, nextSeq: behind };
  const common = await lastCommon(ledger, stream, tip);
  // Nothing in common: another stream, of which even the first position counts.
  return { ...begins, nextSeq: common < stream.firstSeq ? 1 : common + 1 };
}

/** Whether the newest position that both still have is the same message; undefined when there is none. */
async function firstComparable(marks: Mark[], stream: StreamView): Promise<boolean | undefined> {
  for (const mark of marks) {
    const time = await stream.timeOf(mark.seq);
    if (time !== undefined) return microsOfText(time) === mark.ingestedAtUs;
  }
  return undefined;
}

/** The last position up to which ledger and stream are the same, by bisection: they differ from one point on. */
async function lastCommon(ledger: LedgerView, stream: StreamView, tip: Tip): Promise<number> {
  let same = stream.firstSeq - 1;
  let differs = Math.min(tip.seq, stream.lastSeq) + 1;
  while (differs - same > 1) {
    const middle = Math.floor((same + differs) / 2);
    const [mark] = await ledger.marks(middle, 1);
    const time = mark === undefined || mark.seq <= same ? undefined : await stream.timeOf(mark.seq);
    if (mark === undefined || mark.seq <= same) same = middle;
    else if (time === undefined || microsOfText(time) === mark.ingestedAtUs) same = middle;
    else differs = mark.seq;
  }
  return same;
}
