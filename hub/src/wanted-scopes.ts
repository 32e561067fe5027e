import type { KpiScope } from '@deskwire/contracts/channels';
import type { KpiWanted } from '@deskwire/contracts/kpi';
import type { Clock } from './clock.ts';

/** A hub that has not said for three times as long as it should what it wants is gone. */
const forgetMs = 6_000;
/** All hubs together: a desk has few teams, and a frame is made for each of these. */
const scopesMax = 500;

/** Which scopes the hubs have listeners for: every hub keeps the list, so that each can take over at once. */
export function createWantedScopes({
  hub,
  tell,
  onChange,
  clock,
}: {
  /** Of this process alone. */
  hub: string;
  tell: (message: KpiWanted) => void;
  onChange: (scopes: ReadonlySet<KpiScope>) => void;
  clock: Pick<Clock, 'monotonic'>;
}) {
  const own = new Set<KpiScope>();
  const others = new Map<string, { scopes: KpiScope[]; at: number }>();
  let before = '';

  function look(): void {
    for (const [name, { at }] of others) if (clock.monotonic() - at > forgetMs) others.delete(name);
    const all = new Set<KpiScope>(own);
    for (const { scopes } of others.values()) for (const scope of scopes) all.add(scope);
    const kept = [...all].slice(0, scopesMax).sort();
    const text = kept.join('\n');
    if (text === before) return;
    before = text;
    onChange(new Set(kept));
  }

  return {
    /** False when this hub has as many as it may. */
    set: (scope: KpiScope, on: boolean): boolean => {
      if (own.has(scope) === on) return true;
      if (on && own.size >= scopesMax) return false;
      if (on) own.add(scope);
      else own.delete(scope);
      tell({ hub, scopes: [...own] });
      look();
      return true;
    },
    heard({ hub: from, scopes }: KpiWanted): void {
      if (from === hub) return;
      if (scopes.length === 0) others.delete(from);
      else others.set(from, { scopes, at: clock.monotonic() });
      look();
    },
    /** Every 2 s: says again what is wanted here, and forgets hubs that no longer do. */
    renew: (): void => {
      if (own.size > 0) tell({ hub, scopes: [...own] });
      look();
    },
  };
}
