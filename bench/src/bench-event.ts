import { streams, subjects } from '@deskwire/contracts/subjects';

/** What a backlog is made of. */
export interface EventShape {
  /** With two personal fields, which ingest has to seal under their ticket's key. */
  sealed: boolean;
  /** Different tickets, so different keys. */
  tickets: number;
}

const source = 'bench';
const statuses = ['new', 'open', 'open', 'pending', 'hold', 'solved', 'closed'] as const;
const priorities = ['low', 'normal', 'normal', 'high', 'urgent'] as const;
const firstMs = Date.UTC(2026, 0, 1);

/** Where these events go, and the stream that keeps them. */
export const benchSubjects = {
  single: subjects.event(source, 'ticket.snapshot'),
  batch: subjects.batch(source),
  interaction: subjects.event(source, 'interaction.logged'),
  stream: streams.events,
} as const;

/** JSON of the n-th event: a ticket snapshot of about 300 B; ids never repeat. `timeMs` is Unix time. */
export function benchEvent(n: number, shape: EventShape, timeMs = firstMs + n): string {
  const ticket = n % shape.tickets;
  const time = new Date(timeMs).toISOString();
  const personal = shape.sealed
    ? `,"subject":"Printer ${ticket} on floor ${n % 17} is out of paper again","requester":{"email":"person.${ticket}@example.com"}`
    : '';
  return (
    `{"specversion":"1.0","id":"${n}","source":"${source}/load","type":"ticket.snapshot","time":"${time}",` +
    `"data":{"ticket_id":"INC${ticket}","created_at":"2026-01-01T00:00:00.000Z","updated_at":"${time}","source_version":${n},` +
    `"status":"${statuses[n % statuses.length] ?? 'open'}","priority":"${priorities[n % priorities.length] ?? 'normal'}",` +
    `"team":"Group ${n % 70}","assignee":"Resolver ${n % 230}"${personal}}}`
  );
}

const steps = ['open', 'solved', 'open', 'solved'] as const;
const ticketsAtOnce = 1_000;

/**
 * JSON of the n-th event of tickets that are opened, solved, reopened and solved again: each of these events adds exactly one to the
 * sum of created, solved and reopened. With two personal fields. Unix times; `openedMs` is that of the first event.
 */
export function benchStep(n: number, openedMs: number, timeMs: number): string {
  const turn = Math.floor(n / ticketsAtOnce);
  const ticket = Math.floor(turn / steps.length) * ticketsAtOnce + (n % ticketsAtOnce);
  const time = new Date(timeMs).toISOString();
  return JSON.stringify({
    ...{ specversion: '1.0', id: `step-${n}`, source: `${source}/load`, type: 'ticket.snapshot', time },
    data: {
      ...{ ticket_id: `STEP${ticket}`, created_at: new Date(openedMs).toISOString(), updated_at: time },
      ...{ source_version: n, status: steps[turn % steps.length], priority: priorities[ticket % priorities.length] },
      ...{ team: `Group ${ticket % 20}`, assignee: `Resolver ${ticket % 230}`, channel: 'email' },
      ...{ subject: `Printer ${ticket} is out of paper`, requester: { email: `person.${ticket}@example.com` } },
    },
  });
}

/** JSON of the n-th event that is about no ticket, but goes into a customer's profile. `timeMs` is Unix time. */
export function benchInteraction(n: number, timeMs: number): string {
  const time = new Date(timeMs).toISOString();
  return JSON.stringify({
    ...{ specversion: '1.0', id: `interaction-${n}`, source: `${source}/load`, type: 'interaction.logged', time },
    data: { customer_id: `C${n % 5_000}`, kind: 'call', occurred_at: time },
  });
}
