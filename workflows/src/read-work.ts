import { splitPersonal, type BlindIndex, type SplitEvent } from '@deskwire/contracts/personal';
import type { Position } from '@deskwire/contracts/position';
import { readMessage } from '@deskwire/contracts/read-event';
import { sourceOfSubject } from '@deskwire/contracts/subjects';
import type { DeskEvent } from '@deskwire/contracts/event';
import type { StreamMessage } from '@deskwire/streams/reader';
import type { KeyName } from '@deskwire/vault/key-name';
import { customerWork, type CustomerTask } from './customer-work.ts';
import type { IdMemory } from './id-memory.ts';
import { ticketWork, type TicketTask } from './ticket-work.ts';

/** Makes a personal text fit to be stored: sealed, in base64; null when its key was destroyed. */
export type Seal = (text: string) => string | null;

/** One event as the desk will apply it, before its personal part is sealed. */
export interface DeskWork {
  /** What has to stay in order: a ticket or a customer. */
  lane: string;
  position: Position;
  /** Of the envelope. */
  source: string;
  /** An event with its id came before: it may be a copy, or its source has given two events one id. */
  metBefore: boolean;
  /** The key that has to be ready before `finish`; undefined when there is nothing to seal. */
  key: KeyName | undefined;
  finish: (seal: Seal) => TicketTask | CustomerTask;
}

/**
 * What the desk has to do for one message of EVENTS; nothing for what ingest rejects, and for heartbeats. `meet` is told of each
 * event's id, in order, and answers whether it came before.
 */
export function readWork(message: StreamMessage, epoch: number, blind: BlindIndex, meet: IdMemory['meet']): DeskWork[] {
  const work: DeskWork[] = [];
  const readings = readMessage(sourceOfSubject(message.subject), message.data, message.timeUs / 1_000);
  for (const [idx, reading] of readings.entries()) {
    if (!reading.kept) continue;
    const { event } = reading;
    const split = splitPersonal(event, blind);
    const metBefore = meet(event.source, split.id);
    const one = workOf(event, split, { epoch, seq: message.seq, idx }, blind);
    if (one !== undefined) work.push(Object.assign(one, { source: event.source, metBefore }));
  }
  return work;
}

/** What to do for an event, whatever came before it. */
export type PlainWork = Omit<DeskWork, 'source' | 'metBefore'>;

function workOf(event: DeskEvent, split: SplitEvent, position: Position, blind: BlindIndex): PlainWork | undefined {
  switch (event.type) {
    case 'ticket.snapshot':
    case 'ticket.message':
    case 'ticket.rating':
    case 'ticket.deleted':
      return ticketWork(event, split, position);
    case 'customer.snapshot':
    case 'customer.erased':
    case 'interaction.logged':
      return customerWork(event, split, position, blind);
    case 'source.heartbeat':
    case 'rejection.dismissed':
      return undefined;
    default:
      return event satisfies never;
  }
}
