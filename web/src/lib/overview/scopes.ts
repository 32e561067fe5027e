import { teamLabel } from './kpi-words';
import type { Scope } from './view';

/** What the overview can be about, for whoever may see `teams`, and all of them together or not. */
export function scopesOf(teams: readonly string[], mayAll: boolean): { scope: Scope; word: string }[] {
  return [
    ...(mayAll ? [{ scope: 'all' as const, word: 'All teams' }] : []),
    ...teams.map((team) => ({ scope: `team:${team}` as const, word: teamLabel(team) })),
  ];
}
