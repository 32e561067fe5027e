import { emailAddress, landingPage, person } from '@deskwire/contracts/person';
import { linkSecret } from '@deskwire/contracts/person-link';
import { passwordProblem } from '@deskwire/people/password';
import type { OpenedLink } from '@deskwire/people/person-links';
import { fail, redirect, type RequestEvent } from '@sveltejs/kit';
import { clientAddress } from '$lib/server/client-address';
import { deviceOf } from '$lib/server/device';
import { field, secretField } from '$lib/server/field';
import { isNatsAway } from '$lib/server/nats-link';
import { sessionCookie } from '$lib/server/session-cookie';
import type { Actions } from './$types';

const gone =
  'This link does not work: it was used, is too old, or a newer one was, or who made it manages people no more. Ask an administrator for another one.';
const wait =
  'Too many failed sign-ins from this address. Wait one minute, then open your link again: this says nothing of it.';
const away = 'Your link cannot be checked at the moment. Nothing was changed: try again in a few seconds.';
const unknown =
  'It is not known whether your password was set. Try to sign in with it in a few seconds; if it is wrong, open your link again.';
const taken = 'Somebody has this e-mail address already. Nothing was changed: enter another one.';

export const actions: Actions = {
  /** What a link is for. It stays good: previews and scanners that follow links use nothing up. */
  open: async (event) => {
    const code = field(await event.request.formData(), 'code');
    const opened = await look(event, code);
    return opened.ok ? { code, link: opened.link } : fail(opened.status, { message: opened.message });
  },

  /** Sets the password and signs in; of two who use a link at once, one is refused. */
  set: async (event) => {
    const { doors, who } = event.locals;
    const form = await event.request.formData();
    const code = field(form, 'code');
    const [password, again] = [secretField(form, 'password'), secretField(form, 'again')];
    const opened = await look(event, code);
    if (!opened.ok) return fail(opened.status, { message: opened.message });
    const { link } = opened;
    const first = link.purpose === 'first-administrator' ? readFirst(form) : undefined;
    const typed = { code, link, name: field(form, 'name'), email: field(form, 'email') };
    if (first !== undefined && 'message' in first) return fail(400, { ...typed, message: first.message });
    const email = link.purpose === 'first-administrator' ? (first?.email ?? '') : link.email;
    const problem = passwordProblem(password, { email });
    if (problem !== undefined) return fail(400, { ...typed, message: problem });
    if (password !== again) return fail(400, { ...typed, message: 'The two passwords differ: type the same twice.' });
    const device = deviceOf(event.request.headers.get('user-agent'));
    const earlier = who.state === 'signed-in' ? who.session?.id : undefined;
    const used = await doors.useLink({ secret: code, password, first, device, earlier });
    if (used.state === 'unknown') return fail(503, { message: unknown });
    if (used.state === 'refused')
      return used.reason === 'email-taken' ? fail(409, { ...typed, message: taken }) : fail(409, { message: gone });
    doors.log.info({ person: used.person.id, purpose: link.purpose }, 'a password was set through a link');
    if (used.state === 'set') return { isSet: true };
    sessionCookie(event.cookies, doors.env.secure).write(used.sessionId);
    redirect(303, landingPage(used.person.role));
  },
};

type Looked = { ok: true; link: OpenedLink } | { ok: false; status: number; message: string };

/** Guesses count as failed sign-ins of their address, though 256 bits cannot be guessed. */
async function look(event: RequestEvent, code: string): Promise<Looked> {
  const { doors } = event.locals;
  const address = clientAddress(event);
  if (doors.signInLimit.blocked(address)) return { ok: false, status: 429, message: wait };
  try {
    const link = linkSecret.safeParse(code).success ? await doors.people.links.look(code) : undefined;
    if (link !== undefined) return { ok: true, link };
  } catch (error) {
    if (!isNatsAway(error)) throw error;
    return { ok: false, status: 503, message: away };
  }
  doors.signInLimit.failed(address);
  return { ok: false, status: 404, message: gone };
}

function readFirst(form: FormData): { name: string; email: string } | { message: string } {
  const name = person.shape.name.safeParse(field(form, 'name'));
  if (!name.success) return { message: 'Enter your name, in at most 100 characters.' };
  const email = emailAddress.safeParse(field(form, 'email'));
  if (!email.success) return { message: 'Enter your e-mail address, as in ana@example.com.' };
  return { name: name.data, email: email.data };
}
