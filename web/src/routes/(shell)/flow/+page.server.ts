import { permissions, may } from '@deskwire/contracts/roles';
import { error } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

/** The first paint, with real figures; `flow` has no report only when none could be read since this server started. */
export const load: PageServerLoad = async ({ locals: { who, doors }, parent }) => {
  await parent();
  if (who.state !== 'signed-in' || !may(who.actor, 'flow.read')) {
    const [name, role] = who.state === 'signed-in' ? [who.name, who.actor.role] : ['nobody', 'none'];
    error(403, {
      message: `The data flow is for the roles ${permissions['flow.read'].join(' and ')}.`,
      advice: `You are signed in as ${name}, role ${role}. Ask an administrator for another role.`,
    });
  }
  const flow = await doors.readFlow();
  return { flow: { report: flow.report, why: flow.known ? undefined : flow.why }, at: new Date().toISOString() };
};
