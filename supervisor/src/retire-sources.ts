import { readSources } from '@deskwire/clickhouse/flow-sources';
import { segmentOf } from '@deskwire/contracts/desk-id';
import { finalHeartbeat } from '@deskwire/contracts/retirement';
import { subjects } from '@deskwire/contracts/subjects';
import type { JetStreamClient } from 'nats';

/**
 * Says for the sources of an integration that no more will come: their last heartbeat again, as the final one. From then on their silence
 * is no fault; one that sends again is live again. Answers which. Rejects when ClickHouse or NATS does not answer.
 */
export async function retireSources(
  { js, client, now }: { js: JetStreamClient; client: Parameters<typeof readSources>[0]['client']; now: () => number },
  name: string,
): Promise<string[]> {
  const at = new Date(now()).toISOString();
  const { sources } = await readSources({ client, now, zone: 'UTC' }, { at, streams: [] });
  const retired: string[] = [];
  for (const { source, state, heartbeat } of sources) {
    if (segmentOf(source) !== name || state === 'retired' || heartbeat === null) continue;
    const { cursor, sentCount: sent_count, intervalS: interval_s } = heartbeat;
    const event = finalHeartbeat({ source, id: `retired-${now()}`, last: { cursor, sent_count, interval_s } }, now());
    await js.publish(subjects.event(name, event.type), JSON.stringify(event));
    retired.push(source);
  }
  return retired;
}
