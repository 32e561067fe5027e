import { may, type Actor } from './roles.ts';

/** A hub channel, parsed. Names are made here and nowhere else. */
export type Channel =
  | { kind: 'flow' }
  | { kind: 'kpi'; scope: 'all' | { team: string } }
  | { kind: 'queue'; team: string }
  | { kind: 'mine' }
  | { kind: 'ticket'; id: string };

export const channels = {
  flow: 'flow',
  mine: 'mine',
  kpi: (scope: KpiScope) => `kpi:${scope}`,
  queue: (team: string) => `queue:${team}`,
  ticket: (id: string) => `ticket:${id}`,
} as const;

/** Whose figures: everybody's, or those of the team with this slug. */
export type KpiScope = 'all' | `team:${string}`;

export const kpiScopeOf = ({ scope }: Extract<Channel, { kind: 'kpi' }>): KpiScope =>
  scope === 'all' ? scope : `team:${scope.team}`;

/** Undefined when there is no such channel. */
export function parseChannel(name: string): Channel | undefined {
  if (name === 'flow' || name === 'mine') return { kind: name };
  if (name === 'kpi:all') return { kind: 'kpi', scope: 'all' };
  // A team is known by its slug: any other name would be followed for nothing.
  const [, team] = /^kpi:team:([\w-]{1,700})$/.exec(name) ?? [];
  if (team !== undefined) return { kind: 'kpi', scope: { team } };
  const [, kind, rest] = /^(queue|ticket):(.{1,700})$/u.exec(name) ?? [];
  if (kind === undefined || rest === undefined) return undefined;
  return kind === 'queue' ? { kind, team: rest } : { kind: 'ticket', id: rest };
}

/** Whether a person may listen to a channel at all; a ticket's own team is checked where the ticket is known. */
export function mayListen(who: Actor, channel: Channel): boolean {
  switch (channel.kind) {
    case 'flow':
      return may(who, 'flow.read');
    case 'kpi':
      if (may(who, 'kpi.all')) return true;
      return (
        may(who, 'kpi.team') && (channel.scope === 'all' ? who.teams.length === 0 : coversTeam(who, channel.scope.team))
      );
    case 'queue':
      return may(who, 'queue.read') && coversTeam(who, channel.team);
    case 'mine':
      return may(who, 'queue.read');
    case 'ticket':
      return may(who, 'ticket.read');
    default:
      return channel satisfies never;
  }
}

/** A lead without teams covers all of them, as analysts and administrators do; an agent covers only their own. */
export function coversTeam(who: Actor, team: string): boolean {
  return who.teams.includes(team) || (who.role !== 'agent' && who.teams.length === 0);
}
