import { randomBytes } from 'node:crypto';
import { createPeople } from '@deskwire/people/people';
import { createPersonLinks } from '@deskwire/people/person-links';
import { randomPersonId } from '@deskwire/people/random-person-id';
import type { NatsLink } from './nats-link';

const timeoutMs = 2_000;
const lookMs = 1_000;

/** The people of this desk and the links with which they set their passwords. Rejects as NATS does, or with NatsAway. */
export function createPeopleDoor(
  link: Pick<NatsLink, 'bucket' | 'connection'>,
  {
    now,
    clock,
  }: {
    /** Unix time, ms. */
    now: () => number;
    /** Monotonic, ms. */
    clock: () => number;
  },
) {
  const open = async () => ({
    kv: await link.bucket('users'),
    js: link.connection().jetstream({ timeout: timeoutMs }),
  });
  const people = createPeople({ open, randomId: randomPersonId, now });
  const links = createPersonLinks({ open, people, randomSecret: () => randomBytes(32).toString('base64url'), now });
  let looked = { found: false, at: -Infinity };

  return {
    people,
    links,
    /** Whether anybody has an account at all; looked up once a second until there is somebody. */
    async isAnybodyThere(): Promise<boolean> {
      if (!looked.found && clock() - looked.at >= lookMs) {
        looked = { found: (await people.list()).length > 0, at: clock() };
      }
      return looked.found;
    },
  };
}
