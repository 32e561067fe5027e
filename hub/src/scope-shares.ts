import type { KpiScope } from '@deskwire/contracts/channels';
import type { HubSocket } from './hub-socket.ts';

/** More than anybody looks at, and a fifth of what all hubs follow. */
const scopesMax = 100;

type Holder = Pick<HubSocket, 'data'>;

/** Which scopes each person listens to, over all their connections: nobody can take alone what there is for all. */
export function createScopeShares(max = scopesMax) {
  const people = new Map<string, Map<Holder, Set<KpiScope>>>();
  const personOf = (socket: Holder) => socket.data.who.actor.user_id;

  return {
    /** False when it is one too many; then nothing is taken. */
    take(socket: Holder, scope: KpiScope): boolean {
      const sockets = people.get(personOf(socket)) ?? new Map<Holder, Set<KpiScope>>();
      const taken = new Set([...sockets.values()].flatMap((scopes) => [...scopes]));
      if (!taken.has(scope) && taken.size >= max) return false;
      people.set(personOf(socket), sockets.set(socket, (sockets.get(socket) ?? new Set()).add(scope)));
      return true;
    },
    holds: (socket: Holder, scope: KpiScope): boolean => people.get(personOf(socket))?.get(socket)?.has(scope) ?? false,
    /** One scope, or all of a connection. */
    drop(socket: Holder, scope?: KpiScope): void {
      const sockets = people.get(personOf(socket));
      const scopes = sockets?.get(socket);
      if (scope === undefined) scopes?.clear();
      else scopes?.delete(scope);
      if (scopes?.size === 0) sockets?.delete(socket);
      if (sockets?.size === 0) people.delete(personOf(socket));
    },
  };
}
