import type { ClickHouseClient } from '@clickhouse/client';
import { committedBehind } from '@deskwire/clickhouse/epoch-proof';
import { recordedGaps, streamTips } from '@deskwire/clickhouse/flow-queries';
import { toGap } from '@deskwire/clickhouse/flow-streams';
import { streamHoles, streamMarks, streamTip } from '@deskwire/clickhouse/ledger-queries';
import type { GapPositions } from '@deskwire/clickhouse/place-gaps';
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
  const gaps = await readGaps(client, stream);
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
      committedSeq: committedBehind(
        end.last_seq,
        gaps.filter(({ epoch }) => epoch === end.epoch),
      ),
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
  return epochsOf(
    tips.filter((tip) => tip.stream === stream),
    await readGaps(client, stream),
  );
}

/** What is recorded as gone, in order, none of it twice. Rejects with QueryError. */
export async function readGaps(client: ClickHouseClient, stream: string): Promise<GapPositions[]> {
  return (await runQuery(client, recordedGaps, {})).filter((gap) => gap.stream === stream).map(toGap);
}

/** Ranges of one epoch that have no row, from position `first` to the last row, `last`. */
export async function findHoles(
  client: ClickHouseClient,
  table: string,
  stream: string,
  epoch: number,
  { first, last }: { first: number; last: number },
): Promise<SeqRange[]> {
  const rows = await runQuery(client, streamHoles, { table, stream, epoch, first, last });
  return rows.map((row) => ({ fromSeq: row.from_seq, toSeq: row.to_seq }));
}
