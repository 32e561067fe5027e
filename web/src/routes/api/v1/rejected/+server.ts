import { readQuery } from '@deskwire/contracts/kpi-request';
import { rejectedRequest } from '@deskwire/contracts/rejected';
import { json } from '@sveltejs/kit';
import { allowed } from '$lib/server/api-access';
import { orProblem } from '$lib/server/kpi-question';
import { problems } from '$lib/server/problem';
import { readRejectedCursor, writeRejectedCursor } from '$lib/server/rejected-cursor';
import type { RequestHandler } from './$types';

/** Rejected events, newest first, page by page: nothing of what they say. */
export const GET: RequestHandler = ({ locals: { who, doors }, url }) =>
  orProblem(async () => {
    const access = allowed(who, 'flow.read');
    if ('refusal' in access) return access.refusal;
    const request = readQuery(rejectedRequest, url.searchParams);
    if (!request.ok) return problems.badRequest(request.detail);
    const { cursor, ...asked } = request.value;
    const before = cursor === undefined ? undefined : readRejectedCursor(cursor);
    if (cursor !== undefined && before === undefined)
      return problems.badRequest('"cursor" is not one that this server made: take "next" of the page before.');
    const { events, next } = await doors.rejected.list({ ...asked, before });
    const page = { events, next: next === null ? null : writeRejectedCursor(next) };
    return json(page, { headers: { 'cache-control': 'no-store' } });
  });
