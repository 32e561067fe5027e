import type { CustomerInteraction, CustomerProfile } from '@deskwire/contracts/customer';
import type { Position } from '@deskwire/contracts/position';

export interface CustomerChange {
  /** The desk's id. */
  id: string;
  position: Position;
  what:
    | {
        kind: 'snapshot';
        updated_at: string;
        tier: string | null;
        locale: string | null;
        lifetime_value: number | null;
        sealed: string | null;
        mail: string | null;
        /** The source vouches for the address. */
        isVerified: boolean;
      }
    | { kind: 'interaction'; hash: string; interaction: CustomerInteraction }
    | { kind: 'erasure'; at: string };
}

const interactionsMax = 10;
const hashesMax = 16;

/**
 * The profile after one event, or 'nothing' when it was applied before, or changes nothing: a snapshot that is older than
 * the newest one or than the erasure, an interaction after the erasure. Pure. A snapshot from after an erasure begins a new
 * profile, whichever of the two is heard first: the source knows the customer again.
 */
export function applyCustomer(
  before: CustomerProfile | undefined,
  { id, position, what }: CustomerChange,
): CustomerProfile | 'nothing' {
  if (before !== undefined && isApplied(before.last_event, position)) return 'nothing';
  const live = before?.state === 'live' ? before : undefined;
  const erasedAt = before?.state === 'erased' ? before.erased_at : undefined;
  const profile = { ...(live ?? blank(id)), last_event: position };
  switch (what.kind) {
    case 'snapshot': {
      if (isOlder(what.updated_at, live?.updated_at)) return 'nothing';
      // Of the same instant the erasure stands.
      if (erasedAt !== undefined && !isOlder(erasedAt, what.updated_at)) return 'nothing';
      const { updated_at, tier, locale, lifetime_value, sealed, mail, isVerified } = what;
      // The link is the address itself: it ends with it, and needs no word with the others who show it (decision 24).
      const person = isVerified && mail !== null ? mail : id;
      return { ...profile, updated_at, tier, locale, lifetime_value, sealed, mail, person };
    }
    case 'interaction': {
      if (erasedAt !== undefined || profile.interaction_ids.includes(what.hash)) return 'nothing';
      const at = Date.parse(what.interaction.occurred_at);
      // Older than all that is kept: remembering it would only push out the hash of one that is.
      const [oldest] = profile.interactions;
      const isFull = profile.interactions.length >= interactionsMax;
      if (isFull && oldest !== undefined && at < Date.parse(oldest.occurred_at)) return 'nothing';
      const place = profile.interactions.findLastIndex((known) => Date.parse(known.occurred_at) <= at) + 1;
      const interactions = profile.interactions.toSpliced(place, 0, what.interaction).slice(-interactionsMax);
      return { ...profile, interactions, interaction_ids: [...profile.interaction_ids, what.hash].slice(-hashesMax) };
    }
    case 'erasure': {
      // The source knew the customer again when this was heard: of the profile only what is older than the erasure goes.
      if (live !== undefined && live.updated_at !== null && isOlder(what.at, live.updated_at)) {
        const interactions = live.interactions.filter(({ occurred_at }) => isOlder(what.at, occurred_at));
        return { ...profile, interactions };
      }
      const erased_at = erasedAt !== undefined && isOlder(what.at, erasedAt) ? erasedAt : what.at;
      return { state: 'erased', id, last_event: position, erased_at };
    }
    default:
      return what satisfies never;
  }
}

const blank = (id: string): CustomerProfile & { state: 'live' } => ({
  state: 'live',
  id,
  updated_at: null,
  tier: null,
  locale: null,
  lifetime_value: null,
  sealed: null,
  mail: null,
  person: id,
  interactions: [],
  interaction_ids: [],
  last_event: { epoch: 0, seq: 0, idx: 0 },
});

function isApplied(last: Position, position: Position): boolean {
  if (last.epoch !== position.epoch) return last.epoch > position.epoch;
  return last.seq === position.seq ? last.idx >= position.idx : last.seq > position.seq;
}

const isOlder = (time: string, than: string | null | undefined) =>
  than !== null && than !== undefined && Date.parse(time) < Date.parse(than);
