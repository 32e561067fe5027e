import { emailAddress } from '@deskwire/contracts/person';
import { hashPassword, passwordProblem } from '@deskwire/people/password';
import { sha256Hex } from '@deskwire/contracts/secret';
import { fail, redirect, type RequestEvent } from '@sveltejs/kit';
import { beginAgain } from '$lib/server/begin-again';
import { clientAddress } from '$lib/server/client-address';
import { deviceOf } from '$lib/server/device';
import { field, secretField } from '$lib/server/field';
import { signInFor } from '$lib/server/own-place';
import { answering, refusalMessages } from '$lib/server/people-answers';
import { requireSignedIn } from '$lib/server/require-signed-in';
import { sessionCookie } from '$lib/server/session-cookie';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { who, doors }, parent }) => {
  await parent();
  if (who.state !== 'signed-in') throw new Error('the shell is for people who are signed in');
  const { actor, email } = who;
  const kept = email === undefined ? undefined : await doors.people.people.get(actor.user_id);
  return {
    account: { name: who.name, email, role: actor.role, teams: actor.teams },
    sessions: kept === undefined ? [] : await doors.sessions.list(kept),
    now: Date.now(),
    current: who.session === undefined ? undefined : sha256Hex(who.session.id),
  };
};

export const actions: Actions = {
  password: (event) =>
    answering(async () => {
      const { doors } = event.locals;
      const me = self(event);
      if (me === undefined) return fail(403, { message: tokenHasNoPassword });
      const form = await event.request.formData();
      const [current, password, again] = [
        secretField(form, 'current'),
        secretField(form, 'password'),
        secretField(form, 'again'),
      ];
      const proven = await doors.signInWithPassword(me.email, current, clientAddress(event));
      if (!proven.ok) {
        const wait = proven.reason.startsWith('too-many');
        return fail(wait ? 429 : 400, {
          message: wait
            ? 'Too many wrong passwords. Wait five minutes, then try again.'
            : 'The current password is wrong.',
        });
      }
      const problem = passwordProblem(password, { email: emailAddress.parse(me.email) });
      if (problem !== undefined) return fail(400, { message: problem });
      if (password !== again) return fail(400, { message: 'The two new passwords differ: type the same twice.' });
      const password_hash = await hashPassword(password);
      return begin(event, me, password_hash, 'Your password is changed, and every other session of yours has ended.');
    }),

  elsewhere: (event) =>
    answering(async () => {
      const me = self(event);
      if (me === undefined) return fail(403, { message: tokenHasNoPassword });
      return begin(event, me, undefined, 'You are signed out everywhere else.');
    }),

  end: (event) =>
    answering(async () => {
      const me = self(event);
      if (me === undefined) return fail(403, { message: tokenHasNoPassword });
      await event.locals.doors.sessions.endListed(me.id, field(await event.request.formData(), 'session'));
      return { done: 'The session has ended.' };
    }),
};

const tokenHasNoPassword = 'You are signed in with an access token: it has no password and no other sessions.';

interface Self {
  id: string;
  email: string;
  generation: number;
  createdAt: string;
}

/** Who sends a form of this page; undefined for an access token. */
function self(event: RequestEvent): Self | undefined {
  const { actor, email, session } = requireSignedIn(event);
  if (email === undefined || session?.generation === undefined) return undefined;
  return { id: actor.user_id, email, generation: session.generation, createdAt: session.createdAt };
}

/** Ends every session that there is, and goes on here in a new one. */
async function begin(event: RequestEvent, me: Self, password_hash: string | undefined, done: string) {
  const { doors } = event.locals;
  const device = deviceOf(event.request.headers.get('user-agent'));
  const begun = await beginAgain(
    { people: doors.people.people, sessions: doors.sessions },
    { me, password_hash, device },
  );
  // This session has ended since the form was sent.
  if (!begun.ok && begun.reason === 'changed-meanwhile') redirect(303, signInFor({ pathname: '/account', search: '' }));
  if (!begun.ok) return fail(409, { message: refusalMessages[begun.reason] });
  sessionCookie(event.cookies, doors.env.secure).write(begun.sessionId);
  // The page that answers is painted for the new session.
  event.locals.who = await doors.identify.bySession(begun.sessionId);
  return { done };
}
