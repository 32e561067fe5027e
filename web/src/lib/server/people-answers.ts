import type { PeopleRefusal } from '@deskwire/people/people';
import { may, permissions, type Actor } from '@deskwire/contracts/roles';
import { error, fail } from '@sveltejs/kit';
import { isNatsAway } from './nats-link';
import { requireSignedIn } from './require-signed-in';

/** The administrator who asks; anybody else is sent away with what they may do. Throws NatsAway. */
export function requirePeopleManager(event: Parameters<typeof requireSignedIn>[0]): Actor {
  const { actor } = requireSignedIn(event);
  if (may(actor, 'people.manage')) return actor;
  error(403, {
    message: `People are managed by the role ${permissions['people.manage'].join(' or ')}.`,
    advice: 'Ask an administrator to change what you see or may do.',
  });
}

export const refusalMessages: Record<PeopleRefusal, string> = {
  'unknown-person': 'This person is not there any more. Nothing was changed.',
  'email-taken': 'Somebody has this e-mail address already. Nothing was changed; look for them in the list.',
  'last-administrator':
    'This is the last administrator who can sign in. Nothing was changed: give somebody else the role first.',
  'changed-meanwhile':
    'Somebody changed this person while you looked at them. Nothing was changed: this is how they are now.',
};

/** An action on people; when NATS does not answer it says that nothing is known to have changed. */
export async function answering<Answer>(work: () => Promise<Answer>) {
  try {
    return await work();
  } catch (thrown) {
    if (!isNatsAway(thrown)) throw thrown;
    return fail(503, {
      message: 'It is not known whether the change was made. Look in a few seconds, and try again if it was not.',
    });
  }
}
