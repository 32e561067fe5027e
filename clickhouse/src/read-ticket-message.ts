import { subjects } from '@deskwire/contracts/subjects';
import { floorMark } from '@deskwire/contracts/ticket';
import { storedTicket, type StoredTicket, type TicketRowContent } from './ticket-changes-row.ts';

/** What one message of TICKETS says. Never throws: a damaged one keeps its position and stops nobody. */
export function readTicketMessage({ subject, data }: { subject: string; data: Uint8Array }): TicketRowContent {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString());
  } catch {
    return unreadable;
  }
  if (subject === subjects.ticketFloor) {
    const mark = floorMark.safeParse(json);
    return mark.success ? { kind: 'floor', floor: mark.data.floor } : unreadable;
  }
  const parsed = storedTicket.safeParse(json);
  return parsed.success && fits(parsed.data) ? { kind: 'change', ticket: parsed.data } : unreadable;
}

const unreadable = { kind: 'unreadable' } as const;
const uint32Max = 0xffff_ffff;

/** Counts that the columns can hold: JSON has no such bound. */
function fits({ version, clock, change }: StoredTicket): boolean {
  return (
    version <= uint32Max &&
    clock.reopens <= uint32Max &&
    clock.agent_replies <= uint32Max &&
    (change.cause?.idx ?? 0) <= uint32Max &&
    (change.measures.solve?.agent_replies ?? 0) <= uint32Max
  );
}
