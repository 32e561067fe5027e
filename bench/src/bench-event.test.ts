import { readMessage } from '@deskwire/contracts/read-event';
import { describe, expect, it } from 'vitest';
import { benchEvent, benchInteraction, benchStep } from './bench-event.ts';

const nowMs = Date.UTC(2026, 10, 22);

describe('benchEvent', () => {
  it.each([true, false])('makes events of about 300 B that the contract accepts, sealed %s', (sealed) => {
    for (const n of [0, 1, 99_999, 599_999]) {
      const text = benchEvent(n, { sealed, tickets: 10_000 });
      expect(readMessage('bench', Buffer.from(text), nowMs)).toMatchObject([{ kept: true, event: { id: String(n) } }]);
      expect(text.length).toBeLessThan(sealed ? 450 : 340);
    }
  });
});

describe('benchStep', () => {
  const read = (n: number) => readMessage('bench', Buffer.from(benchStep(n, nowMs, nowMs + n)), nowMs + n);

  it('opens, solves, reopens and solves each ticket again, then goes on to others', () => {
    const ofTicket = (id: string) => ({ event: { type: 'ticket.snapshot', data: { ticket_id: id } } });
    for (const [turn, status] of ['open', 'solved', 'open', 'solved'].entries())
      expect(read(turn * 1_000 + 7)).toMatchObject([{ kept: true, event: { data: { ticket_id: 'STEP7', status } } }]);
    expect(read(4_007)).toMatchObject([ofTicket('STEP1007')]);
  });
});

describe('benchInteraction', () => {
  it('makes events that the contract accepts', () => {
    expect(readMessage('bench', Buffer.from(benchInteraction(7, nowMs)), nowMs)).toMatchObject([
      { kept: true, event: { id: 'interaction-7', type: 'interaction.logged' } },
    ]);
  });
});
