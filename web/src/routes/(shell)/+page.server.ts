import { may, permissions } from '@deskwire/contracts/roles';
import { error } from '@sveltejs/kit';
import { readAskedView } from '$lib/overview/view';
import { askOverview, widestScope } from '$lib/server/ask-overview';
import { reportBeside } from '$lib/server/flow-door';
import type { PageServerLoad } from './$types';

/** The first paint, with real numbers. What cannot be answered is said in place of them. */
export const load: PageServerLoad = async ({ locals, url, parent }) => {
  await parent();
  const { who, doors } = locals;
  if (who.state !== 'signed-in' || !may(who.actor, 'kpi.team')) {
    const [name, role] = who.state === 'signed-in' ? [who.name, who.actor.role] : ['nobody', 'none'];
    error(403, {
      message: `The overview is for the roles ${permissions['kpi.team'].join(', ')}.`,
      advice: `You are signed in as ${name}, role ${role}. The desk of agents is not built yet; the HTTP API answers for tickets.`,
    });
  }
  const { view, complaint } = readAskedView(url.searchParams);
  const mayAll = may(who.actor, 'kpi.all') || who.actor.teams.length === 0;
  const [answer, flow, teams] = await Promise.all([
    askOverview(locals, view),
    may(who.actor, 'flow.read') ? doors.readFlow() : undefined,
    mayAll ? doors.knownTeams().catch(() => []) : who.actor.teams,
  ]);
  return {
    scope: view.scope ?? widestScope(locals),
    range: view.range,
    priority: view.priority,
    complaint,
    answer,
    flow: flow === undefined ? undefined : reportBeside(answer, flow),
    teams,
    mayAll,
    at: new Date().toISOString(),
  };
};
