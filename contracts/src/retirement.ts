import { z } from 'zod';
import type { SourceHeartbeat } from './event-customer.ts';
import type { DeskEvent } from './event.ts';

/** `POST /api/v1/flow/retire`: a source that is silent and will send no more. */
export const retireRequest = z.strictObject({ source: z.string().min(1).max(200) });

/** Retired now or before; `txid` is the id of its final heartbeat in the ledger, absent where that was there already. */
export const retireAnswer = z.object({
  source: z.string(),
  sent: z.enum(['now', 'before']).describe('before: it was retired already, and nothing was sent now'),
  txid: z.string().optional().describe('id of its final heartbeat; absent when the ledger had it already'),
});
export type RetireAnswer = z.infer<typeof retireAnswer>;

/**
 * The last heartbeat of a source again, as the final one: from then on its silence is no fault, and what it sends makes it live again.
 * `now`: Unix ms. Pure.
 */
export function finalHeartbeat(
  {
    source,
    id,
    last,
  }: { source: string; id: string; last: Pick<SourceHeartbeat, 'cursor' | 'sent_count' | 'interval_s'> },
  now: number,
): DeskEvent {
  const { cursor, sent_count, interval_s } = last;
  return {
    ...{ specversion: '1.0', id, source, type: 'source.heartbeat', time: new Date(now).toISOString() },
    data: { cursor, sent_count, interval_s, final: true },
  };
}
