import { setImmediate } from 'node:timers/promises';
import { subjects } from '@deskwire/contracts/subjects';
import type { JetStreamClient, PubAck } from 'nats';

/** A plain good event; `more` replaces parts of it. */
export const ticketEvent = (id: string, more: Record<string, unknown> = {}) => ({
  ...{ specversion: '1.0', id, source: 'zendesk/acme', type: 'ticket.snapshot', time: '2026-11-22T09:00:00Z' },
  data: {
    ...{ ticket_id: id, status: 'open', created_at: '2026-11-22T09:00:00Z', updated_at: '2026-11-22T09:00:00Z' },
    ...{ subject: `about ${id}` },
  },
  ...more,
});

/** Publishes `count` good events named after `label`, one a message, and awaits every acknowledgement. */
export function publishTickets(js: JetStreamClient, label: string, count: number): Promise<PubAck[]> {
  return Promise.all(
    Array.from({ length: count }, (_, i) =>
      js.publish(subjects.event('zendesk', 'ticket.snapshot'), JSON.stringify(ticketEvent(`${label}-${i}`))),
    ),
  );
}

/**
 * Publishes one by one, each again until it is acknowledged, for as long as `goOn` says so and two minutes at most;
 * answers how many were acknowledged.
 */
export async function publishSteadily(
  js: JetStreamClient,
  label: string,
  goOn: (acknowledged: number) => boolean,
): Promise<number> {
  const deadline = performance.now() + 120_000;
  let acknowledged = 0;
  while (goOn(acknowledged) && performance.now() < deadline) {
    const bytes = JSON.stringify(ticketEvent(`${label}-${acknowledged}`));
    const kept = await js.publish(subjects.event('zendesk', 'ticket.snapshot'), bytes, { timeout: 1_000 }).then(
      () => true,
      () => false,
    );
    if (kept) acknowledged += 1;
    else await setImmediate(); // A closed connection refuses at once: leave time to whoever wants to end this.
  }
  return acknowledged;
}
