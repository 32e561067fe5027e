import { permissions, type Actor, type Permission, may } from '@deskwire/contracts/roles';
import type { Who } from '../../app';
import { problems } from './problem';

/** The actor of an API request who may do it, or the problem to answer with. */
export function allowed(who: Who, permission: Permission): { actor: Actor } | { refusal: Response } {
  switch (who.state) {
    case 'nobody':
      return { refusal: problems.noToken() };
    case 'refused':
      return { refusal: problems.badToken() };
    case 'unknown':
      return { refusal: problems.natsAway() };
    case 'signed-in':
      return may(who.actor, permission)
        ? { actor: who.actor }
        : { refusal: problems.forbidden(who.actor.role, permissions[permission]) };
    default:
      return who satisfies never;
  }
}
