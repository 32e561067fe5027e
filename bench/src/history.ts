import { readFileSync } from 'node:fs';
import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';

/** How much has happened, evenly over `days` days before the end. */
export interface HistorySize {
  tickets: number;
  events: number;
  days: number;
}

/** What the tables hold then; `changes` are rows of ticket_changes. */
export interface History extends HistorySize {
  changes: number;
}

const fillTickets = readFileSync(new URL('fill-tickets.sql', import.meta.url), 'utf8');
const fillEvents = readFileSync(new URL('fill-events.sql', import.meta.url), 'utf8');
/** Inserts of this size, so that parts and merges are those of a table that grew. */
const ticketsAtOnce = 100_000;
const eventsAtOnce = 1_000_000;
const epoch = 1;
const dayMs = 86_400_000;
const mergesMsMax = 180_000;

/** Fills the empty ledger and change feed with a history that ends at `endMs` (Unix ms), and waits for the engine to have merged it. */
export async function fillHistory(client: ClickHouseClient, size: HistorySize, endMs: number): Promise<History> {
  const { tickets, events, days } = size;
  const span = { epoch, start: utcText(endMs - days * dayMs), end: utcText(endMs) };
  for (let first = 0; first < tickets; first += ticketsAtOnce) {
    const some = Math.min(ticketsAtOnce, tickets - first);
    const query_params = { ...span, total: tickets, first, tickets: some };
    await client.command({ query: fillTickets, query_params });
  }
  for (let first = 0; first < events; first += eventsAtOnce) {
    const some = Math.min(eventsAtOnce, events - first);
    await client.command({ query: fillEvents, query_params: { ...span, total: events, first, events: some, tickets } });
  }
  const deadline = performance.now() + mergesMsMax;
  while ((await countOf(client, 'system.merges')) > 0 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 500));
  return { tickets, days, events: await countOf(client, 'events'), changes: await countOf(client, 'ticket_changes') };
}

const utcText = (ms: number) => new Date(ms).toISOString().slice(0, -1).replace('T', ' ');

const countRow = z.array(z.object({ rows: z.number() }));

async function countOf(client: ClickHouseClient, table: string): Promise<number> {
  const answer = await client.query({ query: `SELECT count() AS rows FROM ${table}`, format: 'JSONEachRow' });
  return countRow.parse(await answer.json())[0]?.rows ?? 0;
}
