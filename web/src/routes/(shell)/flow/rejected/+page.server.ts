import { rejectedRequest } from '@deskwire/contracts/rejected';
import { may } from '@deskwire/contracts/roles';
import { QueryError } from '@deskwire/clickhouse/query';
import { error } from '@sveltejs/kit';
import { readRejectedCursor, writeRejectedCursor } from '$lib/server/rejected-cursor';
import { requireFlow } from '$lib/server/require-flow';
import type { PageServerLoad } from './$types';

/** One page of rejected events; what the address says wrongly is left out of the question. */
export const load: PageServerLoad = async ({ locals: { who, doors }, url, parent }) => {
  await parent();
  const actor = requireFlow(who);
  const { shape } = rejectedRequest;
  const given = (name: string) => url.searchParams.get(name) ?? undefined;
  const shown = {
    source: shape.source.catch(undefined).parse(given('source')),
    reason: shape.reason.catch(undefined).parse(given('reason')),
    state: shape.state.catch('waiting').parse(given('state')),
  };
  const before = readRejectedCursor(given('cursor') ?? '');
  try {
    const { events, next } = await doors.rejected.list({ ...shown, limit: 50, before });
    return {
      shown: { ...shown, isFirst: before === undefined },
      ...{ events, next: next === null ? null : writeRejectedCursor(next) },
      ...{ mayMend: may(actor, 'quarantine.mend'), now: Date.now() },
    };
  } catch (thrown) {
    if (!(thrown instanceof QueryError)) throw thrown;
    doors.log.warn({ err: thrown }, 'rejected events cannot be read');
    error(503, {
      message: 'Rejected events cannot be read at the moment.',
      advice: 'Nothing is lost: try again in a few seconds.',
    });
  }
};
