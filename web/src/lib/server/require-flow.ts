import { may, permissions, type Actor } from '@deskwire/contracts/roles';
import { error } from '@sveltejs/kit';
import type { Who } from '../../app';

/** Who asks for a page of the data flow; anybody else is sent away with what they may do. */
export function requireFlow(who: Who): Actor {
  if (who.state === 'signed-in' && may(who.actor, 'flow.read')) return who.actor;
  const [name, role] = who.state === 'signed-in' ? [who.name, who.actor.role] : ['nobody', 'none'];
  error(403, {
    message: `The data flow is for the roles ${permissions['flow.read'].join(' and ')}.`,
    advice: `You are signed in as ${name}, role ${role}. Ask an administrator for another role.`,
  });
}
