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

/** What the ledger says of a stream; `committedSeq` lies behind a recorded gap at the end. */
export interface LedgerEnd {
  tip: Tip;
  committedSeq: number;
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
  /** Newest first, at or below `seq`, of the newest epoch. */
  marks: (seq: number, limit: number) => Promise<Mark[]>;
}

/**
 * Where to read on. `continues`: in the same epoch. `begins`: with the first message at or after `nextSeq` a new epoch
 * begins, since what the stream holds now is not what the ledger knows.
 */
export type Position =
  | { kind: 'continues'; epoch: number; streamCreatedUs: number; tip: Tip; nextSeq: number }
  | { kind: 'begins'; streamCreatedUs: number; tip: Tip; nextSeq: number };

const marksCompared = 16;

/**
 * Compares the ledger with the stream that is there now: the JetStream time at the last stored position, and its creation
 * time where that cannot decide. A stream made again, or one that lost its end and reused positions, would otherwise be skipped in silence.
 */
export async function findPosition(ledger: LedgerView, stream: StreamView): Promise<Position> {
  const streamCreatedUs = microsOfText(stream.created);
  const end = ledger.end;
  if (end === undefined) return { kind: 'begins', streamCreatedUs, tip: { epoch: 0, seq: 0 }, nextSeq: 1 };
  const { tip } = end;
  const marks = await ledger.marks(tip.seq, marksCompared);
  // Erased or expired messages cannot be compared: the next older one speaks for them.
  const sameMessages = stream.lastSeq >= end.committedSeq ? await firstComparable(marks, stream) : false;
  // nats-server 2.9 gives an encrypted stream another creation time when it starts for the second time (measured): messages
  // that agree outweigh it. Where none can be compared, a wrong guess only reads what is there once more, as duplicates.
  const sameCreation = marks[0]?.streamCreatedUs === streamCreatedUs;
  // An idle desk whose messages have all expired: empty, and exactly as long as the ledger.
  const sameEmpty = stream.lastSeq === end.committedSeq && stream.firstSeq > stream.lastSeq;
  const isSame = sameMessages === undefined ? sameCreation || sameEmpty : sameMessages;
  if (isSame) return { kind: 'continues', epoch: tip.epoch, streamCreatedUs, tip, nextSeq: end.committedSeq + 1 };
  const common = await lastCommon(ledger, stream, tip);
  // Nothing in common: another stream, of which even the first position counts.
  const nextSeq = common < stream.firstSeq ? 1 : common + 1;
  return { kind: 'begins', streamCreatedUs, tip, nextSeq };
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
