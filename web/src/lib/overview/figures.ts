import { completeness, kpiAnswers, kpiFigure, kpiGroup, kpiName } from '@deskwire/contracts/kpi';
import { streamPosition } from '@deskwire/contracts/position';
import { z } from 'zod';

const time = z.iso.datetime();
const figuresByName = z.partialRecord(kpiName, kpiFigure);
export type FiguresByName = z.infer<typeof figuresByName>;

/** What began at or after the watermark is unknown and has no figures, which is not zero; what ends after it is provisional. */
const overviewBucket = z.object({
  from: time,
  to: time,
  state: z.enum(['known', 'provisional', 'unknown']),
  figures: figuresByName,
});

/** Everything that the overview draws for one scope and range, as read at one moment. */
export const overviewFigures = z.object({
  scope: z.string(),
  from: time,
  to: time,
  at: time,
  /** How far TICKETS was stored: changes up to there are in the figures. Null while nothing is. */
  stored: streamPosition.nullable(),
  answers: kpiAnswers,
  compared: z.object({
    ...{ from: time, to: time, figures: figuresByName },
    /** How far each of them can be trusted itself. */
    completeness: z.partialRecord(kpiName, completeness),
  }),
  stepMs: z.number().positive(),
  buckets: z.array(overviewBucket),
  priorities: z.array(kpiGroup),
  teams: z.array(
    z.object({
      ...{ team: z.string(), figures: figuresByName, compared: figuresByName },
      /** The one that has been open longest, as of `at`; null where none is, or where that is not known. */
      oldest: z.object({ ticket_id: z.string(), created_at: time }).nullable(),
    }),
  ),
});
export type OverviewFigures = z.infer<typeof overviewFigures>;
export type TeamFigures = OverviewFigures['teams'][number];
