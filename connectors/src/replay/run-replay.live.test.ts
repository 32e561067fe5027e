import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { subjects } from '@deskwire/contracts/subjects';
import { spawnNatsServer } from '@deskwire/supervisor/nats-server';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import { deriveKey } from '@deskwire/vault/master-key';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cursorKey, readCursor } from './cursor.ts';
import { countRows, missingRows } from './row-ranges.ts';
import { runReplay, type ReplayPlan } from './run-replay.ts';
import { findStoredRows, rowHeaders } from './stored-rows.ts';
import { openLink, type StreamLink } from './stream-link.ts';

const rows = 60_000;
const key = cursorKey({ fileHash: 'made up', source: 'made/up', shift: 'none' });
const plan: ReplayPlan = {
  key,
  speed: Infinity,
  cursor: { run: 'run-1', file: 'made up', source: 'made/up', shiftMs: 0, rows, row: 0 },
  revision: 0,
  rows: { event: (row) => ({ type: 'ticket.snapshot', time: undefined, row, text: 'x'.repeat(300) }), timeMs: () => 0 },
};

let nats: TestNats;
let links: StreamLink[];
const connect = async () => {
  const link = await openLink(nats.env('operator'));
  links.push(link);
  return link;
};
const doors = { connect, onProgress: () => undefined, random: () => 0.5, stop: new AbortController().signal };

beforeEach(async () => {
  nats = await startNats();
  links = [];
});
afterEach(async () => {
  for (const link of links) await link.close();
  await nats.stop();
  rmSync(nats.dataDir, { recursive: true, force: true });
});

async function expectEachRowOnce(): Promise<void> {
  const link = await connect();
  const { cursor } = await readCursor(link.cursors, key);
  if (cursor === undefined) throw new Error('there is no cursor');
  expect(cursor.row).toBe(rows);
  const stored = await findStoredRows(link, { ...cursor, fromSeq: 1 });
  expect(missingRows(rows, stored)).toEqual([]);
  expect(countRows(stored)).toBe(rows);
}

describe('runReplay', () => {
  it('stores each row once although nats-server is killed and comes back', { timeout: 60_000 }, async () => {
    const second: { server?: ReturnType<typeof spawnNatsServer> } = {};
    let killed = false;
    const tally = await runReplay(plan, {
      ...doors,
      onProgress: ({ acknowledged }) => {
        if (killed || acknowledged < 20_000) return;
        killed = true;
        nats.kill('SIGKILL');
        void nats.exited.then(() => {
          second.server = spawnNatsServer({
            dir: join(nats.dataDir, 'nats'),
            jetstreamKey: deriveKey(nats.masterKey, 'jetstream'),
            onLine: () => undefined,
          });
        });
      },
    });
    expect(killed).toBe(true);
    expect(tally).toMatchObject({ acknowledged: rows, complete: true });
    await expectEachRowOnce();
    if (second.server === undefined) throw new Error('the server was not started again');
    const ended = once(second.server, 'exit');
    second.server.kill('SIGTERM');
    await ended;
  });

  it('fills the holes that an earlier run left behind', { timeout: 60_000 }, async () => {
    const link = await connect();
    for (const range of [
      { from: 300, to: 400 },
      { from: 100, to: 200 },
      { from: 59_990, to: rows },
    ])
      // prettier-ignore
      await link.js.publish(subjects.batch('made'), '[]', { headers: rowHeaders('run-1', range) });
    const { created } = await link.jsm.streams.info('EVENTS');
    const cursor = { ...plan.cursor, fromSeq: 1, streamCreated: created };
    const tally = await runReplay({ ...plan, cursor }, doors);
    expect(tally).toMatchObject({ resumedFrom: 210, published: rows - 210, complete: true });
    await expectEachRowOnce();
  });

  it('gives up with one line when the system stays away', { timeout: 60_000 }, async () => {
    nats.kill('SIGKILL');
    await nats.exited;
    await expect(runReplay(plan, doors)).rejects.toThrow(/nothing answers at/);
  });
});
