import type { ClickHouseClient } from '@clickhouse/client';
import type { JetStreamManager } from 'nats';
import { z } from 'zod';
import { holdsMark } from './marks.ts';

const tables = z.array(z.object({ database: z.string(), name: z.string() }));

/** Tables, also the engine's own logs, in whose rows a mark is found when they are read as text, all columns of them. */
export async function tablesWithMarks(client: ClickHouseClient): Promise<string[]> {
  const answer = await client.query({
    query: `SELECT DISTINCT database, table AS name FROM system.columns WHERE database = currentDatabase() OR (database = 'system' AND endsWith(table, '_log'))`,
    format: 'JSONEachRow',
  });
  const found: string[] = [];
  for (const { database, name } of tables.parse(await answer.json())) {
    const rows = await client.query({ query: `SELECT * FROM ${database}.${name}`, format: 'TabSeparated' });
    if (holdsMark(Buffer.from(await rows.text()))) found.push(`${database}.${name}`);
  }
  return found;
}

/** Messages of one stream or bucket, every revision of it, with a mark in subject, headers or body. */
export async function messagesWithMarks(jsm: JetStreamManager, stream: string): Promise<string[]> {
  const { state } = await jsm.streams.info(stream);
  const found: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++) {
    const message = await jsm.streams.getMessage(stream, { seq }).catch(() => undefined);
    if (message === undefined) continue; // Replaced by a later revision.
    const headers = [...message.header].flatMap(([name, values]) => [name, ...values]).join('\n');
    const parts = { subject: Buffer.from(message.subject), headers: Buffer.from(headers), body: message.data };
    for (const [part, bytes] of Object.entries(parts)) if (holdsMark(bytes)) found.push(`${stream} ${seq} ${part}`);
  }
  return found;
}
