import type { FlowGap, FlowReport } from '@deskwire/contracts/flow';
import type { StreamPosition } from '@deskwire/contracts/position';
import { streams as names } from '@deskwire/contracts/subjects';
import type { ClickHouseClient } from '@clickhouse/client';
import type { z } from 'zod';
import { gapNeighbours, recordedGaps } from './flow-queries.ts';
import { placeGaps, type GapPositions } from './place-gaps.ts';
import { runQuery } from './query.ts';
import { proveStream, type StreamHead } from './stream-proof.ts';
import { readStreamTips } from './stream-tips.ts';

const ledgers = [
  { stream: names.events, table: 'events' },
  { stream: names.tickets, table: 'ticket_changes' },
];

export interface FlowDoor {
  client: ClickHouseClient;
  /** Last position of a stream; null when NATS does not answer. */
  streamHead: (stream: string) => Promise<StreamHead>;
  /** Unix time, ms. */
  now: () => number;
  /** Of the desk: its days begin by it. */
  zone: string;
  /** The newest ones for the report; absent, or rejected: it has none. */
  alerts?: () => Promise<FlowReport['alerts']>;
}

/** What the ledger proves of the streams at one moment. */
export type StreamsProof = Pick<FlowReport, 'at' | 'streams' | 'gaps'>;

/**
 * Ask for this before anything that it promises: whatever it says to be stored is in what is read afterwards. `gaps` of a moment ago
 * save a statement. Throws QueryError.
 */
export async function readStreams(door: FlowDoor, gaps?: FlowGap[]): Promise<StreamsProof> {
  const first = await readOnce(door, gaps);
  // A gap that was recorded between two of the queries looks like a hole: only what is still there when asked again is one.
  return first.streams.some((stream) => stream.missing > 0) ? readOnce(door) : first;
}

async function readOnce({ client, streamHead, now }: FlowDoor, known?: FlowGap[]): Promise<StreamsProof> {
  // Heads, then tips: a message that arrives in between shows as stored, never as a false "behind".
  const heads = await Promise.all(ledgers.map(({ stream }) => streamHead(stream)));
  const at = new Date(now()).toISOString();
  const tips = await Promise.all(ledgers.map(({ table }) => readStreamTips(client, table)));
  const gaps = known ?? (await readGaps(client));
  const ofStream = (name: string) => (row: { stream: string }) => row.stream === name;
  const streams = ledgers
    .map(({ stream }, i) => {
      const rows = (tips[i] ?? []).filter(ofStream(stream));
      return proveStream(stream, rows, gaps.filter(ofStream(stream)), heads[i] ?? null, at);
    })
    // Where no desk has worked yet there is nothing to say of its tickets.
    .filter(({ stream, headSeq, committedSeq }) => stream === names.events || committedSeq > 0 || (headSeq ?? 0) > 0);
  return { at, streams, gaps };
}

/** How far TICKETS is stored; undefined when nothing of it is. */
export function ticketsEnd({ streams }: Pick<StreamsProof, 'streams'>): StreamPosition | undefined {
  const tickets = streams.find(({ stream }) => stream === names.tickets);
  return tickets === undefined || tickets.epoch === 0 ? undefined : { epoch: tickets.epoch, seq: tickets.committedSeq };
}

/** What is gone for good, and when it arrived; where nothing is, that costs one statement. */
async function readGaps(client: ClickHouseClient): Promise<FlowGap[]> {
  const gaps = (await runQuery(client, recordedGaps, {})).map(toGap);
  const torn = ledgers.filter(({ stream }) => gaps.some((gap) => gap.stream === stream));
  const neighbours = (await Promise.all(torn.map((ledger) => runQuery(client, gapNeighbours, ledger)))).flat();
  const keyOf = ({ stream, epoch, seq }: { stream: string; epoch: number; seq: number }) => `${stream} ${epoch} ${seq}`;
  const arrivals = new Map(neighbours.map((message) => [keyOf(message), message.arrived_at]));
  return placeGaps(gaps, (message) => arrivals.get(keyOf(message)));
}

export function toGap(row: z.output<typeof recordedGaps.row>): GapPositions {
  return {
    stream: row.stream,
    epoch: row.epoch,
    fromSeq: row.from_seq,
    toSeq: row.to_seq,
    reason: row.reason,
    detectedAt: row.detected_at,
  };
}
