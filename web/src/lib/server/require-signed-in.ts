import { redirect } from '@sveltejs/kit';
import type { Who } from '../../app';
import { NatsAway } from './nats-link';
import { signInFor } from './own-place';

/**
 * Who sends a form, before anything else is said of it: whose session has ended signs in and comes back to the page. Throws NatsAway
 * when it cannot be said who it is.
 */
export function requireSignedIn({ locals: { who }, url }: { locals: { who: Who }; url: URL }): SignedIn {
  if (who.state === 'unknown') throw new NatsAway('NATS does not answer');
  // The rest of the address is the action.
  if (who.state !== 'signed-in') redirect(303, signInFor({ pathname: url.pathname, search: '' }));
  return who;
}

export type SignedIn = Extract<Who, { state: 'signed-in' }>;
