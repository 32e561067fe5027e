import { flowSources } from '@deskwire/clickhouse/flow-queries';
import { runQuery } from '@deskwire/clickhouse/query';
import { segmentOf } from '@deskwire/contracts/desk-id';
import { finalHeartbeat } from '@deskwire/contracts/retirement';
import { subjects } from '@deskwire/contracts/subjects';
import type { JetStreamClient } from 'nats';

/**
 * Says for the sources of an integration that no more will come: their last heartbeat again, as the final one. From then on their silence
 * is no fault; one that sends again is live again. Answers which. Rejects when ClickHouse or NATS does not answer.
 */
export async function retireSources(
  { js, client, now }: { js: JetStreamClient; client: Parameters<typeof runQuery>[0]; now: () => number },
  name: string,
): Promise<string[]> {
  const rows = await runQuery(client, flowSources, { today: '1970-01-01' });
  const retired: string[] = [];
  for (const { source, disposition, heartbeat_data: beat } of rows) {
    if (segmentOf(source) !== name || disposition !== 'accepted' || beat === null || beat.final === true) continue;
    const event = finalHeartbeat({ source, id: `retired-${now()}`, last: beat }, now());
    await js.publish(subjects.event(name, event.type), JSON.stringify(event));
    retired.push(source);
  }
  return retired;
}
