import type { ClickHouseClient } from '@clickhouse/client';
import { recordedGaps, streamTips } from '@deskwire/clickhouse/flow-queries';
import { streamHoles, streamMarks, streamTip } from '@deskwire/clickhouse/ledger-queries';
import { runQuery } from '@deskwire/clickhouse/query';
import { NatsError, type JetStreamManager, type StoredMsg } from 'nats';
import { epochsOf, type EpochRange } from './epochs.ts';
import type { LedgerView, StreamView } from './position.ts';

export interface SeqRange {
  fromSeq: number;
  toSeq: number;
}

const messageNotFound = 10037;

/** The stream as JetStream describes it now. Rejects when NATS does not answer or the stream does not exist. */
export async function viewStream(jsm: JetStreamManager, stream: string): Promise<StreamView> {
  const { created, state } = await jsm.streams.info(stream);
  return {
    created,
    firstSeq: state.first_seq,
    lastSeq: state.last_seq,
    timeOf: async (seq) => (await getMessage(jsm, stream, seq))?.timestamp,
  };
}

/** One stored message; undefined when the stream no longer has it. */
export async function getMessage(jsm: JetStreamManager, stream: string, seq: number): Promise<StoredMsg | undefined> {
  try {
    return await jsm.streams.getMessage(stream, { seq });
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === messageNotFound) return undefined;
    throw error;
  }
}

/** The ledger of a stream as ClickHouse has it now. Rejects with QueryError. */
export async function viewLedger(client: ClickHouseClient, table: string, stream: string): Promise<LedgerView> {
  const [end] = await runQuery(client, streamTip, { table, stream });
  if (end === undefined) return { end, marks: () => Promise.resolve([]) };
  const marksOf = async (epoch: number, seq: number, limit: number) => {
    const rows = await runQuery(client, streamMarks, { table, stream, epoch, seq, limit });
    return rows.map((row) => ({
      seq: row.seq,
      ingestedAtUs: row.ingested_at_us,
      streamCreatedUs: row.stream_created_us,
    }));
  };
  return {
    end: {
      tip: { epoch: end.epoch, seq: end.last_seq },
      committedSeq: end.committed_seq,
      overEpoch: end.over_epoch,
    },
    marks: async (seq, limit) => {
      const marks = await marksOf(end.epoch, seq, limit);
      if (marks.length === limit) return marks;
      let before = seq;
      for (const { epoch, fromSeq } of await readEpochs(client, table, stream)) {
        if (epoch !== end.epoch) marks.push(...(await marksOf(epoch, before, limit - marks.length)));
        if (marks.length === limit) break;
        before = Math.min(before, fromSeq - 1);
      }
      return marks;
    },
  };
}

/** The epochs whose messages the stream holds, newest first, as the ledger has it. Rejects with QueryError. */
export async function readEpochs(client: ClickHouseClient, table: string, stream: string): Promise<EpochRange[]> {
  const tips = await runQuery(client, streamTips, { table });
  const gaps = await runQuery(client, recordedGaps, {});
  return epochsOf(
    tips.filter((tip) => tip.stream === stream),
    gaps.filter((gap) => gap.stream === stream).map((gap) => ({ epoch: gap.epoch, fromSeq: gap.from_seq })),
  );
}

/** Ranges of one epoch that have no row, counted from `first`. */
export async function findHoles(
  client: ClickHouseClient,
  table: string,
  stream: string,
  epoch: number,
  first: number,
): Promise<SeqRange[]> {
  const rows = await runQuery(client, streamHoles, { table, stream, epoch, first });
  return rows.map((row) => ({ fromSeq: row.from_seq, toSeq: row.to_seq }));
}
