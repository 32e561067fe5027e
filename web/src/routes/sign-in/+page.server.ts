import { fail, redirect } from '@sveltejs/kit';
import { parseBearer } from '@deskwire/contracts/access-token';
import { NatsAway } from '$lib/server/nats-link';
import { sessionCookie } from '$lib/server/session-cookie';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => {
  if (locals.who.state === 'signed-in') redirect(303, '/');
};

export const actions: Actions = {
  /** Takes an access token from a form, never from the address: addresses are kept in histories and logs. */
  in: async ({ request, cookies, locals: { doors, who }, getClientAddress }) => {
    const address = getClientAddress();
    const given = (await request.formData()).get('token');
    const token = typeof given === 'string' ? given.trim() : '';
    if (token === '') return fail(400, { message: 'Paste an access token.' });
    if (doors.signInLimit.blocked(address)) {
      return fail(429, { message: 'Too many failed sign-ins from this address. Wait one minute, then try again.' });
    }
    try {
      const checked = await doors.identify.byBearer(token);
      if (!checked.ok) {
        doors.signInLimit.failed(address);
        doors.metrics.refused.inc();
        if (checked.reason !== 'unknown-role') {
          return fail(401, { message: 'This token is not valid: it was mistyped or revoked.' });
        }
        doors.alertUnknownRole(parseBearer(token)?.id ?? '');
        return fail(403, { message: 'The role of this token does not exist. An administrator has been told.' });
      }
      // A new session with each sign-in, and none left behind: an id planted before it is worth nothing after.
      if (who.state === 'signed-in' && who.sessionId !== undefined) await doors.sessions.end(who.sessionId);
      sessionCookie(cookies, doors.env.secure).write(await doors.sessions.start(checked.token.id));
    } catch (error) {
      if (!(error instanceof NatsAway)) throw error;
      return fail(503, {
        message: 'The token cannot be checked, because NATS does not answer. Try again in a few seconds.',
      });
    }
    redirect(303, '/');
  },

  out: async ({ cookies, locals: { who, doors } }) => {
    try {
      if (who.state === 'signed-in' && who.sessionId !== undefined) await doors.sessions.end(who.sessionId);
    } catch (error) {
      if (!(error instanceof NatsAway)) throw error;
      return fail(503, {
        message: 'The session cannot be ended, because NATS does not answer. You are still signed in.',
      });
    }
    sessionCookie(cookies, doors.env.secure).clear();
    redirect(303, '/sign-in');
  },
};
