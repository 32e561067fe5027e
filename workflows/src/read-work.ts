import type { BlindIndex } from '@deskwire/contracts/personal';
import { splitPersonal } from '@deskwire/contracts/personal';
import type { Position } from '@deskwire/contracts/position';
import { readMessage } from '@deskwire/contracts/read-event';
import { sourceOfSubject } from '@deskwire/contracts/subjects';
import type { DeskEvent } from '@deskwire/contracts/event';
import type { StreamMessage } from '@deskwire/streams/reader';
import type { KeyName } from '@deskwire/vault/key-name';
import { customerWork, type CustomerTask } from './customer-work.ts';
import { ticketWork, type TicketTask } from './ticket-work.ts';

/** Makes a personal text fit to be stored: sealed, in base64; null when its key was destroyed. */
export type Seal = (text: string) => string | null;

/** One event as the desk will apply it, before its personal part is sealed. */
export interface DeskWork {
  /** What has to stay in order: a ticket or a customer. */
  lane: string;
  position: Position;
  /** The key that has to be ready before `finish`; undefined when there is nothing to seal. */
  key: KeyName | undefined;
  finish: (seal: Seal) => TicketTask | CustomerTask;
}

/** What the desk has to do for one message of EVENTS; nothing for what ingest rejects, and for heartbeats. Pure. */
export function readWork(message: StreamMessage, epoch: number, blind: BlindIndex): DeskWork[] {
  const work: DeskWork[] = [];
  const readings = readMessage(sourceOfSubject(message.subject), message.data, message.timeUs / 1_000);
  for (const [idx, reading] of readings.entries()) {
    const one = reading.kept ? workOf(reading.event, { epoch, seq: message.seq, idx }, blind) : undefined;
    if (one !== undefined) work.push(one);
  }
  return work;
}

function workOf(event: DeskEvent, position: Position, blind: BlindIndex): DeskWork | undefined {
  switch (event.type) {
    case 'ticket.snapshot':
    case 'ticket.message':
    case 'ticket.rating':
    case 'ticket.deleted':
      return ticketWork(event, splitPersonal(event, blind), position);
    case 'customer.snapshot':
    case 'customer.erased':
    case 'interaction.logged':
      return customerWork(event, splitPersonal(event, blind), position, blind);
    case 'source.heartbeat':
    case 'rejection.dismissed':
      return undefined;
    default:
      return event satisfies never;
  }
}
