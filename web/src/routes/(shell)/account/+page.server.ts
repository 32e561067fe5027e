import { emailAddress } from '@deskwire/contracts/person';
import { hashPassword, passwordProblem } from '@deskwire/people/password';
import { sha256Hex } from '@deskwire/contracts/secret';
import { fail, type RequestEvent } from '@sveltejs/kit';
import { deviceOf } from '$lib/server/device';
import { field, secretField } from '$lib/server/field';
import { answering, refusalMessages } from '$lib/server/people-answers';
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
    current: who.sessionId === undefined ? undefined : sha256Hex(who.sessionId),
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
      const proven = await doors.signInWithPassword(me.email, current, event.getClientAddress());
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
      return begin(event, password_hash, 'Your password is changed, and every other session of yours has ended.');
    }),

  elsewhere: (event) => answering(() => begin(event, undefined, 'You are signed out everywhere else.')),

  end: (event) =>
    answering(async () => {
      const me = self(event);
      if (me === undefined) return fail(403, { message: tokenHasNoPassword });
      await event.locals.doors.sessions.endListed(me.id, field(await event.request.formData(), 'session'));
      return { done: 'The session has ended.' };
    }),
};

const tokenHasNoPassword = 'You are signed in with an access token: it has no password and no other sessions.';

function self({ locals: { who } }: RequestEvent): { id: string; email: string } | undefined {
  return who.state === 'signed-in' && who.email !== undefined ? { id: who.actor.user_id, email: who.email } : undefined;
}

/** Ends every session that there is with one write, and goes on here in a new one. */
async function begin(event: RequestEvent, password_hash: string | undefined, done: string) {
  const { doors } = event.locals;
  const me = self(event);
  if (me === undefined) return fail(403, { message: tokenHasNoPassword });
  const answer = await doors.people.people.change(me.id, (one) => ({
    ...one,
    generation: one.generation + 1,
    password_hash: password_hash ?? one.password_hash,
  }));
  if (!answer.ok) return fail(409, { message: refusalMessages[answer.reason] });
  await doors.sessions.endAllOf(me.id);
  const device = deviceOf(event.request.headers.get('user-agent'));
  const sessionId = await doors.sessions.startForPerson(answer.person, device);
  sessionCookie(event.cookies, doors.env.secure).write(sessionId);
  // The page that answers is painted for the new session.
  const { who } = event.locals;
  if (who.state === 'signed-in') event.locals.who = { ...who, sessionId };
  return { done };
}
