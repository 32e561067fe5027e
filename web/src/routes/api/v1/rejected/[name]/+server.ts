import { json } from '@sveltejs/kit';
import { allowed } from '$lib/server/api-access';
import { orRejectedProblem } from '$lib/server/rejected-answers';
import { problems } from '$lib/server/problem';
import type { RequestHandler } from './$types';

/** One rejected event with its bytes as text, for administrators; that it was read is logged. */
export const GET: RequestHandler = ({ locals: { who, doors }, params }) =>
  orRejectedProblem(async () => {
    const access = allowed(who, 'quarantine.mend');
    if ('refusal' in access) return access.refusal;
    const event = await doors.rejected.find(params.name);
    if (event === undefined) return problems.unknownRejected(params.name);
    const body = await doors.rejected.body(event);
    doors.log.info(
      { audit: 'quarantine.read', user: access.actor.user_id, rejected: event.name },
      'rejected event read',
    );
    return json({ ...event, body }, { headers: { 'cache-control': 'no-store' } });
  });
