import { z } from 'zod';
import { count, defineQuery, timeOrNull } from '../query.ts';

const file = (name: string) => new URL(`facts/${name}.sql`, import.meta.url);

/** `from`, `to`: UTC text. */
export const kpiFacts = defineQuery(
  file('kpi-facts'),
  z.object({ from: z.string(), to: z.string() }),
  z.object({ floor_epoch: count, floor_seq: count, floor_at: timeOrNull, late: count, rejected: count }),
);
export type KpiFacts = z.output<typeof kpiFacts.row>;

export const knownTeams = defineQuery(file('known-teams'), z.object({}), z.object({ team: z.string() }));
