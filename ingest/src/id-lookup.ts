import type { ClickHouseClient } from '@clickhouse/client';
import type { Hash } from '@deskwire/clickhouse/events-row';
import { acceptedCount, idLookup } from '@deskwire/clickhouse/ledger-queries';
import { runQuery } from '@deskwire/clickhouse/query';
import { dedupKey } from './entry.ts';
import { decimalOf } from './hash.ts';
import type { IdFilter } from './id-filter.ts';

/** A server takes 128 KiB a parameter, and a hash has up to 21 characters. */
const hashesAtOnce = 5_000;

/** Content hashes of the accepted events behind these hashes, by their dedup key. Rejects with QueryError. */
export async function lookUpIds(client: ClickHouseClient, hashes: Hash[]): Promise<Map<string, Hash>> {
  const pieces = Array.from({ length: Math.ceil(hashes.length / hashesAtOnce) }, (_, i) =>
    hashes.slice(i * hashesAtOnce, (i + 1) * hashesAtOnce),
  );
  const answers = await Promise.all(
    pieces.map((piece) => runQuery(client, idLookup, { hashes: piece.map(decimalOf) })),
  );
  return new Map(answers.flat().map((row) => [dedupKey(row.source, row.id), hashOf(row.content_hash)]));
}

/** An answer is held in memory until it is complete, and may have 64 MiB: eight bytes an id. */
const idsAtOnce = 4_000_000;

/**
 * Teaches the filter every id accepted within the horizon, as fast as the ledger can be read. Resolves with their number. Rejects with
 * the client's error, having taught it a part.
 */
export async function seedFilter(
  client: ClickHouseClient,
  filter: IdFilter,
  sinceMs: number,
  atOnce = idsAtOnce,
): Promise<number> {
  const since = Math.floor(sinceMs);
  const [{ ids } = { ids: 0 }] = await runQuery(client, acceptedCount, { since });
  const parts = Math.max(1, Math.ceil(ids / atOnce));
  let count = 0;
  for (let part = 0; part < parts; part++) count += await seedPart(client, filter, { since, parts, part });
  return count;
}

async function seedPart(
  client: ClickHouseClient,
  filter: IdFilter,
  params: { since: number; parts: number; part: number },
): Promise<number> {
  const answer = await client.exec({
    query: `SELECT id_hash FROM events WHERE disposition = 'accepted' AND ingested_at >= fromUnixTimestamp64Milli({since: Int64}) AND id_hash % {parts: UInt32} = {part: UInt32} FORMAT RowBinary`,
    query_params: params,
  });
  let rest: Buffer = Buffer.alloc(0);
  let count = 0;
  for await (const chunk of answer.stream) {
    if (!Buffer.isBuffer(chunk)) continue; // Typed loosely by the client; it is always bytes.
    const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (; at + 8 <= bytes.length; at += 8) filter.add(bytes.readInt32LE(at), bytes.readInt32LE(at + 4));
    count += at / 8;
    rest = bytes.subarray(at);
  }
  return count;
}

function hashOf(decimal: string): Hash {
  const value = BigInt(decimal);
  return { low: Number(value & 0xffff_ffffn) | 0, high: Number(value >> 32n) | 0 };
}
