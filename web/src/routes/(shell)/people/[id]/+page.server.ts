import type { KeptPerson } from '@deskwire/contracts/person';
import { welcomeUrl } from '@deskwire/contracts/person-link';
import { sha256Hex } from '@deskwire/contracts/secret';
import type { People } from '@deskwire/people/people';
import { error, fail, type RequestEvent } from '@sveltejs/kit';
import { field } from '$lib/server/field';
import { ownOrigin } from '$lib/server/own-origin';
import { answering, refusalMessages, requirePeopleManager } from '$lib/server/people-answers';
import { readPersonForm } from '$lib/server/read-person-form';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals, url, parent }) => {
  await parent();
  const manager = requirePeopleManager({ locals, url });
  const { doors } = locals;
  const [kept, teams] = await Promise.all([doors.people.people.get(params.id), doors.knownTeams().catch(() => [])]);
  if (kept === undefined)
    error(404, { message: 'There is no such person.', advice: 'Look for them in the list of people.' });
  const { id, name, email, role, created_at: createdAt, disabled_at: disabledAt } = kept;
  return {
    shown: {
      id,
      name,
      email,
      role,
      teams: kept.teams,
      createdAt,
      disabledAt,
      invited: kept.password_hash === undefined,
    },
    seen: fingerprint(kept),
    sessions: await doors.sessions.list(kept),
    teams,
    now: Date.now(),
    self: manager.user_id === id,
  };
};

export const actions: Actions = {
  change: (event) =>
    answering(async () => {
      requirePeopleManager(event);
      const form = await event.request.formData();
      const parsed = readPersonForm(form);
      if (!parsed.ok) return fail(400, { message: parsed.message });
      const seen = field(form, 'seen');
      return change(event, 'changed', (one) => (fingerprint(one) === seen ? { ...one, ...parsed.values } : undefined));
    }),

  disable: (event) =>
    answering(() =>
      change(event, 'disabled', (one) => ({ ...endEverything(one), disabled_at: new Date().toISOString() })),
    ),

  enable: (event) => answering(() => change(event, 'enabled', (one) => ({ ...one, disabled_at: undefined }))),

  'sign-out': (event) => answering(() => change(event, 'signed out everywhere', endEverything)),

  end: (event) =>
    answering(async () => {
      requirePeopleManager(event);
      const form = await event.request.formData();
      await event.locals.doors.sessions.endListed(event.params.id, field(form, 'session'));
      return { done: 'The session has ended.' };
    }),

  link: (event) =>
    answering(async () => {
      const by = requirePeopleManager(event).user_id;
      const { doors } = event.locals;
      // Written as they are: that they are still there, and that their address leads to them.
      const answer = await doors.people.people.change(event.params.id, (one) => one);
      if (!answer.ok) return fail(409, { message: refusalMessages[answer.reason] });
      const { secret, expiresAt } = await doors.people.links.forPerson(answer.person, by);
      doors.log.info({ by, person: event.params.id }, 'a link to set a password was made');
      const url = welcomeUrl(ownOrigin(event.request, doors.env.origins), secret);
      return { made: { name: answer.person.name, url, expiresAt } };
    }),
};

/** A new generation: every session and link of the person is over with the write. */
const endEverything = (one: KeptPerson): KeptPerson => ({ ...one, generation: one.generation + 1 });

/** What the form shows of somebody: two administrators at once must not undo each other's change unseen. */
const fingerprint = ({ name, role, teams }: KeptPerson) => sha256Hex(JSON.stringify([name, role, teams]));

async function change(event: RequestEvent<{ id: string }>, what: string, to: Parameters<People['change']>[1]) {
  const by = requirePeopleManager(event).user_id;
  const { params, locals } = event;
  const { doors } = locals;
  const before = await doors.people.people.get(params.id);
  const answer = await doors.people.people.change(params.id, to);
  if (!answer.ok) return fail(409, { message: refusalMessages[answer.reason] });
  if (answer.person.generation !== before?.generation) await doors.sessions.endAllOf(params.id);
  doors.log.info({ by, person: params.id, what }, 'a person was changed');
  return { done: `${answer.person.name}: ${what}.` };
}
