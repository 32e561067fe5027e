import { may } from '@deskwire/contracts/roles';
import { requireFlow } from '$lib/server/require-flow';
import type { PageServerLoad } from './$types';

/** The first paint, with real figures; `flow` has no report only when none could be read since this server started. */
export const load: PageServerLoad = async ({ locals: { who, doors }, parent }) => {
  await parent();
  const actor = requireFlow(who);
  const flow = await doors.readFlow();
  return {
    flow: { report: flow.report, why: flow.known ? undefined : flow.why },
    mayRetire: may(actor, 'source.manage'),
    at: new Date().toISOString(),
  };
};
