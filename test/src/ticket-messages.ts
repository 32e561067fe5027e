import { deskId } from '@deskwire/contracts/desk-id';
import { subjects, streams } from '@deskwire/contracts/subjects';
import { ticket, type Ticket } from '@deskwire/contracts/ticket';
import type { ticketChange } from '@deskwire/contracts/ticket-change';
import type { JetStreamClient } from 'nats';
import type { z } from 'zod';

type Change = z.input<typeof ticketChange>;

const at = '2026-11-22T09:00:00.000Z';
const spent = { new_s: 0, open_s: 0, pending_s: 0, hold_s: 0 };
const spentBusiness = { new_business_s: 0, open_business_s: 0, pending_business_s: 0, hold_business_s: 0 };

/** One message of TICKETS as the desk writes it: version 1 creates the ticket, later ones change nothing unless `change` says so. */
export function ticketMessage(
  { id, version = 1, cause = null }: { id: string; version?: number; cause?: Change['cause'] },
  more: Partial<Ticket> = {},
  change: Partial<Change> = {},
): Ticket {
  const { status = 'open', priority = 'high', team = 'billing', assignee = null } = more;
  const face = { status, priority, team, assignee };
  const isFirst = version === 1;
  return ticket.parse({
    ...face,
    ...{ id: deskId('zendesk/acme', id), version, known: true, source: 'zendesk/acme', channel: 'email' },
    ...{ customer_id: 'zendesk~7', tags: ['vip'], sealed: 'c2VhbGVk', team_name: 'Billing' },
    ...{ created_at: at, updated_at: at, source_version: null, facts_from: {}, deleted_at: null, merged_into: null },
    clock: {
      ...{ changed_at: at, spent: { ...spent, ...spentBusiness }, first_reply_at: null, last_reply_at: null },
      ...{
        unanswered_since: null,
        first_solved_at: null,
        solved_at: null,
        solves: 0,
        reopens: 0,
        agent_replies: 0,
        replies_since_solve: 0,
      },
    },
    ...{ waiting: [], newest_at: at, event_ids: [], message_ids: [], transactions: [], last_event: cause },
    floor: { epoch: cause?.epoch ?? 1, seq: cause?.seq ?? 1, at: '2026-11-22T09:00:00.123456Z' },
    ...more,
    change: {
      ...{ kind: cause === null ? 'timer' : 'snapshot', at, cause, before: isFirst ? null : face, after: face },
      ...{ created: isFirst, open_before: true, open_after: true, solved: false, reopened: false, late_at: null },
      channel_before: more.channel ?? 'email',
      measures: {},
      ...change,
    },
  });
}

/** Publishes one message and answers its position. */
export async function publishTicket(js: JetStreamClient, message: Ticket): Promise<number> {
  const [segment = '', ...id] = message.id.split('~');
  const ack = await js.publish(subjects.ticket(segment, id.join('~')), JSON.stringify(message), {
    expect: { streamName: streams.tickets },
  });
  return ack.seq;
}
