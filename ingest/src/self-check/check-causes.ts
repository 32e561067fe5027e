import type { ClickHouseClient } from '@clickhouse/client';
import { streamTips } from '@deskwire/clickhouse/flow-queries';
import { eventDispositions } from '@deskwire/clickhouse/ledger-queries';
import { runQuery } from '@deskwire/clickhouse/query';
import { causeEpochs, causesWrong } from '@deskwire/clickhouse/self-check-queries';
import { streams } from '@deskwire/contracts/subjects';
import { share } from './check-tickets.ts';
import type { AddFinding } from './finding.ts';

/** Positions compared in one query, so that its memory does not grow with history. */
const positionsAtOnce = 1_000_000;

/** Every cause is an accepted event and changed its ticket once. What ingest has not stored yet is left for the next time. */
export async function checkCauses(client: ClickHouseClient, add: AddFinding): Promise<void> {
  const named = await runQuery(client, causeEpochs, {});
  const tips = (await runQuery(client, streamTips, { table: 'events' })).filter((tip) => tip.stream === streams.events);
  const newest = tips.at(-1)?.epoch ?? 0;
  for (const { epoch, first_seq, last_seq, changes } of named) {
    const tip = tips.find((known) => known.epoch === epoch);
    if (tip === undefined && epoch < newest)
      add(
        'cause',
        `epoch ${epoch} of ${streams.events}: expected none, found ${changes} changes that name it`,
        changes,
      );
    if (tip === undefined) continue;
    const last = Math.min(last_seq, tip.last_seq);
    for (let from = first_seq; from <= last; from += positionsAtOnce) {
      const to = Math.min(last, from + positionsAtOnce - 1);
      const wrong = await runQuery(client, causesWrong, { epoch, from, to });
      const reused = await findReused(client, epoch, wrong);
      for (const [i, row] of wrong.entries()) {
        const how =
          row.accepted === 0 ? (reused.has(placeOf(row)) ? reusedId : 'no accepted event') : `${row.uses} changes`;
        const where = `event (${epoch}, ${row.seq}, ${row.idx}) as cause of ticket ${row.ticket}`;
        add('cause', `${where}: expected one accepted event and one change, found ${how}`, share(i, wrong));
      }
    }
  }
}

/** The desk remembers only so many ids (decision 9). */
const reusedId =
  'a duplicate with other content: its source gave two events one id. Make the integration give each event an id of its own, across all tickets';

/** Which of these causes the ledger calls a duplicate of another event. */
async function findReused(client: ClickHouseClient, epoch: number, causes: Place[]): Promise<Set<string>> {
  if (causes.length === 0) return new Set();
  const [seqs, idxs] = [causes.map(({ seq }) => seq), causes.map(({ idx }) => idx)];
  const rows = await runQuery(client, eventDispositions, { stream: streams.events, epochs: [epoch], seqs, idxs });
  return new Set(rows.filter(({ reason }) => reason === 'content-differs').map(placeOf));
}

type Place = { seq: number; idx: number };
const placeOf = ({ seq, idx }: Place) => `${seq} ${idx}`;
