import { z } from 'zod';

const id = z.union([z.number(), z.string()]).transform(String);
const text = z.string().nullish();

/**
 * A ticket as Zendesk's incremental export and webhooks give it; what is not named here is not used.
 * https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/
 */
export const zendeskTicket = z.looseObject({
  id,
  created_at: z.string(),
  updated_at: z.string(),
  /** Unix s of the last change of any kind; a deletion moves it and leaves `updated_at` as it was. */
  generated_timestamp: z.number().int().optional(),
  status: z.string(),
  priority: text,
  subject: text,
  group_id: id.nullish(),
  assignee_id: id.nullish(),
  requester_id: id.nullish(),
  via: z.looseObject({ channel: z.string() }).nullish(),
  tags: z.array(z.string()).nullish(),
  satisfaction_rating: z.looseObject({ id: id.nullish(), score: z.string(), comment: text }).nullish(),
});
export type ZendeskTicket = z.infer<typeof zendeskTicket>;

export interface ZendeskOptions {
  /** First segment is the token of the subject, e.g. `zendesk/acme`. */
  source: string;
  /** Names by id, as far as they were read; an id without a name stands for itself. */
  groups: ReadonlyMap<string, string>;
}

/**
 * The events that one exported ticket stands for, ready for JSON. A deleted ticket no longer says which status it had, so
 * it is sent as it was when it was created, new, and then deleted. Nothing is repaired: what the contract does not know is
 * sent as it stands, so that the ledger refuses it with its reason.
 */
export function toEvents(ticket: ZendeskTicket, options: ZendeskOptions) {
  const deleted = ticket.status === 'deleted';
  const version = ticket.generated_timestamp;
  const envelope = { specversion: '1.0', source: options.source, subject: ticket.id };
  const snapshot = {
    ...envelope,
    id: `${ticket.id}/${deleted ? 'created' : (version ?? ticket.updated_at)}`,
    type: 'ticket.snapshot',
    time: deleted ? ticket.created_at : ticket.updated_at,
    data: {
      ...{ ticket_id: ticket.id, created_at: ticket.created_at },
      ...(deleted
        ? { updated_at: ticket.created_at, status: 'new' }
        : { updated_at: ticket.updated_at, source_version: version, status: ticket.status }),
      priority: ticket.priority ?? undefined,
      subject: ticket.subject ?? undefined,
      team: nameOf(ticket.group_id, options.groups),
      assignee: ticket.assignee_id ?? undefined,
      channel: ticket.via?.channel,
      customer_id: ticket.requester_id ?? undefined,
      tags: ticket.tags ?? undefined,
    },
  };
  const deletion = {
    ...envelope,
    // A ticket can be restored and deleted again.
    id: `${ticket.id}/deleted/${version ?? ticket.updated_at}`,
    type: 'ticket.deleted',
    time: version === undefined ? ticket.updated_at : new Date(version * 1_000).toISOString(),
    data: { ticket_id: ticket.id },
  };
  return [snapshot, ...ratingOf(ticket, envelope), ...(deleted ? [deletion] : [])];
}

/**
 * Zendesk knows good and bad; `offered` and `unoffered` are no ratings. The export does not say when: the ticket's change stands for it. A
 * rating keeps its id when the customer changes it, so the score is part of the event's; back at a score it had before it is a duplicate.
 */
function ratingOf(ticket: ZendeskTicket, envelope: { specversion: string; source: string; subject: string }) {
  const rating = ticket.satisfaction_rating;
  const score = rating === null || rating === undefined ? undefined : scores.get(rating.score);
  if (score === undefined) return [];
  return [
    {
      ...envelope,
      id: `${ticket.id}/rating/${rating?.id ?? 'unnamed'}/${score}`,
      type: 'ticket.rating',
      time: ticket.updated_at,
      data: { ticket_id: ticket.id, score, comment: rating?.comment ?? undefined, rated_at: ticket.updated_at },
    },
  ];
}

const scores = new Map([
  ['good', 5],
  ['good_with_comment', 5],
  ['bad', 1],
  ['bad_with_comment', 1],
]);

const nameOf = (id: string | null | undefined, names: ReadonlyMap<string, string>) =>
  id === null || id === undefined ? undefined : (names.get(id) ?? id);
