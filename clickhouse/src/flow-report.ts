import type { FlowGap, FlowReport, FlowSource, FlowStream } from '@deskwire/contracts/flow';
import { counted, lostWords, unbalancedWords, unstoredWords } from './counted.ts';
import { notArrived, readSources } from './flow-sources.ts';
import { readStreams, type FlowDoor } from './flow-streams.ts';

/** The data flow as a whole, from the ledger itself. Throws QueryError when ClickHouse does not answer. */
export async function readFlowReport(door: FlowDoor): Promise<FlowReport> {
  // Tips, then what they promise: a stream without lag never stands beside counts that are older than its tip.
  const proof = await readStreams(door);
  const { at, streams, gaps } = proof;
  const { sources, rejected, today } = await readSources(door, proof);
  const alerts = await door.alerts?.().catch(() => undefined);
  const sum = (of: (source: FlowSource) => number) => sources.reduce((total, source) => total + of(source), 0);
  return {
    at,
    ...verdict(streams, sources, gaps),
    totals: {
      received: sum((s) => s.received),
      accepted: sum((s) => s.accepted),
      duplicate: sum((s) => s.duplicate),
      rejected: sum((s) => s.rejected),
      balanced: streams.every((stream) => stream.balanced),
    },
    today,
    ratePerS: sum((source) => source.ratePerS),
    ...{ streams, sources, rejected, gaps, alerts },
  };
}

/** One word for the whole flow, worst first, with its reason. */
function verdict(streams: FlowStream[], sources: FlowSource[], gaps: FlowGap[]): Pick<FlowReport, 'state' | 'why'> {
  const unstored = unstoredWords(streams);
  if (unstored !== undefined) return { state: 'incomplete', why: unstored };
  const lost = gaps.filter((gap) => gap.reason !== 'erased').reduce((sum, gap) => sum + gap.toSeq - gap.fromSeq + 1, 0);
  if (lost > 0) return { state: 'incomplete', why: lostWords(lost) };
  const short = sources.find((source) => source.missing !== undefined);
  if (short !== undefined) return { state: 'incomplete', why: notArrived(short) };
  const odd = streams.find((stream) => !stream.balanced);
  if (odd !== undefined) return { state: 'incomplete', why: unbalancedWords(odd.stream) };
  const unseen = streams.find((stream) => stream.lagMessages === null);
  if (unseen !== undefined) {
    return {
      state: 'unknown',
      why:
        unseen.headSeq === null
          ? 'NATS does not answer, so it is not known what is waiting'
          : `${unseen.stream} was made again and is not read yet`,
    };
  }
  const silent = sources.filter((source) => source.state === 'silent').map((source) => source.source);
  if (silent.length > 0) return { state: 'unknown', why: `no sign of life from ${silent.join(', ')}` };
  const waiting = streams.reduce((sum, stream) => sum + (stream.lagMessages ?? 0), 0);
  return waiting > 0
    ? { state: 'behind', why: `${counted(waiting, 'message waits', 'messages wait')} to be stored` }
    : { state: 'complete', why: null };
}
