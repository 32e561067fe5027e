import { z } from 'zod';

export const roles = ['agent', 'lead', 'analyst', 'admin'] as const;
export const role = z.enum(roles);
export type Role = z.infer<typeof role>;

/** What a person may do. One table for hub, web, workflows and the tests (DESIGN section 8). */
export const permissions = {
  'kpi.all': ['analyst', 'admin'],
  'kpi.team': ['lead', 'analyst', 'admin'],
  'flow.read': ['analyst', 'admin'],
  'queue.read': ['agent', 'lead'],
  'ticket.read': ['agent', 'lead'],
  'ticket.read-with-reason': ['admin'],
  'ticket.command': ['agent', 'lead'],
  'ticket.assign-others': ['lead'],
  'quarantine.mend': ['admin'],
  'privacy.run': ['admin'],
  'people.manage': ['admin'],
  'source.manage': ['admin'],
} as const satisfies Record<string, readonly Role[]>;
export type Permission = keyof typeof permissions;

/** Who acts: a person's session or a bearer token. `teams` empty: a lead covers all teams, an agent none. */
export const actor = z.object({ user_id: z.string().min(1), role, teams: z.array(z.string()) });
export type Actor = z.infer<typeof actor>;

export function may(who: Pick<Actor, 'role'>, permission: Permission): boolean {
  const allowed: readonly Role[] = permissions[permission];
  return allowed.includes(who.role);
}
