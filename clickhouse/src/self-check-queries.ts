import { z } from 'zod';
import { count, defineQuery } from './query.ts';

const file = (name: string) => new URL(`queries/${name}.sql`, import.meta.url);
const none = z.object({});
/** A position; what lies behind it is newer than the look. */
const position = { epoch: count, seq: count };
/** How many rows there are in all, of which 20 are answered. */
const total = { total: count };

export const aggregateProjections = defineQuery(
  file('aggregate-projections'),
  z.object({ table: z.string() }),
  z.object({ name: z.string(), query: z.string(), keys: z.array(z.string()) }),
);

export const selfCheckLeftovers = defineQuery(file('self-check-leftovers'), none, z.object({ name: z.string() }));

export const ticketsDiffering = defineQuery(
  file('tickets-differing'),
  z.object(position),
  z.object({ ...total, ticket: z.string(), expected_version: count, found_version: count }),
);

export const changesOutOfOrder = defineQuery(
  file('changes-out-of-order'),
  z.object(position),
  z.object({ ...total, ticket: z.string(), changes: count, versions: count, newest: count }),
);

export const causeEpochs = defineQuery(
  file('cause-epochs'),
  none,
  z.object({ epoch: count, first_seq: count, last_seq: count, changes: count }),
);

export const causesWrong = defineQuery(
  file('causes-wrong'),
  z.object({ epoch: count, from: count, to: count }),
  z.object({ ...total, ticket: z.string(), seq: count, idx: count, uses: count, accepted: z.number() }),
);

export const ticketsFaces = defineQuery(
  file('tickets-faces'),
  z.object({ ids: z.array(z.string()) }),
  z.object({
    ...{ id: z.string(), version: count, seq: count },
    ...{ status: z.string(), priority: z.string(), team: z.string(), assignee: z.string() },
  }),
);

export const ticketsUpTo = defineQuery(
  file('tickets-up-to'),
  z.object({ ...position, after: z.string(), limit: count }),
  z.object({ id: z.string() }),
);
