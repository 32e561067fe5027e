import { z } from 'zod';

const count = z.number().int().nonnegative();
const time = z.iso.datetime();

/** Name of a rejected event: its position, as its bytes lie below `quarantine.`: `<stream>.<epoch>.<seq>.<idx>`. */
export const rejectedName = z
  .string()
  .regex(/^[A-Z]{1,20}(?:\.\d{1,16}){3}$/, 'a name like EVENTS.1764000000000000.42.0');

const place = z.object({ stream: z.string(), epoch: count, seq: count, idx: count });
export type RejectedPlace = z.infer<typeof place>;

export const nameOfRejected = ({ stream, epoch, seq, idx }: RejectedPlace) => `${stream}.${epoch}.${seq}.${idx}`;

/** The position behind a name; undefined when it is none. */
export function parseRejectedName(name: string): RejectedPlace | undefined {
  if (!rejectedName.safeParse(name).success) return undefined;
  const [stream, ...numbers] = name.split('.');
  const [epoch, seq, idx] = numbers.map(Number);
  return place.safeParse({ stream, epoch, seq, idx }).data;
}

/**
 * What became of it. `was-there`: it was sent again, and an event with this source and id had been accepted before.
 */
export const settlement = z.object({ how: z.enum(['mended', 'was-there', 'dismissed']), at: time });
export type Settlement = z.infer<typeof settlement>;

/** One rejected event as the ledger knows it: nothing of its content. */
export const rejectedEvent = z.object({
  name: rejectedName,
  source: z.string(),
  type: z.string().describe('empty where it could not be read, as the id'),
  id: z.string(),
  received_at: time,
  time: time.nullable().describe('its own time, where it could be read'),
  reason: z.string(),
  settled: settlement.nullable().describe('null: it waits'),
});
export type RejectedEvent = z.infer<typeof rejectedEvent>;

/** What was refused, as text, with the field that was wrong; or why nobody can read it any more. */
export const rejectedBody = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('shown'),
    text: z.string(),
    detail: z.string(),
    size_bytes: count,
    readable: z.boolean().describe('false: the bytes are not UTF-8, and the text only nearly what they were'),
  }),
  z.object({
    state: z.literal('gone'),
    why: z.enum(['expired', 'absent', 'erased', 'no-key']).describe('no-key: this server cannot open it'),
  }),
]);
export type RejectedBody = z.infer<typeof rejectedBody>;

/** `GET /api/v1/rejected/<name>`, for administrators. */
export const rejectedDetail = rejectedEvent.extend({ body: rejectedBody });

/** `GET /api/v1/rejected`, newest first. */
export const rejectedPage = z.object({ events: z.array(rejectedEvent), next: z.string().nullable() });
export type RejectedPage = z.infer<typeof rejectedPage>;

export const rejectedRequest = z.strictObject({
  source: z.string().max(200).optional(),
  reason: z.string().max(100).optional(),
  state: z.enum(['waiting', 'all']).default('waiting'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(100).optional().describe('`next` of the page before'),
});
export type RejectedRequest = z.infer<typeof rejectedRequest>;

/** `POST /api/v1/rejected/<name>/mend` and `.../dismiss`: sent now or before, and what the ledger says of it by now. */
export const settleAnswer = z.object({
  sent: z.enum(['now', 'before']).describe('before: somebody settled it already, and nothing was sent now'),
  settled: settlement.nullable().describe('null: ingest has not stored it yet'),
});
export type SettleAnswer = z.infer<typeof settleAnswer>;

export const dismissRequest = z.strictObject({ reason: z.string().trim().min(1).max(500) });

/** Data of `rejection.dismissed`: an administrator says that a rejected event will never be mended. It counts only where no integration may publish. */
export const rejectionDismissed = z.looseObject({
  reason: z.string().min(1).max(500),
  /** Who says so: an id of ours. */
  by: z.string().min(1).max(200),
});
