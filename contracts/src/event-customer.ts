import { z } from 'zod';
import { freeText, idText, nameText, utcTime } from './primitives.ts';

/** A customer's profile as its source knows it now. */
export const customerSnapshot = z.looseObject({
  customer_id: idText,
  name: freeText.optional(),
  email: freeText.optional(),
  /** The source vouches for the address: customers who show the same verified one are one person. */
  email_verified: z.boolean().optional(),
  phone: freeText.optional(),
  company: freeText.optional(),
  tier: nameText.optional(),
  /** BCP 47 language tag. */
  locale: nameText.optional(),
  lifetime_value: z.number().optional(),
  consents: z.record(z.string(), z.unknown()).optional(),
  updated_at: utcTime,
});
export type CustomerSnapshot = z.infer<typeof customerSnapshot>;

/** The source's own privacy deletion. */
export const customerErased = z.looseObject({ customer_id: idText });

/** A call, visit, purchase and so on: context for triage. */
export const interactionLogged = z.looseObject({
  customer_id: idText.optional(),
  kind: z.string().regex(/^[a-z0-9_-]{1,40}$/, 'a lower-case word, e.g. call, email, chat, visit, purchase'),
  occurred_at: utcTime,
  fields: z.record(z.string(), z.unknown()).optional(),
});

/** Sent by a connector even when idle; silence over three intervals makes its figures unknown. */
export const sourceHeartbeat = z.looseObject({
  /** How far the connector has read its source: opaque, often a time. */
  cursor: z.string().max(512),
  /** Events that EVENTS has acknowledged to the connector since it was first started, heartbeats not counted: ingest compares. */
  sent_count: z.number().int().nonnegative(),
  interval_s: z.number().positive().max(86_400),
  /** The last one: no more will come, and the silence behind it is no fault. */
  final: z.literal(true).optional(),
});
export type SourceHeartbeat = z.infer<typeof sourceHeartbeat>;
