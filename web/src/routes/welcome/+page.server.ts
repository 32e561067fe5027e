import { emailAddress, landingPage, person, type Person } from '@deskwire/contracts/person';
import { linkSecret } from '@deskwire/contracts/person-link';
import { hashPassword, passwordProblem } from '@deskwire/people/password';
import type { OpenedLink } from '@deskwire/people/person-links';
import { fail, redirect, type RequestEvent } from '@sveltejs/kit';
import { deviceOf } from '$lib/server/device';
import { field, secretField } from '$lib/server/field';
import { isNatsAway } from '$lib/server/nats-link';
import { sessionCookie } from '$lib/server/session-cookie';
import type { Actions } from './$types';

const gone =
  'This link does not work: it was used, is too old, or a newer one was. Ask an administrator for another one.';
const away =
  'The link cannot be checked, because NATS does not answer. Nothing was changed: try again in a few seconds.';

export const actions: Actions = {
  /** What a link is for. It stays good: previews and scanners that follow links use nothing up. */
  open: async (event) => {
    const code = field(await event.request.formData(), 'code');
    return answering(async () => {
      const link = await look(event, code);
      return link === undefined ? fail(404, { message: gone }) : { code, link };
    });
  },

  /** Sets the password and signs in; of two who use a link at once, one is refused. */
  set: async (event) => {
    const { doors } = event.locals;
    const form = await event.request.formData();
    const code = field(form, 'code');
    const [password, again] = [secretField(form, 'password'), secretField(form, 'again')];
    let made: Person;
    const refused = await answering(async () => {
      const link = await look(event, code);
      if (link === undefined) return fail(404, { message: gone });
      const first = link.purpose === 'first-administrator' ? readFirst(form) : undefined;
      const typed = { code, link, name: field(form, 'name'), email: field(form, 'email') };
      if (first !== undefined && 'message' in first) return fail(400, { ...typed, message: first.message });
      const email = link.purpose === 'first-administrator' ? (first?.email ?? '') : link.email;
      const problem = passwordProblem(password, { email });
      if (problem !== undefined) return fail(400, { ...typed, message: problem });
      if (password !== again) return fail(400, { ...typed, message: 'The two passwords differ: type the same twice.' });
      const answer = await doors.people.links.use(code, await hashPassword(password), first);
      if (!answer.ok) return fail(409, { message: gone });
      made = answer.person;
      await doors.sessions.endAllOf(made.id);
      const device = deviceOf(event.request.headers.get('user-agent'));
      sessionCookie(event.cookies, doors.env.secure).write(await doors.sessions.startForPerson(made, device));
      doors.log.info({ person: made.id, purpose: link.purpose }, 'a password was set through a link');
      redirect(303, landingPage(made.role));
    });
    return refused;
  },
};

/** Guesses count as failed sign-ins of their address, though 256 bits cannot be guessed. */
async function look(
  { locals: { doors }, getClientAddress }: RequestEvent,
  code: string,
): Promise<OpenedLink | undefined> {
  const address = getClientAddress();
  if (doors.signInLimit.blocked(address)) return undefined;
  const link = linkSecret.safeParse(code).success ? await doors.people.links.look(code) : undefined;
  if (link === undefined) doors.signInLimit.failed(address);
  return link;
}

function readFirst(form: FormData): { name: string; email: string } | { message: string } {
  const name = person.shape.name.safeParse(field(form, 'name'));
  if (!name.success) return { message: 'Enter your name, in at most 100 characters.' };
  const email = emailAddress.safeParse(field(form, 'email'));
  if (!email.success) return { message: 'Enter your e-mail address, as in ana@example.com.' };
  return { name: name.data, email: email.data };
}

async function answering<Answer>(work: () => Promise<Answer>) {
  try {
    return await work();
  } catch (error) {
    if (!isNatsAway(error)) throw error;
    return fail(503, { message: away });
  }
}
