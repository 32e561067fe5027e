import { z } from 'zod';
import { token } from './key-token.ts';
import { position } from './position.ts';

const time = z.iso.datetime();

/** What a customer did, as triage needs it; no words of theirs. */
export const customerInteraction = z.object({ kind: z.string(), occurred_at: time });
export type CustomerInteraction = z.infer<typeof customerInteraction>;

const known = {
  id: z.string().describe('the desk’s id, <segment>~<id>'),
  /** Its last event that was applied. */
  last_event: position,
};

/** One key of bucket `customers`: what is known of one source's customer. */
export const customerProfile = z.discriminatedUnion('state', [
  z.object({
    ...known,
    state: z.literal('live'),
    /** Of the newest snapshot; null while only interactions are known. */
    updated_at: time.nullable(),
    tier: z.string().nullable(),
    locale: z.string().nullable(),
    lifetime_value: z.number().nullable(),
    /** Name, e-mail, phone, company and consents as JSON, sealed under the customer's key; base64. */
    sealed: z.string().nullable(),
    /** Blind index of the e-mail address. */
    mail: z.string().nullable(),
    /** The same for all customers that are one human being (decision 24): their verified address's blind index, else the desk's id. */
    person: z.string(),
    /** The 10 latest by `occurred_at`, oldest first. */
    interactions: z.array(customerInteraction),
    /** Short hashes of the last 16 interaction events, newest last. */
    interaction_ids: z.array(z.string()),
  }),
  z.object({ ...known, state: z.literal('erased'), erased_at: time }),
]);
export type CustomerProfile = z.infer<typeof customerProfile>;

/** The sealed part of a profile, unsealed. */
export const customerContact = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  phone: z.string().optional(),
  company: z.string().optional(),
  consents: z.record(z.string(), z.unknown()).optional(),
});
export type CustomerContact = z.infer<typeof customerContact>;

/** Key of a profile in bucket `customers`, by the source's id. */
export const profileKey = (segment: string, customerId: string) => `${token(segment)}.${token(customerId)}`;
