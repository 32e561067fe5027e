import { createHash } from 'node:crypto';
import { profileKey } from '@deskwire/contracts/customer';
import { deskId, segmentOf } from '@deskwire/contracts/desk-id';
import type { DeskEvent } from '@deskwire/contracts/event';
import type { BlindIndex, SplitEvent } from '@deskwire/contracts/personal';
import type { Position } from '@deskwire/contracts/position';
import { customerKey } from '@deskwire/vault/key-name';
import type { CustomerChange } from './apply-customer.ts';
import type { PlainWork } from './read-work.ts';

/** A customer's event, ready to be applied. */
export interface CustomerTask {
  of: 'customer';
  /** Key of the profile in bucket `customers`. */
  profile: string;
  change: CustomerChange;
}

const contactCharsMax = 200;
/** Of JSON; a profile is read and written with each of its customer's events. What is longer stays in the ledger alone. */
const consentsCharsMax = 8_192;

/** The lane of a customer, by the key of the profile. */
export const customerLane = (profile: string) => `customer.${profile}`;

/** Undefined for an interaction of nobody that the source names. */
export function customerWork(
  event: Extract<DeskEvent, { type: 'customer.snapshot' | 'customer.erased' | 'interaction.logged' }>,
  split: SplitEvent,
  position: Position,
  blind: BlindIndex,
): PlainWork | undefined {
  if (split.customerId === '') return undefined;
  const segment = segmentOf(event.source);
  const profile = profileKey(segment, split.customerId);
  const work = { lane: customerLane(profile), position, key: undefined };
  const task = (what: CustomerChange['what']): CustomerTask => ({
    of: 'customer',
    profile,
    change: { id: deskId(event.source, split.customerId), position, what },
  });
  switch (event.type) {
    case 'customer.snapshot': {
      const { tier = null, locale = null, lifetime_value = null, updated_at } = { ...event.data, ...split.open };
      const { name, email, phone, company, consents, email_verified } = event.data;
      const mail = email === undefined ? null : (blind('email', email) ?? null);
      const isVerified = mail !== null && email_verified === true;
      const open = { kind: 'snapshot', updated_at, tier, locale, lifetime_value, mail, isVerified } as const;
      const contact = {
        name: cut(name),
        email: cut(email),
        phone: cut(phone),
        company: cut(company),
        consents: short(consents),
      };
      const personal = JSON.stringify(contact);
      if (personal === '{}') return { ...work, finish: () => task({ ...open, sealed: null }) };
      const key = customerKey(segment, split.customerId);
      return { ...work, key, finish: (seal) => task({ ...open, sealed: seal(personal) }) };
    }
    case 'interaction.logged': {
      const { kind, occurred_at } = { ...event.data, ...split.open };
      const hash = createHash('sha256').update(`${event.source}\n${split.id}`).digest('base64url').slice(0, 12);
      return { ...work, finish: () => task({ kind: 'interaction', hash, interaction: { kind, occurred_at } }) };
    }
    case 'customer.erased':
      return { ...work, finish: () => task({ kind: 'erasure', at: new Date(event.time).toISOString() }) };
    default:
      return event satisfies never;
  }
}

const cut = (text: string | undefined) => text?.slice(0, contactCharsMax);
const short = (consents: Record<string, unknown> | undefined) =>
  JSON.stringify(consents ?? {}).length > consentsCharsMax ? undefined : consents;
