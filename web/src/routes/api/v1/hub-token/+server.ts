import { json } from '@sveltejs/kit';
import { NatsAway } from '$lib/server/nats-link';
import { problemResponse, problems } from '$lib/server/problem';
import type { RequestHandler } from './$types';

/** A pass for the hub, for a page that is signed in; programs use their bearer token there. */
export const GET: RequestHandler = async ({ locals: { who, doors } }) => {
  if (who.state === 'unknown') return problems.natsAway();
  if (who.state !== 'signed-in' || who.sessionId === undefined) {
    return problemResponse(
      401,
      'Not signed in',
      'Sign in at /sign-in first. Programs connect with their bearer token instead.',
    );
  }
  try {
    return json(await doors.sessions.hubPass(who.sessionId), { headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    if (error instanceof NatsAway) return problems.natsAway();
    throw error;
  }
};
