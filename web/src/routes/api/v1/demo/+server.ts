import { json } from '@sveltejs/kit';
import { NatsAway } from '$lib/server/nats-link';
import { problems } from '$lib/server/problem';
import type { RequestHandler } from './$types';

/** Whether simulated data is here: for everybody who is signed in, since it says how far figures can be trusted. */
export const GET: RequestHandler = async ({ locals: { who, doors } }) => {
  if (who.state === 'unknown') return problems.natsAway();
  if (who.state !== 'signed-in') return who.state === 'refused' ? problems.badToken() : problems.noToken();
  try {
    return json(await doors.demo.state(), { headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    if (error instanceof NatsAway) return problems.natsAway();
    throw error;
  }
};
