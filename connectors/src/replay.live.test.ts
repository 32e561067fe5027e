import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClickHouseClient } from '@clickhouse/client';
import { connectClickHouse } from '@deskwire/clickhouse/connect';
import type { StartedEngine } from '@deskwire/clickhouse/engine/start-engine';
import { readFlowReport } from '@deskwire/clickhouse/flow-report';
import { loginOf, startMigratedEngine } from '@deskwire/clickhouse/testing/migrated-data';
import type { FlowReport } from '@deskwire/contracts/flow';
import { streams } from '@deskwire/contracts/subjects';
import { pathEnv } from '@deskwire/runtime/env';
import { builtService } from '@deskwire/runtime/built-service';
import { connectNats } from '@deskwire/runtime/nats';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import { headers, type JetStreamManager, type NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const root = fileURLToPath(new URL('../../', import.meta.url));

let engine: StartedEngine;
let nats: TestNats;
let client: ClickHouseClient;
let nc: NatsConnection;
let jsm: JetStreamManager;
let ingest: ChildProcess;

beforeAll(async () => {
  [engine, nats] = await Promise.all([startMigratedEngine(), startNats()]);
  const login = loginOf(engine);
  client = connectClickHouse(login, 'test');
  nc = await connectNats(nats.env('operator'), 'operator');
  jsm = await nc.jetstreamManager();
  ingest = spawn(process.execPath, builtService('ingest/src/main.ts'), {
    cwd: root,
    env: {
      ...pathEnv(),
      ...{ ...login, ...nats.env('ingest') },
      MASTER_KEY: nats.masterKey.toString('base64'),
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
});

afterAll(async () => {
  const ended = once(ingest, 'exit');
  ingest.kill('SIGTERM');
  await ended;
  await nc.close();
  await client.close();
  await nats.stop();
  rmSync(nats.dataDir, { recursive: true, force: true });
  await engine.stop();
});

interface Command {
  child: ChildProcess;
  ended: Promise<{ code: unknown; out: string; said: string }>;
}

function replay(args: string[], env: Record<string, string> = nats.env('operator')): Command {
  const child = spawn(process.execPath, [...builtService('connectors/src/replay.ts'), ...args], {
    cwd: root,
    env: { ...pathEnv(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { child, ended: once(child, 'close').then(([code]: unknown[]) => ({ code, out, said })) };
}

const headSeq = async () => (await jsm.streams.info(streams.events)).state.last_seq;

/** The flow report once nothing waits to be stored. */
async function settledReport(): Promise<FlowReport> {
  for (;;) {
    const report = await readFlowReport({
      client,
      now: Date.now,
      zone: 'UTC',
      streamHead: async (stream) => ({ lastSeq: stream === streams.events ? await headSeq() : 0 }),
    });
    if (report.streams.some(({ lagMessages }) => lagMessages === 0)) return report;
    await new Promise((done) => setTimeout(done, 200));
  }
}

const figuresOf = (report: FlowReport, of: string) => {
  const source = report.sources.find((one) => one.source === of);
  return source === undefined
    ? undefined
    : [source.received, source.accepted, source.duplicate, source.rejected]
        .join(' = ')
        .replace(/ = (?=\d+ = \d+$|\d+$)/g, ' + ');
};
const document = z.object({
  published: z.number(),
  batches: z.number(),
  acknowledged: z.number(),
  first: z.string().nullable(),
  last: z.string().nullable(),
  seconds: z.number(),
  resumedFrom: z.number(),
  rows: z.number(),
  complete: z.boolean(),
});
const documentOf = (out: string) => document.parse(JSON.parse(out));

describe('replay', () => {
  const dir = mkdtempSync(join(tmpdir(), 'deskwire-replay-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  /** Updates of as many incidents, a minute apart; of every 5,000 one is there twice and one has a status of nobody's. */
  function smallLog(updates: number): string {
    const file = join(dir, `${updates}.csv`);
    const header =
      'number,incident_state,sys_mod_count,caller_id,opened_at,sys_updated_at,contact_type,priority,assignment_group,assigned_to';
    const lines = Array.from({ length: updates }, (_, line) => {
      const i = line % 5_000 === 4_998 ? line - 1 : line;
      const status = line % 5_000 === 4_999 ? '-100' : 'New';
      const [day, minute] = [
        1 + Math.floor(i / 1440),
        `${Math.floor((i % 1440) / 60)}:${String(i % 60).padStart(2, '0')}`,
      ];
      const at = `${((day - 1) % 28) + 1}/${1 + Math.floor((day - 1) / 28)}/2016 ${minute}`;
      return `INC${i},${status},0,?,${at},${at},Phone,4 - Low,?,?`;
    });
    writeFileSync(file, [header, ...lines].join('\n'));
    return file;
  }

  it('goes on where it was killed, twice, without sending a row again', { timeout: 60_000 }, async () => {
    const args = ['servicenow', smallLog(30_000), '--json', '--source', 'killed/one'];
    for (const batches of [60, 100]) {
      const start = await headSeq();
      const { child, ended } = replay(args);
      while ((await headSeq()) < start + batches) await new Promise((done) => setTimeout(done, 1));
      child.kill('SIGKILL');
      expect(await ended).toMatchObject({ out: '' });
    }
    const { code, out } = await replay(args).ended;
    const { published, resumedFrom } = documentOf(out);
    expect(code).toBe(0);
    expect(resumedFrom).toBeGreaterThanOrEqual(16_000);
    expect(published).toBe(30_000 - resumedFrom);
    expect(figuresOf(await settledReport(), 'killed/one')).toBe('30000 = 29988 + 6 + 6');
  });

  it('stops in order on Ctrl-C and goes on at another speed', { timeout: 60_000 }, async () => {
    const args = ['servicenow', smallLog(400), '--json', '--source', 'paced/one'];
    // A minute of the log in 20 ms.
    const first = replay([...args, '--speed', '3000']);
    const start = await headSeq();
    while ((await headSeq()) < start + 20) await new Promise((done) => setTimeout(done, 20));
    first.child.kill('SIGINT');
    const stopped = await first.ended;
    expect(stopped.code).toBe(130);
    const { acknowledged, complete } = documentOf(stopped.out);
    expect(complete).toBe(false);
    expect(acknowledged).toBeLessThan(400);
    const second = await replay(args).ended;
    expect(documentOf(second.out)).toMatchObject({ resumedFrom: acknowledged, published: 400 - acknowledged });
    expect(figuresOf(await settledReport(), 'paced/one')).toBe('400 = 400 + 0 + 0');
  });

  it('moves the log so that it ends now', { timeout: 60_000 }, async () => {
    const { out } = await replay(['servicenow', smallLog(30), '--json', '--source', 'shifted/one', '--shift', 'now'])
      .ended;
    const { first, last } = documentOf(out);
    expect(Math.abs(Date.parse(last ?? '') - Date.now())).toBeLessThan(60_000);
    expect(Date.parse(last ?? '') - Date.parse(first ?? '')).toBe(29 * 60_000);
  });

  it('counts what --restart sends again as duplicates', { timeout: 60_000 }, async () => {
    const args = ['servicenow', smallLog(50), '--source', 'again/one'];
    expect(await replay(args).ended).toMatchObject({ code: 0 });
    expect(await replay([...args, '--restart']).ended).toMatchObject({ code: 0 });
    expect(figuresOf(await settledReport(), 'again/one')).toBe('100 = 50 + 50 + 0');
  });

  it('refuses to run twice at once', { timeout: 60_000 }, async () => {
    const args = ['servicenow', smallLog(300), '--source', 'twice/one', '--speed', '600'];
    const first = replay(args);
    const start = await headSeq();
    while ((await headSeq()) < start + 3) await new Promise((done) => setTimeout(done, 20));
    const second = await replay(args).ended;
    expect(second.code).toBe(1);
    expect(second.said).toContain('running in another process');
    first.child.kill('SIGINT');
    expect(await first.ended).toMatchObject({ code: 130 });
  });

  it('says that the stream is full, and goes on when there is room', { timeout: 60_000 }, async () => {
    const args = ['servicenow', smallLog(6_000), '--json', '--source', 'full/one'];
    const { config, state } = await jsm.streams.info(streams.events);
    await jsm.streams.update(streams.events, { max_bytes: state.bytes + 1_000_000 });
    const full = await replay(args).ended;
    expect(full.code).toBe(1);
    expect(full.said).toContain('is full and takes no more');
    await jsm.streams.update(streams.events, { max_bytes: config.max_bytes });
    expect(await replay(args).ended).toMatchObject({ code: 0 });
    expect(figuresOf(await settledReport(), 'full/one')).toBe('6000 = 5998 + 1 + 1');
  });

  it('finds rows of its own among those of others', { timeout: 60_000 }, async () => {
    const header = headers();
    header.set('Deskwire-Replay', 'another');
    header.set('Deskwire-Rows', '0-40');
    await nc.jetstream().publish('events.mixed.batch', '[]', { headers: header });
    const { out } = await replay(['servicenow', smallLog(40), '--json', '--source', 'mixed/one']).ended;
    expect(documentOf(out)).toMatchObject({ resumedFrom: 0, published: 40 });
  });

  it('says in one line when nothing runs, and when the login is wrong', { timeout: 60_000 }, async () => {
    const file = smallLog(10);
    const nowhere = await replay(['servicenow', file], { NATS_URL: 'nats://127.0.0.1:1' }).ended;
    expect(nowhere).toMatchObject({ code: 1, out: '' });
    expect(nowhere.said).toMatch(/^nothing answers at .*npm start.*\n$/);
    const wrong = await replay(['servicenow', file], { ...nats.env('operator'), NATS_PASSWORD: 'wrong' }).ended;
    expect(wrong).toMatchObject({ code: 1, out: '' });
    expect(wrong.said).toMatch(/^.* refused the login.*\n$/);
    const never = await replay(['servicenow', file], { DATA_DIR: dir }).ended;
    expect(never).toMatchObject({ code: 1, out: '' });
    expect(never.said).toMatch(/^Deskwire has not been started here.*\n$/);
  });
});
