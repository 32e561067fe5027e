import { randomBytes } from 'node:crypto';
import { demoKey, demoRecord, type DemoRecord } from '@deskwire/contracts/demo';
import { written } from '@deskwire/people/users-bucket';
import type { KV } from 'nats';

/** The demo's record as it is, and the revision to change it from; undefined where there is none. */
export async function readRecord(config: KV): Promise<{ record: DemoRecord | undefined; revision: number }> {
  const entry = await config.get(demoKey);
  const isThere = entry?.operation === 'PUT';
  return { record: isThere ? demoRecord.parse(entry.json()) : undefined, revision: entry?.revision ?? 0 };
}

/** Changes the record if nobody has meanwhile; answers whether it did. */
export function writeRecord(config: KV, record: DemoRecord, revision: number): Promise<boolean> {
  return written(config.put(demoKey, JSON.stringify(record), { previousSeq: revision }));
}

/** Begins a demo where there is none, or where one was removed before `wantedSince`. Answers the record that holds. */
export async function beginDemo(config: KV, now: number, wantedSince: string | undefined): Promise<DemoRecord> {
  for (;;) {
    const { record, revision } = await readRecord(config);
    const isOver = record?.state === 'removed' && wantedSince !== undefined && record.removed_at < wantedSince;
    if (record !== undefined && !isOver) return record;
    const run = randomBytes(2).toString('hex').toUpperCase();
    const begun = { state: 'on', run, started_at: new Date(now).toISOString() } as const;
    if (await writeRecord(config, begun, revision)) return begun;
  }
}

/** Asks whoever speaks for the demo to remove it. Answers the record that holds; undefined where there is no demo. */
export async function askForRemoval(config: KV, now: number): Promise<DemoRecord | undefined> {
  for (;;) {
    const { record, revision } = await readRecord(config);
    if (record?.state !== 'on') return record;
    const removing = { state: 'removing', run: record.run, since: new Date(now).toISOString() } as const;
    if (await writeRecord(config, removing, revision)) return removing;
  }
}

/** Everything is removed. Whoever else has changed the record since wanted the same. */
export async function endDemo(config: KV, now: number): Promise<void> {
  const { record, revision } = await readRecord(config);
  if (record?.state === 'removing')
    await writeRecord(config, { state: 'removed', removed_at: new Date(now).toISOString() }, revision);
}
