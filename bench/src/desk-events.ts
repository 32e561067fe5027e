import { subjects } from '@deskwire/contracts/subjects';
import type { BacklogMessage } from './backlog.ts';

export interface DeskBacklog {
  events: number;
  tickets: number;
  /** With subject, requester and bodies, which are sealed under the ticket's key. */
  sealed: boolean;
}

const source = 'bench';
/** What happens to a ticket, over and over: three snapshots and two messages. */
const steps = ['new', 'agent', 'pending', 'customer', 'solved'] as const;
const priorities = ['low', 'normal', 'normal', 'high', 'urgent'] as const;
const firstMs = Date.UTC(2026, 0, 1);

/**
 * The events of a desk's day, in order, one a message: whose ticket is next is as good as random, each ticket begins with
 * its creation, and every event makes a new version of its ticket. The same for the same arguments.
 */
export function* deskEvents({ events, tickets, sealed }: DeskBacklog): Generator<BacklogMessage> {
  const taken = new Uint32Array(tickets);
  let random = 7;
  for (let n = 0; n < events; n++) {
    random = (random * 48_271) % 2_147_483_647;
    const ticket = random % tickets;
    const round = taken[ticket] ?? 0;
    taken[ticket] = round + 1;
    const step = steps[round % steps.length] ?? 'new';
    const at = new Date(firstMs + n).toISOString();
    const isMessage = step === 'agent' || step === 'customer';
    const data = isMessage
      ? {
          ...{ ticket_id: `INC${ticket}`, message_id: `m${n}`, author: step, public: true, created_at: at },
          ...(sealed && { body: `It is printer ${ticket} on floor ${n % 17}: out of paper again, I looked twice.` }),
        }
      : {
          ...{ ticket_id: `INC${ticket}`, created_at: '2026-01-01T00:00:00.000Z', updated_at: at, source_version: n },
          ...{ status: step === 'new' && round > 0 ? 'open' : step, priority: priorities[n % priorities.length] },
          ...{ team: `Group ${ticket % 70}`, assignee: `Resolver ${n % 230}` },
          ...(sealed && {
            subject: `Printer ${ticket} is out of paper again`,
            requester: { email: `person.${ticket}@example.com` },
          }),
        };
    const type = isMessage ? 'ticket.message' : 'ticket.snapshot';
    const envelope = { specversion: '1.0', id: `desk-${n}`, source: `${source}/load`, type, time: at };
    yield { subject: subjects.event(source, type), text: JSON.stringify({ ...envelope, data }) };
  }
}
