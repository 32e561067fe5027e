import { retireRequest } from '@deskwire/contracts/retirement';
import { json } from '@sveltejs/kit';
import { allowed } from '$lib/server/api-access';
import { problemResponse, problems } from '$lib/server/problem';
import { readJson } from '$lib/server/read-json';
import { orRejectedProblem, publishRefused } from '$lib/server/rejected-answers';
import type { RequestHandler } from './$types';

/** Says of a silent source that no more will come: its silence makes no figure unknown any more. For administrators. */
export const POST: RequestHandler = ({ locals: { who, doors }, request }) =>
  orRejectedProblem(async () => {
    const access = allowed(who, 'source.manage');
    if ('refusal' in access) return access.refusal;
    const asked = retireRequest.safeParse(await readJson(request));
    if (!asked.success) return problems.badRequest('Send {"source": "<a source as GET /api/v1/flow names it>"}.');
    const { source } = asked.data;
    const result = await doors.retire(source);
    const done = result.ok ? result.answer.sent : result.why;
    doors.log.info({ audit: 'source.retire', user: access.actor.user_id, source, done }, 'asked to retire a source');
    if (result.ok) return json(result.answer, { headers: { 'cache-control': 'no-store' } });
    switch (result.why) {
      case 'unknown':
        return problems.unknownSource(source);
      case 'clickhouse-away':
        return problems.clickHouseAway();
      case 'speaks':
        return problemResponse(
          409,
          'The source is not silent',
          `"${source}" is ${result.state}: only a source whose heartbeats have stopped is retired. Nothing was sent.`,
        );
      case 'refused':
        return publishRefused(result.refused);
      default:
        return result satisfies never;
    }
  });
