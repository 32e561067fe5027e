import { emailAddress, type KeptPerson } from '@deskwire/contracts/person';
import { welcomeUrl } from '@deskwire/contracts/person-link';
import { roles } from '@deskwire/contracts/roles';
import { fail } from '@sveltejs/kit';
import { field } from '$lib/server/field';
import { ownOrigin } from '$lib/server/own-origin';
import { answering, refusalMessages, requirePeopleManager } from '$lib/server/people-answers';
import { readPersonForm, teamsField } from '$lib/server/read-person-form';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, parent }) => {
  await parent();
  requirePeopleManager({ locals, url });
  const { doors } = locals;
  const [people, teams] = await Promise.all([doors.people.people.list(), doors.knownTeams().catch(() => [])]);
  return { people: people.map(describe), teams, now: Date.now() };
};

export const actions: Actions = {
  /** Makes an account without a password, and the link with which its owner sets one. No mail is sent. */
  invite: (event) =>
    answering(async () => {
      const by = requirePeopleManager(event).user_id;
      const { request, locals } = event;
      const { doors } = locals;
      const form = await request.formData();
      const typed = { name: field(form, 'name'), role: field(form, 'role'), teams: teamsField(form) };
      const values = { ...typed, email: field(form, 'email') };
      const parsed = readPersonForm(form);
      if (!parsed.ok) return fail(400, { values, message: parsed.message });
      const email = emailAddress.safeParse(values.email);
      if (!email.success) return fail(400, { values, message: 'Enter an e-mail address, as in ana@example.com.' });
      const answer = await doors.people.people.add({ ...parsed.values, email: email.data });
      if (!answer.ok) return fail(409, { values, message: refusalMessages[answer.reason] });
      const { secret, expiresAt } = await doors.people.links.forPerson(answer.person, by);
      doors.log.info({ by, person: answer.person.id }, 'a person was invited');
      return {
        made: { name: answer.person.name, url: welcomeUrl(ownOrigin(request, doors.env.origins), secret), expiresAt },
      };
    }),
};

function describe({ id, name, email, role, teams, password_hash, disabled_at, demo }: KeptPerson) {
  return { id, name, email, role, teams, state: stateOf(), demo: demo === true };

  function stateOf(): 'disabled' | 'unknown role' | 'invited' | 'active' {
    if (disabled_at !== undefined) return 'disabled';
    if (!roles.some((known) => known === role)) return 'unknown role';
    return password_hash === undefined ? 'invited' : 'active';
  }
}
