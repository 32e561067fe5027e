import { allowed } from '$lib/server/api-access';
import { orRejectedProblem, settledResponse } from '$lib/server/rejected-answers';
import type { RequestHandler } from './$types';

/** Sends the event of the request's body in place of a rejected one, once however often it is asked for. For administrators. */
export const POST: RequestHandler = ({ locals: { who, doors }, params, request }) =>
  orRejectedProblem(async () => {
    const access = allowed(who, 'quarantine.mend');
    if ('refusal' in access) return access.refusal;
    const result = await doors.rejected.mend(params.name, await request.text());
    const done = result.ok ? result.answer.sent : result.why;
    doors.log.info(
      { audit: 'quarantine.mend', user: access.actor.user_id, rejected: params.name, done },
      'asked to mend a rejected event',
    );
    return settledResponse(params.name, result);
  });
