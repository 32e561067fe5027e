import { json } from '@sveltejs/kit';
import { allowed } from '$lib/server/api-access';
import { problems } from '$lib/server/problem';
import type { RequestHandler } from './$types';

/** The data flow as a whole; 503 when it cannot be read now, because an old answer would look like a new one. */
export const GET: RequestHandler = async ({ locals }) => {
  const access = allowed(locals.who, 'flow.read');
  if ('refusal' in access) return access.refusal;
  const flow = await locals.doors.readFlow();
  return flow.known ? json(flow.report, { headers: { 'cache-control': 'no-store' } }) : problems.clickHouseAway();
};
