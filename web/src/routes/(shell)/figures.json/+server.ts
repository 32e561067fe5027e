import { json } from '@sveltejs/kit';
import { readAskedView } from '$lib/overview/view';
import { askOverview } from '$lib/server/ask-overview';
import { problemResponse } from '$lib/server/problem';
import type { RequestHandler } from './$types';

/** What the overview draws, for its page alone; programs ask /api/v1/kpi. Takes the address of the page. */
export const GET: RequestHandler = async ({ locals, url }) => {
  const { view, complaint } = readAskedView(url.searchParams);
  if (complaint !== undefined) return problemResponse(400, 'The request is not valid', complaint);
  const answer = await askOverview(locals, view);
  return answer.state === 'known'
    ? json(answer.figures, { headers: { 'cache-control': 'no-store' } })
    : problemResponse(answer.status, 'No figures', answer.why);
};
