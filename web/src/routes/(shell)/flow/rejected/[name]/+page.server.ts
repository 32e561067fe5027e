import { may, permissions, type Actor } from '@deskwire/contracts/roles';
import { QueryError } from '@deskwire/clickhouse/query';
import type { RejectedBody } from '@deskwire/contracts/rejected';
import { error, fail, type RequestEvent } from '@sveltejs/kit';
import { isNatsAway } from '$lib/server/nats-link';
import { field } from '$lib/server/field';
import type { MendAnswer } from '$lib/server/rejected-door';
import { requireFlow } from '$lib/server/require-flow';
import { requireSignedIn } from '$lib/server/require-signed-in';
import { faultWords } from './fault-words';
import type { Actions, PageServerLoad } from './$types';

/** One rejected event; its bytes only for those who may mend it. That they were read is logged. */
export const load: PageServerLoad = async ({ params, locals: { who, doors }, parent }) => {
  await parent();
  const actor = requireFlow(who);
  const event = await doors.rejected.find(params.name).catch((thrown: unknown) => {
    if (thrown instanceof QueryError) error(503, clickHouseAway);
    throw thrown;
  });
  if (event === undefined)
    error(404, { message: 'No event was rejected there.', advice: 'Look for it in the list of rejected events.' });
  const mayMend = may(actor, 'quarantine.mend');
  let body: RejectedBody | { state: 'hidden' | 'away' } = { state: 'hidden' };
  if (mayMend) {
    doors.log.info({ audit: 'quarantine.read', user: actor.user_id, rejected: event.name }, 'rejected event read');
    body = await doors.rejected.body(event).catch((thrown: unknown) => {
      if (isNatsAway(thrown)) return { state: 'away' as const };
      throw thrown;
    });
  }
  return { event, body, mayMend, now: Date.now() };
};

export const actions: Actions = {
  mend: async (event) => {
    const form = await event.request.formData();
    const typed = form.get('event');
    // Forms write every line's end as two characters.
    const text = typeof typed === 'string' ? typed.replaceAll('\r\n', '\n') : '';
    return settle(event, 'quarantine.mend', { text, reason: '' }, () =>
      event.locals.doors.rejected.mend(event.params.name, text),
    );
  },

  dismiss: async (event) => {
    const reason = field(await event.request.formData(), 'reason');
    return settle(event, 'quarantine.dismiss', { text: '', reason }, ({ user_id }) =>
      event.locals.doors.rejected.dismiss(event.params.name, reason, user_id),
    );
  },
};

const clickHouseAway = {
  message: 'Rejected events cannot be read at the moment.',
  advice: 'Nothing is lost: try again in a few seconds.',
};

function requireMender(event: RequestEvent): Actor {
  const { actor } = requireSignedIn(event);
  if (may(actor, 'quarantine.mend')) return actor;
  error(403, {
    message: `Rejected events are mended by the role ${permissions['quarantine.mend'].join(' or ')}.`,
    advice: 'Nothing was sent. Ask an administrator.',
  });
}

/** Does it, and says what came of it; what was typed comes back with every refusal. */
async function settle(
  event: RequestEvent<{ name: string }>,
  audit: 'quarantine.mend' | 'quarantine.dismiss',
  typed: { text: string; reason: string },
  work: (actor: Actor) => Promise<MendAnswer>,
) {
  const { params, locals } = event;
  const { doors } = locals;
  try {
    const actor = requireMender(event);
    const result = await work(actor);
    const done = result.ok ? result.answer.sent : result.why;
    doors.log.info({ audit, user: actor.user_id, rejected: params.name, done }, 'asked to settle a rejected event');
    if (result.ok) return { done: doneText(result.answer.sent, result.answer.settled !== null) };
    const { status, why } = refusalOf(result, typed.text);
    return fail(status, { audit, message: `${why} Nothing was sent.`, typed });
  } catch (thrown) {
    if (!isNatsAway(thrown) && !(thrown instanceof QueryError)) throw thrown;
    return fail(503, { audit, message: notKnownWhetherSent, typed });
  }
}

const notKnownWhetherSent =
  'It is not known whether it was sent. Press again in a few seconds: it is sent once, however often you press.';

function refusalOf(result: MendAnswer & { ok: false }, text: string): { status: number; why: string } {
  switch (result.why) {
    case 'unknown':
      return { status: 404, why: 'No event was rejected here.' };
    case 'wrong':
      return { status: 422, why: `${faultWords(result.detail, text)}. ${result.advice}` };
    case 'refused':
      return { status: result.refused.full ? 507 : 503, why: result.refused.detail };
    default:
      return result satisfies never;
  }
}

function doneText(sent: 'now' | 'before', stored: boolean): string {
  if (sent === 'before') return 'It was settled before, and is settled once: nothing was sent now.';
  return stored ? 'Done: it is stored.' : 'Sent. It is not stored yet: open this page again to see when it is.';
}
