import { parseBearer } from '@deskwire/contracts/access-token';
import { landingPage } from '@deskwire/contracts/person';
import type { Role } from '@deskwire/contracts/roles';
import { fail, redirect, type RequestEvent } from '@sveltejs/kit';
import { clientAddress } from '$lib/server/client-address';
import { deviceOf } from '$lib/server/device';
import { field, secretField } from '$lib/server/field';
import { isNatsAway } from '$lib/server/nats-link';
import { ownPlace } from '$lib/server/own-place';
import { sessionCookie } from '$lib/server/session-cookie';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { who, doors }, url }) => {
  const to = ownPlace(url.searchParams.get('to'));
  if (who.state === 'signed-in') redirect(303, to ?? landingPage(who.actor.role));
  return { byToken: url.searchParams.get('with') === 'token', anybody: await isAnybodyThere(doors), to };
};

export const actions: Actions = {
  /** Takes secrets from a form, never from the address: addresses are kept in histories and logs. */
  in: async (event) => {
    const form = await event.request.formData();
    const byToken = form.has('token');
    const email = field(form, 'email');
    const to = ownPlace(field(form, 'to'));
    let role: Role;
    try {
      const judged = byToken ? await judgeToken(event, field(form, 'token')) : await judgePassword(event, form);
      if (!judged.ok) return fail(judged.status, { message: judged.message, byToken, email, to });
      role = judged.role;
    } catch (error) {
      if (!isNatsAway(error)) throw error;
      const what = byToken ? 'token' : 'password';
      const message = `Your ${what} cannot be checked at the moment, right or wrong. Try again in a few seconds.`;
      return fail(503, { message, byToken, email, to });
    }
    redirect(303, to ?? landingPage(role));
  },

  out: async ({ cookies, locals: { who, doors } }) => {
    // Neither can be told without NATS: who it is, and that it is over.
    if (who.state === 'unknown') return notEnded();
    try {
      if (who.state === 'signed-in' && who.session !== undefined) await doors.sessions.end(who.session.id);
    } catch (error) {
      if (!isNatsAway(error)) throw error;
      return notEnded();
    }
    sessionCookie(cookies, doors.env.secure).clear();
    redirect(303, '/sign-in');
  },
};

const notEnded = () =>
  fail(503, {
    message: 'You are still signed in: this session cannot be ended at the moment. Try again in a few seconds.',
    ...{ byToken: false, email: '', to: undefined },
  });

type Judged = { ok: true; role: Role } | { ok: false; status: number; message: string };

async function judgeToken(event: RequestEvent, token: string): Promise<Judged> {
  const { doors } = event.locals;
  const address = clientAddress(event);
  if (token === '') return { ok: false, status: 400, message: 'Paste an access token.' };
  if (doors.signInLimit.blocked(address)) return { ok: false, status: 429, message: tooManyFromAddress };
  const checked = await doors.identify.byBearer(token);
  if (checked.ok) {
    await begin(event, () => doors.sessions.startForToken(checked.token.id));
    return { ok: true, role: checked.token.role };
  }
  doors.signInLimit.failed(address);
  doors.metrics.refused.inc();
  if (checked.reason !== 'unknown-role') {
    return { ok: false, status: 401, message: 'This token is not valid: it was mistyped or revoked.' };
  }
  doors.alertUnknownRole({ kind: 'token', id: parseBearer(token)?.id ?? '' });
  return {
    ok: false,
    status: 403,
    message: 'The role of this token does not exist. An administrator has been told.',
  };
}

async function judgePassword(event: RequestEvent, form: FormData): Promise<Judged> {
  const { doors } = event.locals;
  const [email, password] = [field(form, 'email'), secretField(form, 'password')];
  if (email === '' || password === '') {
    return { ok: false, status: 400, message: 'Enter your e-mail address and your password.' };
  }
  const result = await doors.signInWithPassword(email, password, clientAddress(event));
  if (result.ok) {
    const device = deviceOf(event.request.headers.get('user-agent'));
    await begin(event, () => doors.sessions.startForPerson(result.person, device));
    return { ok: true, role: result.person.role };
  }
  doors.metrics.refused.inc();
  switch (result.reason) {
    case 'wrong':
      return { ok: false, status: 401, message: 'E-mail address or password is wrong.' };
    case 'disabled':
      return { ok: false, status: 403, message: 'This account is disabled. Ask an administrator to enable it.' };
    case 'unknown-role':
      return {
        ok: false,
        status: 403,
        message: 'The role of this account does not exist. An administrator has been told.',
      };
    case 'too-many-from-address':
      return { ok: false, status: 429, message: tooManyFromAddress };
    case 'too-many-for-account':
      return {
        ok: false,
        status: 429,
        message: 'Too many wrong passwords for this account. Wait five minutes, then try again.',
      };
    default:
      return result.reason satisfies never;
  }
}

const tooManyFromAddress = 'Too many failed sign-ins from this address. Wait one minute, then try again.';

/** A new session with each sign-in, and none left behind: an id planted before it is worth nothing after. */
async function begin({ cookies, locals: { who, doors } }: RequestEvent, start: () => Promise<string>): Promise<void> {
  if (who.state === 'signed-in' && who.session !== undefined) await doors.sessions.end(who.session.id);
  sessionCookie(cookies, doors.env.secure).write(await start());
}

/** Where nobody has an account the page asks for a token first; while NATS is away it does not matter which. */
async function isAnybodyThere({ people }: App.Locals['doors']): Promise<boolean> {
  try {
    return await people.isAnybodyThere();
  } catch (error) {
    if (!isNatsAway(error)) throw error;
    return true;
  }
}
