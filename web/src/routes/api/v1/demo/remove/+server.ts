import { json } from '@sveltejs/kit';
import { allowed } from '$lib/server/api-access';
import { NatsAway } from '$lib/server/nats-link';
import { problemResponse, problems } from '$lib/server/problem';
import type { RequestHandler } from './$types';

/** Has the demo removed, for administrators. Answered at once with 202; `GET /api/v1/demo` says when it is done. */
export const POST: RequestHandler = async ({ locals: { who, doors } }) => {
  const access = allowed(who, 'source.manage');
  if ('refusal' in access) return access.refusal;
  try {
    const answer = await doors.demo.remove();
    if (answer === 'nobody-left') return problemResponse(409, 'Nobody would be left', nobodyLeft);
    if (answer === 'not-running') return problemResponse(409, 'The demo does not run here', notRunning);
    doors.log.info({ by: access.actor.user_id, state: answer.state }, 'asked to remove the demo');
    return json(answer, { status: answer.state === 'removing' ? 202 : 200, headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    if (error instanceof NatsAway) return problems.natsAway();
    throw error;
  }
};

const nobodyLeft =
  'The people of the demo are removed with it, and nobody else can administer this desk. Invite an administrator on the page People first.';
const notRunning =
  'It was started without (DEMO=0), so nothing here would remove it. Run  npm run demo -- remove  where Deskwire runs. Nothing was removed.';
