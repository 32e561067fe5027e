import { ticket, ticketClock } from '@deskwire/contracts/ticket';
import type { Duration, TicketFace } from '@deskwire/contracts/ticket-change';
import type { z } from 'zod';
import type { RowBinaryWriter } from './row-binary.ts';

/** What a row keeps of a ticket, and all that has to be right in its message. */
export const storedTicket = ticket
  .omit({
    ...{ facts_from: true, waiting: true, newest_at: true, event_ids: true, message_ids: true },
    ...{ transactions: true, last_event: true },
  })
  .extend({
    clock: ticketClock.pick({
      changed_at: true,
      first_reply_at: true,
      solved_at: true,
      reopens: true,
      agent_replies: true,
    }),
  });
export type StoredTicket = z.infer<typeof storedTicket>;

/** Where a row of `ticket_changes` stands in its stream. `timeUs`: Unix microseconds. */
export interface TicketRowPlace {
  seq: number;
  timeUs: number;
}

/** What a message of TICKETS says: a ticket's change, only a floor, or nothing that can be read. */
export type TicketRowContent =
  { kind: 'change'; ticket: StoredTicket } | { kind: 'floor'; floor: StoredTicket['floor'] } | { kind: 'unreadable' };

/** Columns of the bytes that `writeTicketChangesRow` writes, for `input()`. */
export const ticketChangesColumns = [
  ...['seq UInt64', 'idx UInt32', 'events_in_message UInt32', "ingested_at DateTime64(6, 'UTC')"],
  ...['ticket_id String', 'version UInt32', 'kind String', "at DateTime64(3, 'UTC')"],
  ...['cause_epoch UInt64', 'cause_seq UInt64', 'cause_idx UInt32', 'source String', 'channel String'],
  ...['status_before String', 'priority_before String', 'team_before String', 'assignee_before String'],
  'channel_before String',
  ...['status String', 'priority String', 'team String', 'assignee String'],
  ...['created UInt8', "created_at DateTime64(3, 'UTC')", 'open_before UInt8', 'open_after UInt8'],
  ...['solved UInt8', 'reopened UInt8', "reopened_solve_at DateTime64(3, 'UTC')"],
  ...["late_at DateTime64(3, 'UTC')", "late_until DateTime64(3, 'UTC')"],
  ...["first_reply_at DateTime64(3, 'UTC')", 'first_reply_s Float64', 'first_reply_business_s Float64'],
  ...["next_reply_at DateTime64(3, 'UTC')", 'next_reply_s Float64', 'next_reply_business_s Float64'],
  ...["first_resolution_at DateTime64(3, 'UTC')", 'first_resolution_s Float64', 'first_resolution_business_s Float64'],
  ...["solve_at DateTime64(3, 'UTC')", 'resolution_s Float64', 'resolution_business_s Float64'],
  ...['requester_wait_s Float64', 'requester_wait_business_s Float64'],
  ...['agent_work_s Float64', 'agent_work_business_s Float64', 'agent_wait_s Float64', 'agent_wait_business_s Float64'],
  ...['on_hold_s Float64', 'on_hold_business_s Float64', 'agent_replies UInt32'],
  ...["rating_at Array(DateTime64(3, 'UTC'))", 'rating Array(UInt8)'],
  ...['floor_epoch UInt64', 'floor_seq UInt64', "floor_at DateTime64(6, 'UTC')"],
  ...['known UInt8', "updated_at DateTime64(3, 'UTC')", 'source_version Int64', 'team_name String'],
  ...['customer_id String', 'tags Array(String)', "deleted_at DateTime64(3, 'UTC')", 'merged_into String'],
  ...['sealed String', "changed_at DateTime64(3, 'UTC')", "first_replied_at DateTime64(3, 'UTC')"],
  ...["solved_at DateTime64(3, 'UTC')", 'reopens UInt32', 'replies UInt32'],
] as const;

/** One row per message. A floor or an unreadable message leaves the columns of a ticket empty. Runs once per message. */
export function writeTicketChangesRow(writer: RowBinaryWriter, place: TicketRowPlace, content: TicketRowContent): void {
  const ticket = content.kind === 'change' ? content.ticket : undefined;
  const change = ticket?.change;
  writer.uint64(place.seq);
  writer.uint32(0);
  writer.uint32(1);
  writer.int64(place.timeUs);

  writer.string(ticket?.id ?? '');
  writer.uint32(ticket?.version ?? 0);
  writer.string(change?.kind ?? content.kind);
  time(writer, change?.at);
  writer.uint64(change?.cause?.epoch ?? 0);
  writer.uint64(change?.cause?.seq ?? 0);
  writer.uint32(change?.cause?.idx ?? 0);
  writer.string(ticket?.source ?? '');
  writer.string(ticket?.channel ?? '');

  // A ticket that this change creates was new before it, with the dimensions that it has now: sums of after less before agree.
  const before = change?.created === true ? change.after : change?.before;
  writer.string(change?.created === true ? 'new' : (before?.status ?? ''));
  dimensions(writer, before);
  writer.string(change?.channel_before ?? '');
  writer.string(change?.after?.status ?? '');
  dimensions(writer, change?.after);

  flag(writer, change?.created);
  time(writer, ticket?.created_at);
  flag(writer, change?.open_before);
  flag(writer, change?.open_after);
  flag(writer, change?.solved);
  flag(writer, change?.reopened);
  time(writer, change?.measures.reopened_solve_at);
  time(writer, change?.late_at);
  time(writer, change?.late_until ?? change?.late_at);

  settled(writer, change?.measures.first_reply);
  settled(writer, change?.measures.next_reply);
  settled(writer, change?.measures.first_resolution);
  const solve = change?.measures.solve;
  time(writer, solve?.at);
  spent(writer, solve?.resolution);
  spent(writer, solve?.requester_wait);
  spent(writer, solve?.agent_work);
  spent(writer, solve?.agent_wait);
  spent(writer, solve?.on_hold);
  writer.uint32(solve?.agent_replies ?? 0);
  const ratings = change?.measures.ratings ?? [];
  writer.arrayLength(ratings.length);
  for (const rating of ratings) time(writer, rating.at);
  writer.arrayLength(ratings.length);
  for (const rating of ratings) writer.uint8(rating.score);

  const floor = content.kind === 'floor' ? content.floor : ticket?.floor;
  writer.uint64(floor?.epoch ?? 0);
  writer.uint64(floor?.seq ?? 0);
  writer.int64(floor === undefined ? 0 : micros(floor.at));

  flag(writer, ticket?.known);
  time(writer, ticket?.updated_at);
  writer.int64(ticket?.source_version ?? -1);
  writer.string(ticket?.team_name ?? '');
  writer.string(ticket?.customer_id ?? '');
  const tags = ticket?.tags ?? [];
  writer.arrayLength(tags.length);
  for (const tag of tags) writer.string(tag);
  time(writer, ticket?.deleted_at);
  writer.string(ticket?.merged_into ?? '');
  writer.string(ticket?.sealed ?? '');
  time(writer, ticket?.clock.changed_at);
  time(writer, ticket?.clock.first_reply_at);
  time(writer, ticket?.clock.solved_at);
  writer.uint32(ticket?.clock.reopens ?? 0);
  writer.uint32(ticket?.clock.agent_replies ?? 0);
}

function dimensions(writer: RowBinaryWriter, face: TicketFace | null | undefined): void {
  writer.string(face?.priority ?? '');
  writer.string(face?.team ?? '');
  writer.string(face?.assignee ?? '');
}

function settled(writer: RowBinaryWriter, measure: (Duration & { at: string }) | undefined): void {
  time(writer, measure?.at);
  spent(writer, measure);
}

function spent(writer: RowBinaryWriter, duration: Duration | undefined): void {
  writer.float64(duration?.s ?? 0);
  writer.float64(duration?.business_s ?? 0);
}

function flag(writer: RowBinaryWriter, value: boolean | undefined): void {
  writer.uint8(value === true ? 1 : 0);
}

/** 1970 stands for "none". */
function time(writer: RowBinaryWriter, text: string | null | undefined): void {
  writer.int64(text === null || text === undefined ? 0 : Date.parse(text));
}

/** Unix microseconds; Date knows milliseconds only. */
function micros(text: string): number {
  const fraction = /\.\d{3}(\d{1,3})/.exec(text)?.[1] ?? '';
  return Date.parse(text) * 1_000 + Number(fraction.padEnd(3, '0'));
}
