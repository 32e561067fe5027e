import { json } from '@sveltejs/kit';
import { allowed } from '$lib/server/api-access';
import { isNatsAway } from '$lib/server/nats-link';
import { problems } from '$lib/server/problem';
import type { RequestHandler } from './$types';

/** The newest alerts, for the bell of our own pages; whoever may see the data flow may see what went wrong with it. */
export const GET: RequestHandler = async ({ locals }) => {
  const access = allowed(locals.who, 'flow.read');
  if ('refusal' in access) return access.refusal;
  try {
    const alerts = await locals.doors.alerts.newest();
    return json({ at: new Date().toISOString(), alerts }, { headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    if (isNatsAway(error)) return problems.natsAway();
    throw error;
  }
};
