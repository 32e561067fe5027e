import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { subjects } from '@deskwire/contracts/subjects';
import { spawnNatsServer } from '@deskwire/supervisor/nats-server';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import { deriveKey } from '@deskwire/vault/master-key';
import { NatsError } from 'nats';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cursorKey, readCursor, writeCursor } from './cursor.ts';
import { countRows, missingRows } from './row-ranges.ts';
import { runReplay, type ReplayPlan } from './run-replay.ts';
import { findStoredRows, rowHeaders } from './stored-rows.ts';
import { openLink, type StreamLink } from './stream-link.ts';

const rows = 60_000;
const key = cursorKey({ fileHash: 'made up', source: 'made/up' });
const plan: ReplayPlan = {
  key,
  holder: 'holder-1',
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

/** A client of the library with something of its own: its methods need it as `this`. */
const spread = <Client extends object>(client: Client, own: Partial<Client>): Client =>
  new Proxy(client, {
    get: (target, name) => {
      const value: unknown = Reflect.get(name in own ? own : target, name);
      const bound: unknown = typeof value === 'function' ? value.bind(target) : value;
      return bound;
    },
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
    const cursor = { ...plan.cursor, holder: 'earlier', fromSeq: 1, streamCreated: created };
    const tally = await runReplay({ ...plan, cursor }, doors);
    expect(tally).toMatchObject({ resumedFrom: 210, published: rows - 210, complete: true });
    await expectEachRowOnce();
  });

  it(
    'sends nothing again after nats-server was started again and gave its stream another creation time',
    {
      timeout: 60_000,
    },
    async () => {
      const before = await connect();
      const createdAt = async ({ jsm }: StreamLink) => (await jsm.streams.info('EVENTS')).created;
      const streamCreated = await createdAt(before);
      await before.js.publish(subjects.batch('made'), '[]', { headers: rowHeaders('run-1', { from: 0, to: 30_000 }) });
      const cursor = { ...plan.cursor, holder: 'killed', fromSeq: 1, streamCreated };
      const revision = await writeCursor(before.cursors, key, cursor, 0);
      await vi.waitFor(
        async () => {
          await nats.stop();
          nats = await startNats({ dataDir: nats.dataDir });
          expect(await createdAt(await connect())).not.toBe(streamCreated);
        },
        { timeout: 40_000 },
      );
      const tally = await runReplay({ ...plan, cursor, revision }, doors);
      expect(tally).toMatchObject({ resumedFrom: 30_000, published: rows - 30_000, complete: true });
      await expectEachRowOnce();
    },
  );

  it('knows a claim as its own whose answer was lost', { timeout: 60_000 }, async () => {
    let lost = false;
    const forgetful = async () => {
      const link = await connect();
      const put: StreamLink['cursors']['put'] = async (...args) => {
        const revision = await link.cursors.put(...args);
        if (lost) return revision;
        lost = true;
        throw NatsError.errorForCode('TIMEOUT');
      };
      return { ...link, cursors: spread(link.cursors, { put }) };
    };
    expect(await runReplay(plan, { ...doors, connect: forgetful })).toMatchObject({ published: rows, complete: true });
    await expectEachRowOnce();
  });

  it('stops when another process has taken it over while the connection was lost', { timeout: 60_000 }, async () => {
    const other = await connect();
    let lost = false;
    const cut = async () => {
      const link = await connect();
      const publish: StreamLink['js']['publish'] = async (...args) => {
        if (lost) return link.js.publish(...args);
        lost = true;
        const { cursor, revision } = await readCursor(other.cursors, key);
        if (cursor === undefined) throw new Error('nobody holds the replay');
        await writeCursor(other.cursors, key, { ...cursor, holder: 'holder-2' }, revision);
        throw NatsError.errorForCode('CONNECTION_CLOSED');
      };
      return { ...link, js: spread(link.js, { publish }) };
    };
    await expect(runReplay(plan, { ...doors, connect: cut })).rejects.toThrow('running in another process');
  });

  it('goes on at full speed where it was interrupted at the pace of the log', { timeout: 60_000 }, async () => {
    const stop = new AbortController();
    const minute = { event: plan.rows.event, timeMs: (row: number) => row * 60_000 };
    const onProgress = ({ acknowledged }: { acknowledged: number }) => {
      if (acknowledged > 0) stop.abort();
    };
    const slow = await runReplay({ ...plan, speed: 1, rows: minute }, { ...doors, onProgress, stop: stop.signal });
    expect(slow).toMatchObject({ acknowledged: 1, complete: false });
    const { cursor, revision } = await readCursor((await connect()).cursors, key);
    if (cursor === undefined) throw new Error('there is no cursor');
    const tally = await runReplay({ ...plan, holder: 'holder-2', cursor, revision }, doors);
    expect(tally).toMatchObject({ resumedFrom: 1, published: rows - 1, complete: true });
    await expectEachRowOnce();
  });

  it('gives up with one line when the system stays away', { timeout: 60_000 }, async () => {
    nats.kill('SIGKILL');
    await nats.exited;
    await expect(runReplay(plan, doors)).rejects.toThrow(/nothing answers at/);
  });
});
