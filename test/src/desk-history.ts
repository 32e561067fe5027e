import { subjects } from '@deskwire/contracts/subjects';
import { floorMark, ticket, type Ticket } from '@deskwire/contracts/ticket';
import type { StreamMessage } from '@deskwire/streams/reader';
import { createBlindIndex } from '@deskwire/vault/blind-index';
import { readWork } from '@deskwire/workflows/read-work';
import { applyEvent } from '@deskwire/workflows/state/apply-event';
import { createBusinessCalendar, defaultBusinessHours } from '@deskwire/workflows/state/business-time';
import { setTimeout as sleep } from 'node:timers/promises';
import { streamMessages } from './stream-messages.ts';
import type { World } from './world.ts';

/** All states of each ticket as TICKETS holds them, by subject, in order. */
export async function storedHistories(world: World): Promise<Map<string, Ticket[]>> {
  const histories = new Map<string, Ticket[]>();
  for (const { subject, data } of await streamMessages(world.nc, 'TICKETS')) {
    if (subject === subjects.ticketFloor) continue;
    const state = ticket.parse(JSON.parse(Buffer.from(data).toString()));
    histories.set(subject, [...(histories.get(subject) ?? []), state]);
  }
  return histories;
}

/** What one process that never dies makes of the same messages; `sealed` is 'sealed' where there is something to seal. */
export function expectedHistories(world: World, messages: StreamMessage[], epoch: number): Map<string, Ticket[]> {
  const histories = new Map<string, Ticket[]>();
  const calendar = createBusinessCalendar(defaultBusinessHours('UTC'));
  const blind = createBlindIndex(world.masterKey);
  for (const message of messages) {
    for (const work of readWork(message, epoch, blind, () => false)) {
      const task = work.finish(() => 'sealed');
      if (task.of !== 'ticket') continue;
      const before = histories.get(task.subject) ?? [];
      const judged = applyEvent(before.at(-1), task.event, calendar);
      if (judged.outcome !== 'applied' && judged.outcome !== 'late') continue;
      histories.set(task.subject, [...before, { ...judged.ticket, floor: noFloor }]);
    }
  }
  return histories;
}

const noFloor = { epoch: 0, seq: 0, at: '1970-01-01T00:00:00Z' };

/** A history without what differs from run to run: floors, and the bytes of what is sealed. */
export function comparable(histories: Map<string, Ticket[]>): Record<string, unknown> {
  const plain = (state: Ticket) => ({ ...state, floor: noFloor, sealed: state.sealed === null ? null : 'sealed' });
  return Object.fromEntries([...histories].map(([subject, states]) => [subject, states.map(plain)]));
}

/**
 * Waits until TICKETS says that every message which EVENTS holds now is applied. A desk that goes on is waited for, one that stands
 * still for so long is not.
 */
export async function untilApplied(world: World, stillMs = 45_000): Promise<Ticket['floor']> {
  const jsm = await world.nc.jetstreamManager();
  let reached = { seq: 0, since: performance.now() };
  for (;;) {
    const head = (await jsm.streams.info('EVENTS')).state.last_seq;
    const { last_seq } = (await jsm.streams.info('TICKETS')).state;
    const newest = await jsm.streams.getMessage('TICKETS', { seq: last_seq }).catch(() => undefined);
    const floor = newest === undefined ? undefined : floorMark.parse(newest.json()).floor;
    if (floor !== undefined && floor.seq >= head) return floor;
    const seq = floor?.seq ?? 0;
    if (seq !== reached.seq) reached = { seq, since: performance.now() };
    if (performance.now() - reached.since > stillMs)
      throw new Error(`the desk has stood at ${seq} of ${head} for ${stillMs} ms`);
    await sleep(50);
  }
}
