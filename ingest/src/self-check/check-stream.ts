import type { ClickHouseClient } from '@clickhouse/client';
import { readTicketMessage } from '@deskwire/clickhouse/read-ticket-message';
import { runQuery } from '@deskwire/clickhouse/query';
import { ticketsFaces, ticketsUpTo } from '@deskwire/clickhouse/self-check-queries';
import { streams, subjects, subtrees } from '@deskwire/contracts/subjects';
import type { StoredTicket } from '@deskwire/clickhouse/ticket-changes-row';
import type { Tip } from '@deskwire/streams/position';
import { viewStream } from '@deskwire/streams/stream-door';
import { AckPolicy, DeliverPolicy, nanos, type JetStreamClient, type JetStreamManager } from 'nats';
import type { AddFinding } from './finding.ts';

export interface StreamCheckDoors {
  client: ClickHouseClient;
  js: JetStreamClient;
  jsm: JetStreamManager;
}

const messagesAtOnce = 2_000;
const answerMs = 5_000;

/**
 * Every ticket's newest message against its row of `tickets`, and the other way round. Messages beyond `tip` are not stored
 * yet and rows beyond them are newer: both are left for the next time. Answers how many messages were compared.
 */
export async function checkStream(
  doors: StreamCheckDoors,
  tip: Tip,
  add: AddFinding,
  stop: AbortSignal,
): Promise<number> {
  const { lastSeq } = await viewStream(doors.jsm, streams.tickets);
  if (lastSeq < tip.seq) {
    add('stream', `${streams.tickets}: expected positions up to ${tip.seq}, found that it ends at ${lastSeq}`);
    return 0;
  }
  // As many ids as there are tickets: a million of them are some 100 MB.
  const seen = new Set<string>();
  let messages = 0;
  for await (const batch of newestMessages(doors)) {
    stop.throwIfAborted();
    const newest: Newest[] = [];
    for (const { seq, subject, data } of batch) {
      if (subject === subjects.ticketFloor) continue;
      const content = readTicketMessage({ subject, data });
      if (content.kind === 'change') seen.add(content.ticket.id);
      if (seq > tip.seq) continue;
      messages += 1;
      if (content.kind === 'change') newest.push({ seq, ticket: content.ticket });
      else
        add('stream', `position ${seq} of ${streams.tickets}: expected a ticket, found a message that cannot be read`);
    }
    await compareFaces(doors.client, newest, add);
  }
  await findUnseen(doors.client, tip, seen, add);
  return messages;
}

interface Newest {
  seq: number;
  ticket: StoredTicket;
}

async function compareFaces(client: ClickHouseClient, newest: Newest[], add: AddFinding): Promise<void> {
  if (newest.length === 0) return;
  const rows = await runQuery(client, ticketsFaces, { ids: newest.map(({ ticket }) => ticket.id) });
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  for (const { seq, ticket } of newest) {
    const row = rowOf.get(ticket.id);
    // Stored while we looked.
    if (row !== undefined && row.seq > seq && row.version > ticket.version) continue;
    const expected = faceOf(ticket);
    const found = row === undefined ? 'no row' : faceOf(row);
    if (expected === found) continue;
    const [say, said] = [describe(ticket), row === undefined ? 'no row' : describe(row)];
    const how = say === said ? `${said}, with another assignee` : said;
    add('stream', `ticket ${ticket.id}, position ${seq} of ${streams.tickets}: expected ${say}, found ${how}`);
  }
}

type Face = { version: number } & Record<'status' | 'priority' | 'team' | 'assignee', string | null>;

const faceOf = (face: Face) =>
  JSON.stringify([face.version, face.status, face.priority ?? '', face.team ?? '', face.assignee ?? '']);

/** Who is assigned is left out: an alert names no people. */
const describe = ({ version, status, priority, team }: Face) =>
  `version ${version} (${status}, ${priority ?? ''}, ${team ?? ''})`;

/** Tickets of the table that the stream does not know. */
async function findUnseen(client: ClickHouseClient, tip: Tip, seen: Set<string>, add: AddFinding): Promise<void> {
  const limit = 50_000;
  let after = '';
  for (;;) {
    const ids = await runQuery(client, ticketsUpTo, { ...tip, after, limit });
    for (const { id } of ids)
      if (!seen.has(id)) add('stream', `ticket ${id}: expected a message in ${streams.tickets}, found none`);
    if (ids.length < limit) return;
    after = ids.at(-1)?.id ?? '';
  }
}

/** The newest message of every subject of TICKETS, a batch at a time. Rejects when the stream stops answering in the middle. */
async function* newestMessages({ js, jsm }: StreamCheckDoors) {
  const { name } = await jsm.consumers.add(streams.tickets, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.LastPerSubject,
    filter_subject: subtrees.tickets,
    mem_storage: true,
    num_replicas: 1,
    inactive_threshold: nanos(60_000),
  });
  try {
    // Behind this come messages that were published while we read.
    const { lastSeq } = await viewStream(jsm, streams.tickets);
    const consumer = await js.consumers.get(streams.tickets, name);
    for (;;) {
      const { num_pending } = await consumer.info();
      if (num_pending === 0) return;
      const batch: { seq: number; subject: string; data: Uint8Array }[] = [];
      const fetched = await consumer.fetch({
        max_messages: Math.min(messagesAtOnce, num_pending),
        expires: answerMs,
      });
      for await (const { seq, subject, data } of fetched) batch.push({ seq, subject, data });
      if (batch.length === 0) throw new Error(`${streams.tickets} announced ${num_pending} messages and sent none`);
      yield batch;
      if ((batch.at(-1)?.seq ?? 0) >= lastSeq) return;
    }
  } finally {
    await jsm.consumers.delete(streams.tickets, name).catch(() => undefined); // The server forgets it by itself.
  }
}
