import { z } from 'zod';
import { defineQuery } from './query.ts';

/** The ticket of each team that has been open longest, as of now; `priority` empty: of any. A team without an open ticket has no row. */
export const oldestOpen = defineQuery(
  new URL('queries/oldest-open.sql', import.meta.url),
  z.object({ priority: z.array(z.string()) }),
  z.object({ team: z.string(), ticket_id: z.string(), created_at: z.iso.datetime() }),
);
export type OldestOpen = z.output<typeof oldestOpen.row>;
