import { json } from '@sveltejs/kit';
import { orProblem } from './kpi-question';
import { NatsAway } from './nats-link';
import { problemResponse, problems } from './problem';
import type { PublishRefusal } from './publish-once';
import type { MendAnswer } from './rejected-door';

/** What mending or dismissing through the API came to: 200 once the ledger says so, 202 while ingest has not stored it. */
export function settledResponse(name: string, result: MendAnswer): Response {
  if (result.ok)
    return json(result.answer, {
      status: result.answer.settled === null ? 202 : 200,
      headers: { 'cache-control': 'no-store' },
    });
  switch (result.why) {
    case 'unknown':
      return problems.unknownRejected(name);
    case 'wrong':
      return problemResponse(422, 'It would be rejected again', `${result.detail}. ${result.advice} Nothing was sent.`);
    case 'refused':
      return publishRefused(result.refused);
    default:
      return result satisfies never;
  }
}

/** The stream took nothing: asking again changes that only once there is room, or the right. */
export const publishRefused = ({ full, detail }: PublishRefusal): Response =>
  problemResponse(full ? 507 : 503, 'EVENTS did not take it', `${detail} Nothing was sent.`);

/** As `orProblem`, for what also asks NATS. */
export const orRejectedProblem = (answer: () => Promise<Response>): Promise<Response> =>
  orProblem(async () => {
    try {
      return await answer();
    } catch (error) {
      if (error instanceof NatsAway) return quarantineAway();
      throw error;
    }
  });

const quarantineAway = () =>
  problemResponse(
    503,
    'NATS does not answer',
    'It is not known whether anything was sent. Try again in a few seconds: it is sent once, however often you ask.',
    { 'retry-after': '5' },
  );
