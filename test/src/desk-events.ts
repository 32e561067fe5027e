import { subjects } from '@deskwire/contracts/subjects';
import type { JetStreamClient } from 'nats';
import { mark } from './marks.ts';

const statuses = ['new', 'open', 'pending', 'hold', 'solved', 'open', 'closed'] as const;
const start = Date.UTC(2026, 9, 19, 8);
const at = (minute: number) => new Date(start + minute * 60_000).toISOString();

/**
 * A history of `tickets` tickets, `rounds` events each: snapshots that come late, twice and contradict each other, messages
 * before their ticket, ratings, deletions, events that ingest rejects. The same for the same arguments. Every personal field is marked.
 */
export function deskEvents(label: string, tickets: number, rounds: number): Record<string, unknown>[] {
  const events: Record<string, unknown>[] = [];
  let random = 7;
  const pick = (below: number) => (random = (random * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < rounds; round++) {
    for (let n = 0; n < tickets; n++) {
      const minute = round * 30 + pick(90);
      const ticket_id = `${label} ${n}.*☎`;
      const envelope = {
        ...{ specversion: '1.0', source: 'zendesk/acme', time: at(minute) },
        id: `${label}-${n}-${round}`,
      };
      const snapshot = {
        ...{ ticket_id, created_at: at(n % 7), updated_at: at(minute), source_version: round },
        ...{ status: statuses[pick(statuses.length)], team: `Team ${pick(4)}`, subject: mark.text(n) },
        requester: { name: mark.name(n), email: mark.mail(n) },
      };
      const message = {
        ...{ ticket_id, message_id: `${label}-m${pick(rounds)}`, author: pick(2) === 0 ? 'agent' : 'customer' },
        ...{ public: true, body: mark.text(n), created_at: at(minute) },
      };
      const kind = round === 0 ? n % 4 : pick(16);
      const event =
        kind < 9
          ? { ...envelope, type: 'ticket.snapshot', data: snapshot }
          : kind < 12
            ? { ...envelope, type: 'ticket.message', data: message }
            : kind === 12
              ? {
                  ...envelope,
                  type: 'ticket.rating',
                  data: { ticket_id, score: 1 + pick(5), comment: mark.text(n), rated_at: at(minute) },
                }
              : kind === 13
                ? { ...envelope, type: 'ticket.deleted', data: { ticket_id } }
                : kind === 14
                  ? { ...envelope, type: 'ticket.snapshot', data: { ...snapshot, status: 'unheard of' } }
                  : (events.at(-1 - pick(Math.min(events.length, 100))) ?? envelope);
      events.push(event);
    }
  }
  return events;
}

/** Publishes in order, a window at a time, every third window as one array. */
export async function publishInOrder(js: JetStreamClient, events: Record<string, unknown>[], windowMax = 40) {
  for (let i = 0; i < events.length; i += windowMax) {
    const some = events.slice(i, i + windowMax);
    if ((i / windowMax) % 3 === 2) await js.publish(subjects.batch('zendesk'), JSON.stringify(some));
    else
      await Promise.all(
        some.map((event) => js.publish(subjects.event('zendesk', String(event['type'])), JSON.stringify(event))),
      );
  }
}
