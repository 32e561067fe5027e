import type { ClickHouseClient } from '@clickhouse/client';
import { QueryError } from '@deskwire/clickhouse/query';
import { streams } from '@deskwire/contracts/subjects';
import { floorMark, type Ticket } from '@deskwire/contracts/ticket';
import { findPosition, type StreamView } from '@deskwire/streams/position';
import { getMessage, readEpochs, viewLedger, viewStream } from '@deskwire/streams/stream-door';
import { microsOfText } from '@deskwire/streams/stream-time';
import type { JetStreamManager } from 'nats';
import { epochAt, nextAfter, type EpochRange } from '@deskwire/streams/epochs';
import type { FloorPoint } from './floor.ts';

/** Where the desk reads on, or what it has to wait for. */
export type Start =
  | {
      state: 'known';
      stream: StreamView;
      epochs: EpochRange[];
      nextSeq: number;
      floor: FloorPoint;
      /** The floor that TICKETS says now. */
      said: Ticket['floor'] | undefined;
      /** Applied events are gone from the stream and others stand in their place: nobody can say what was lost. */
      lostItsEnd: boolean;
    }
  | { state: 'waits'; for: 'ingest' | 'clickhouse' };

/**
 * The position behind the floor of the newest message of TICKETS. Its epoch is the ledger's, since the cause of a change is
 * joined with the ledger later; while ClickHouse does not answer, the floor's own is good if its message is still the same.
 */
export async function findStart(jsm: JetStreamManager, client: ClickHouseClient): Promise<Start> {
  const said = await readFloor(jsm);
  const stream = await viewStream(jsm, streams.events);
  const floorTime = await timeUsOf(stream, said?.seq);
  const isSame = said !== undefined && floorTime === microsOfText(said.at);
  try {
    const position = await findPosition(await viewLedger(client, 'events', streams.events), stream);
    // Only ingest names an epoch.
    if (position.kind === 'begins') return { state: 'waits', for: 'ingest' };
    const epochs = await readEpochs(client, 'events', streams.events);
    const isCurrent = said?.epoch === position.epoch;
    const lostItsEnd = isCurrent && (floorTime === undefined ? stream.lastSeq < said.seq : !isSame);
    const nextSeq = lostItsEnd ? Math.min(position.nextSeq, said.seq + 1) : nextAfter(epochs, said);
    const timeUs = (await timeUsOf(stream, nextSeq - 1)) ?? (said === undefined ? 0 : microsOfText(said.at));
    return { state: 'known', stream, epochs, nextSeq, floor: { seq: nextSeq - 1, timeUs }, said, lostItsEnd };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    if (!isSame) return { state: 'waits', for: 'clickhouse' };
    const epochs = [{ epoch: said.epoch, fromSeq: 0 }];
    const floor = { seq: said.seq, timeUs: microsOfText(said.at) };
    return { state: 'known', stream, epochs, nextSeq: said.seq + 1, floor, said, lostItsEnd: false };
  }
}

/** Undefined for a message that is not there; positions begin with 1. */
async function timeUsOf(stream: StreamView, seq = 0): Promise<number | undefined> {
  const time = seq < 1 ? undefined : await stream.timeOf(seq);
  return time === undefined ? undefined : microsOfText(time);
}

/** The floor as its messages carry it; `at` keeps the microseconds. */
export function floorOf(epochs: EpochRange[], { seq, timeUs }: FloorPoint): Ticket['floor'] {
  const at = new Date(Math.floor(timeUs / 1_000)).toISOString();
  return { epoch: epochAt(epochs, seq), seq, at: `${at.slice(0, -1)}${String(timeUs % 1_000).padStart(3, '0')}Z` };
}

/** The floor of the newest message of TICKETS, be it a ticket's or a mark. */
async function readFloor(jsm: JetStreamManager): Promise<Ticket['floor'] | undefined> {
  const { state } = await jsm.streams.info(streams.tickets);
  for (let seq = state.last_seq; seq >= state.first_seq && state.messages > 0; seq--) {
    const message = await getMessage(jsm, streams.tickets, seq);
    // The newest may be gone, or be damaged: an older floor is as true, only lower.
    const found = message === undefined ? undefined : floorMark.safeParse(parsed(message.string())).data?.floor;
    if (found !== undefined) return found;
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not ours: the next older message says it.
  }
}
