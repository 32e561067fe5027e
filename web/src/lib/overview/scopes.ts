import { scopeLabel } from './kpi-words';
import type { Scope } from './view';

/**
 * What the overview can be about, for whoever may see `teams`, and all of them together or not. What it is about now is among them,
 * also while teams cannot be read: no control may stand there empty.
 */
export function scopesOf(teams: readonly string[], mayAll: boolean, shown?: Scope): { scope: Scope; word: string }[] {
  const offered: Scope[] = [...(mayAll ? ['all' as const] : []), ...teams.map((team) => `team:${team}` as const)];
  const scopes = shown === undefined || offered.includes(shown) ? offered : [...offered, shown];
  return scopes.map((scope) => ({ scope, word: scopeLabel(scope, undefined) }));
}
