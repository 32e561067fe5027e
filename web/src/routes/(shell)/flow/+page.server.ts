import { requireFlow } from '$lib/server/require-flow';
import type { PageServerLoad } from './$types';

/** The first paint, with real figures; `flow` has no report only when none could be read since this server started. */
export const load: PageServerLoad = async ({ locals: { who, doors }, parent }) => {
  await parent();
  requireFlow(who);
  const flow = await doors.readFlow();
  return { flow: { report: flow.report, why: flow.known ? undefined : flow.why }, at: new Date().toISOString() };
};
