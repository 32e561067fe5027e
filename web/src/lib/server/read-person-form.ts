import { person, type Person } from '@deskwire/contracts/person';
import { teamSlug } from '@deskwire/contracts/team-slug';
import { field } from './field';

export type PersonForm = { ok: true; values: Pick<Person, 'name' | 'role' | 'teams'> } | { ok: false; message: string };

/** As long as they are: a lead without teams leads all, so too many are never read as none. */
export const teamsField = (form: FormData) => field(form, 'teams', Infinity);

/** Name, role and teams as an administrator typed them; teams as names or ids with commas between. */
export function readPersonForm(form: FormData): PersonForm {
  const name = person.shape.name.safeParse(field(form, 'name'));
  if (!name.success) return { ok: false, message: 'Enter a name, in at most 100 characters.' };
  const role = person.shape.role.safeParse(field(form, 'role'));
  if (!role.success) return { ok: false, message: 'Choose a role.' };
  const typed = teamsField(form)
    .split(',')
    .map((team) => team.trim());
  const teams = [...new Set(typed.filter((team) => team !== '').map(teamSlug))];
  const checked = person.shape.teams.safeParse(teams);
  if (!checked.success) return { ok: false, message: 'Name at most 100 teams, each in at most 200 characters.' };
  if (role.data === 'agent' && teams.length === 0) {
    return { ok: false, message: 'Name at least one team: an agent sees the tickets of their own teams only.' };
  }
  return { ok: true, values: { name: name.data, role: role.data, teams: checked.data } };
}
