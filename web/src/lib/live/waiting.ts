import type { FlowReport } from '@deskwire/contracts/flow';

/** Messages on their way are stored within a fraction of a second: below this nobody is behind. */
const lateMs = 2_000;

/**
 * Since when messages have waited in one report after the other, Unix ms; undefined when none waits in this one. `before`: the
 * same of the report before, 0 where nobody knows.
 */
export const waitingSince = ({ at, streams }: FlowReport, before: number | undefined): number | undefined =>
  streams.some(waits) ? (before ?? Date.parse(at)) : undefined;

/** Whether some have waited for too long: what is stored is old, and not merely because nothing came for a while before them. */
export const isLate = ({ at, streams }: FlowReport, since: number | undefined): boolean =>
  since !== undefined &&
  Date.parse(at) - since > lateMs &&
  streams.some((stream) => waits(stream) && Date.parse(at) - Date.parse(stream.watermark ?? epoch) > lateMs);

const epoch = new Date(0).toISOString();
const waits = ({ lagMessages }: FlowReport['streams'][number]) => (lagMessages ?? 0) > 0;
