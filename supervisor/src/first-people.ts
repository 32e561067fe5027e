import { randomBytes } from 'node:crypto';
import type { Credentials } from '@deskwire/contracts/credentials';
import { demoKey, demoRecord } from '@deskwire/contracts/demo';
import { welcomeUrl } from '@deskwire/contracts/person-link';
import { roles, type Role } from '@deskwire/contracts/roles';
import { teamSlug } from '@deskwire/contracts/team-slug';
import { hashPassword } from '@deskwire/people/password';
import { createPeople, type NewPerson } from '@deskwire/people/people';
import { createPersonLinks } from '@deskwire/people/person-links';
import { randomPersonId } from '@deskwire/people/random-person-id';
import type { NatsConnection } from 'nats';

export interface FirstPeopleOptions {
  nc: NatsConnection;
  demo: '0' | '1';
  /** Those of the demo, as far as an earlier start made them. */
  known: Credentials['people'];
  /** Keeps passwords before anybody has them, so that a crash in between locks nobody out. */
  keep: (people: Credentials['people']) => void;
  /** Where the web app answers. */
  origin: string;
}

/**
 * Sees to it that somebody can sign in. With the demo: one account per role, unless real people are there. Without, and
 * while nobody can administer: a link that makes the first administrator. Answers the lines that say so.
 */
export async function firstPeople({ nc, demo, known, keep, origin }: FirstPeopleOptions): Promise<string[]> {
  const users = await nc.jetstream().views.kv('users');
  const open = () => Promise.resolve({ kv: users, js: nc.jetstream() });
  const people = createPeople({ open, randomId: randomPersonId, now: Date.now });
  const there = await people.list();

  if (demo === '1' && !(await isDemoGone(nc)) && there.every((person) => person.demo === true)) {
    const accounts = roles.map(
      (role) =>
        known.find((account) => account.role === role) ?? {
          role,
          email: demoPeople[role].email,
          password: newDemoPassword(),
        },
    );
    keep(accounts);
    for (const role of roles) {
      const account = accounts.find((one) => one.role === role);
      if (account === undefined || there.some(({ email }) => email === account.email)) continue;
      const password_hash = await hashPassword(account.password);
      await people.add({ ...demoPeople[role], email: account.email, role, demo: true, password_hash });
    }
    return [
      'to look around, sign in as one of the demo (also in credentials.json):',
      ...accounts.map(({ role, email, password }) => `  ${role.padEnd(7)}  ${email.padEnd(27)}  ${password}`),
    ];
  }

  const randomSecret = () => randomBytes(32).toString('base64url');
  const link = await createPersonLinks({ open, people, randomSecret, now: Date.now }).forFirstAdministrator();
  return link === undefined
    ? []
    : [
        'to make the first administrator, open this link (once, within 24 hours):',
        `  ${welcomeUrl(origin, link.secret)}`,
      ];
}

/** Whether somebody has removed the demo: its people do not come back. */
async function isDemoGone(nc: NatsConnection): Promise<boolean> {
  const entry = await (await nc.jetstream().views.kv('config')).get(demoKey);
  const record = demoRecord.safeParse(entry?.operation === 'PUT' ? entry.json() : undefined);
  return record.success && record.data.state !== 'on';
}

/** Invented; example.com is nobody's. Agent and lead are of a team of the demo's. */
const demoPeople: Record<Role, Pick<NewPerson, 'name' | 'email' | 'teams'>> = {
  agent: { name: 'Mira Halloran', email: 'demo-agent@example.com', teams: [teamSlug('Customer care')] },
  lead: { name: 'Jonas Ekström', email: 'demo-lead@example.com', teams: [teamSlug('Customer care')] },
  analyst: { name: 'Ana Ruiz', email: 'demo-analyst@example.com', teams: [] },
  admin: { name: 'Tomás Oliveira', email: 'demo-admin@example.com', teams: [] },
};

/** 96 bits: safe, and still typed by hand if need be. */
const newDemoPassword = () => randomBytes(12).toString('base64url');
