import { dismissRequest } from '@deskwire/contracts/rejected';
import { allowed } from '$lib/server/api-access';
import { problems } from '$lib/server/problem';
import { readJson } from '$lib/server/read-json';
import { orRejectedProblem, settledResponse } from '$lib/server/rejected-answers';
import type { RequestHandler } from './$types';

/** Says for good that a rejected event will not be mended. For administrators. */
export const POST: RequestHandler = ({ locals: { who, doors }, params, request }) =>
  orRejectedProblem(async () => {
    const access = allowed(who, 'quarantine.mend');
    if ('refusal' in access) return access.refusal;
    const asked = dismissRequest.safeParse(await readJson(request));
    if (!asked.success)
      return problems.badRequest('Send {"reason": "<why it will never be mended>"}, in 1 to 500 characters.');
    const { user_id: user } = access.actor;
    const result = await doors.rejected.dismiss(params.name, asked.data.reason, user);
    const done = result.ok ? result.answer.sent : result.why;
    doors.log.info(
      { audit: 'quarantine.dismiss', user, rejected: params.name, done },
      'asked to dismiss a rejected event',
    );
    return settledResponse(params.name, result);
  });
