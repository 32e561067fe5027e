import { z } from 'zod';
import { customerErased, customerSnapshot, interactionLogged, sourceHeartbeat } from './event-customer.ts';
import { ticketDeleted, ticketMessage, ticketRating, ticketSnapshot } from './event-ticket.ts';
import { idText, sourceText, utcTime } from './primitives.ts';
import { rejectionDismissed } from './rejected.ts';

const envelope = {
  specversion: z.literal('1.0'),
  id: idText,
  source: sourceText,
  time: utcTime,
  subject: idText.optional(),
};

const ofIntegrations = [
  z.looseObject({ ...envelope, type: z.literal('ticket.snapshot'), data: ticketSnapshot }),
  z.looseObject({ ...envelope, type: z.literal('ticket.message'), data: ticketMessage }),
  z.looseObject({ ...envelope, type: z.literal('ticket.rating'), data: ticketRating }),
  z.looseObject({ ...envelope, type: z.literal('ticket.deleted'), data: ticketDeleted }),
  z.looseObject({ ...envelope, type: z.literal('customer.snapshot'), data: customerSnapshot }),
  z.looseObject({ ...envelope, type: z.literal('customer.erased'), data: customerErased }),
  z.looseObject({ ...envelope, type: z.literal('interaction.logged'), data: interactionLogged }),
  z.looseObject({ ...envelope, type: z.literal('source.heartbeat'), data: sourceHeartbeat }),
] as const;

/**
 * What an integration may publish: CloudEvents 1.0, structured JSON, `data` by `type` (DESIGN section 3).
 * Dedup identity is (`source`, `id`). Extension attributes are allowed and kept.
 */
export const integrationEvent = z.discriminatedUnion('type', ofIntegrations);

/** One event on the wire, also of our own. */
export const event = z.discriminatedUnion('type', [
  ...ofIntegrations,
  z.looseObject({ ...envelope, type: z.literal('rejection.dismissed'), data: rejectionDismissed }),
]);
export type DeskEvent = z.infer<typeof event>;
export type EventType = DeskEvent['type'];

export const eventTypes = [
  'ticket.snapshot',
  'ticket.message',
  'ticket.rating',
  'ticket.deleted',
  'customer.snapshot',
  'customer.erased',
  'interaction.logged',
  'source.heartbeat',
  'rejection.dismissed',
] as const satisfies readonly EventType[];

/** What an integration publishes on `events.<source>.batch`. */
export const eventBatch = z.array(integrationEvent).min(1);
