import { permissions, may } from '@deskwire/contracts/roles';
import { error, redirect } from '@sveltejs/kit';
import { isTheme, type Theme } from '$lib/theme';
import type { PageServerLoad } from './$types';

/** The first paint, with real figures; `flow` has no report only when none could be read since this server started. */
export const load: PageServerLoad = async ({ locals: { who, doors }, cookies }) => {
  if (who.state === 'unknown') {
    error(503, {
      message: 'Your sign-in cannot be checked at the moment.',
      advice: 'NATS does not answer. Events are kept at their sources until it does; this page works again then.',
    });
  }
  if (who.state !== 'signed-in') redirect(303, '/sign-in');
  if (!may(who.actor, 'flow.read')) {
    error(403, {
      message: `The data flow is for the roles ${permissions['flow.read'].join(' and ')}.`,
      advice: `You are signed in as ${who.name}, role ${who.actor.role}. Ask an administrator for a token with another role.`,
    });
  }
  const flow = await doors.readFlow();
  const theme = cookies.get('theme');
  const shown: Theme = isTheme(theme) ? theme : 'system';
  return {
    flow: { report: flow.report, why: flow.known ? undefined : flow.why },
    at: new Date().toISOString(),
    zone: doors.env.TIME_ZONE,
    hubPort: doors.env.HUB_PORT,
    theme: shown,
    person: { name: who.name, role: who.actor.role },
  };
};
