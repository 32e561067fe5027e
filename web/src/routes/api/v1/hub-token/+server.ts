import { json } from '@sveltejs/kit';
import { NatsAway } from '$lib/server/nats-link';
import { problemResponse, problems } from '$lib/server/problem';
import type { RequestHandler } from './$types';

/** A pass for the hub, for a page that is signed in; programs use their bearer token there. */
export const GET: RequestHandler = async ({ locals: { who, doors } }) => {
  if (who.state === 'unknown') return problems.natsAway();
  if (who.state === 'refused') return problems.badToken();
  if (who.state === 'nobody') return problemResponse(401, 'Not signed in', advice);
  if (who.session === undefined) return problemResponse(403, 'Not a page that is signed in', advice);
  try {
    return json(await doors.sessions.hubPass(who.session.id), { headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    if (error instanceof NatsAway) return problems.natsAway();
    throw error;
  }
};

const advice = 'Sign in at /sign-in first. Programs connect with their bearer token instead.';
