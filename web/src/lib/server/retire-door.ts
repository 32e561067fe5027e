import { segmentOf } from '@deskwire/contracts/desk-id';
import type { FlowSource } from '@deskwire/contracts/flow';
import { finalHeartbeat, type RetireAnswer } from '@deskwire/contracts/retirement';
import { subjects } from '@deskwire/contracts/subjects';
import type { FlowAnswer } from './flow-door';
import type { NatsLink } from './nats-link';
import { publishOnce, type PublishRefusal } from './publish-once';

/** `unknown`: nothing came from such a source. `speaks`: it is not silent, so there is no silence to end. Nothing was sent then, nor when it was `refused`. */
export type RetireResult =
  | { ok: true; answer: RetireAnswer }
  | { ok: false; why: 'unknown' | 'clickhouse-away' }
  | { ok: false; why: 'speaks'; state: FlowSource['state'] }
  | { ok: false; why: 'refused'; refused: PublishRefusal };

interface RetireDoors {
  link: Pick<NatsLink, 'connection' | 'ask'>;
  readFlow: () => Promise<FlowAnswer>;
  /** Unix time, ms. */
  now: () => number;
}

/**
 * Says of a silent source that no more will come, once for each silence however often it is asked for: its final heartbeat has a
 * subject and an id of its own. Rejects with NatsAway.
 */
export const createRetireDoor =
  ({ link, readFlow, now }: RetireDoors) =>
  async (source: string): Promise<RetireResult> => {
    const flow = await readFlow();
    if (!flow.known) return { ok: false, why: 'clickhouse-away' };
    const known = flow.report.sources.find((one) => one.source === source);
    if (known === undefined) return { ok: false, why: 'unknown' };
    const { state, heartbeat } = known;
    if (state === 'retired') return { ok: true, answer: { source, sent: 'before' } };
    if (state !== 'silent' || heartbeat === null) return { ok: false, why: 'speaks', state };
    const { cursor, sentCount: sent_count, intervalS: interval_s } = heartbeat;
    const heardMs = Date.parse(heartbeat.at);
    const txid = `retired-${heardMs}`;
    const event = finalHeartbeat({ source, id: txid, last: { cursor, sent_count, interval_s } }, now());
    const subject = subjects.retirement(segmentOf(source), source, heardMs);
    const published = await publishOnce(link, subject, Buffer.from(JSON.stringify(event)));
    if (published.sent === 'no') return { ok: false, why: 'refused', refused: published.refused };
    return { ok: true, answer: { source, sent: published.sent, txid } };
  };
