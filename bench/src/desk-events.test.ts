import { readMessage } from '@deskwire/contracts/read-event';
import { describe, expect, it } from 'vitest';
import { deskEvents } from './desk-events.ts';

const nowMs = Date.UTC(2026, 10, 22);

describe('deskEvents', () => {
  it.each([true, false])(
    'makes events that the contract accepts, each ticket beginning as new, sealed %s',
    (sealed) => {
      const events = [...deskEvents({ events: 500, tickets: 100, sealed })].map(({ subject, text }) => {
        const [read] = readMessage('bench', Buffer.from(text), nowMs);
        if (read?.kept !== true) throw new Error(`not kept: ${text}`);
        expect(subject).toBe(`events.bench.${read.event.type}`);
        return read.event;
      });
      expect(new Set(events.map(({ id }) => id)).size).toBe(500);
      const first = new Map(
        events.toReversed().map((event) => ['ticket_id' in event.data && event.data.ticket_id, event]),
      );
      for (const event of first.values())
        expect(event).toMatchObject({ type: 'ticket.snapshot', data: { status: 'new' } });
      const messages = events.filter(({ type }) => type === 'ticket.message').length;
      expect(messages).toBeGreaterThan(100);
    },
  );
});
