import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buckets, streams, subjects } from '@deskwire/contracts/subjects';
import { append } from '@deskwire/ingest/append';
import { draftOf } from '@deskwire/ingest/draft';
import type { Reader } from '@deskwire/ingest/entry';
import { createEventsFeed } from '@deskwire/ingest/events-feed';
import { quarantine } from '@deskwire/ingest/quarantine';
import { connectNats } from '@deskwire/runtime/nats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesWithMarks, holdsMark, mark } from './src/marks.ts';
import { flawedEvents, markedEvents, unreadableBytes, type Envelope } from './src/marked-events.ts';
import { openVaultInTheClear } from './src/clear-vault.ts';
import { messagesWithMarks, tablesWithMarks } from './src/read-doors.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;
const segment = 'zendesk';
const everyStream = [
  ...Object.values(streams).filter((name) => name !== 'EVENTS'),
  ...buckets.map((name) => `KV_${name}`),
];

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

async function publish(messages: { type: string; bytes: Buffer }[]): Promise<void> {
  const js = world.nc.jetstream();
  await Promise.all(messages.map(({ type, bytes }) => js.publish(subjects.event(segment, type), bytes)));
}
const single = (event: Envelope) => ({ type: event.type, bytes: Buffer.from(JSON.stringify(event)) });
const batch = (events: unknown[]) => ({ type: 'batch', bytes: Buffer.from(JSON.stringify(events)) });

async function found(): Promise<string[]> {
  const jsm = await world.nc.jetstreamManager();
  const inStreams = await Promise.all(everyStream.map((stream) => messagesWithMarks(jsm, stream)));
  return [...(await tablesWithMarks(world.client)), ...inStreams.flat()];
}

test('nothing personal is in the clear in any file, log, table, bucket or quarantine', async () => {
  const worker = world.addWorker('ingest');
  await worker.start();
  await publish(markedEvents(segment, 1).map(single));
  await publish([
    ...markedEvents(segment, 1).map(single),
    batch(markedEvents(segment, 1)),
    batch(markedEvents(segment, 2)),
  ]);
  // The same identities with other content: their content is kept, sealed, too.
  await publish(
    markedEvents(segment, 1).map((event) => single({ ...event, data: { ...event.data, more: mark.text(3) } })),
  );
  await publish([batch(flawedEvents(segment, 4)), ...unreadableBytes(5).map((bytes) => ({ type: 'batch', bytes }))]);
  const flow = await untilStored(world);
  // Some flaws are none for some types: an unknown key is kept, sealed.
  expect(flow.totals).toMatchObject({ received: 5 * 16 + 16 * 14 + 3, balanced: true });
  expect(flow.totals.rejected).toBeGreaterThan(150);
  expect(flow.totals.duplicate).toBeGreaterThanOrEqual(3 * 16);

  expect(await found()).toEqual([]);
  await worker.stop();
  await world.engine.stop();
  await world.broker.stop();
  expect(filesWithMarks(world.dataDir)).toEqual([]);
  expect(filesWithMarks(world.logDir)).toEqual([]);
});

test('the same search finds them when they are not sealed', async () => {
  await Promise.all([world.engine.start(), world.broker.start()]);
  const vault = openVaultInTheClear();
  const nc = await connectNats(world.natsLoginOf('ingest'), 'ingest');
  const js = nc.jetstream();
  const reader = { blind: () => undefined, keyedHash: () => ({ low: 0, high: 0 }) } satisfies Reader;
  const feed = createEventsFeed({
    decode: (messages) => Promise.resolve(draftOf(messages, reader)),
    vault,
    deduper: {
      judge: (groups) => Promise.resolve({ verdicts: groups.map(() => undefined), committed: () => {} }),
      reset: () => {},
      unseeded: () => {},
      seeded: () => {},
      isSeeded: () => true,
    },
    putAside: (epoch, rows) => quarantine(js, vault, { stream: streams.events, epoch, payloadMax: 2 ** 20 }, rows),
    heard: () => Promise.resolve([]),
    rejected: () => Promise.resolve(new Map()),
    seed: () => Promise.resolve(),
    onStored: () => {},
  });
  const timeUs = Date.now() * 1_000;
  const messages = [batch(markedEvents(segment, 1)), batch(flawedEvents(segment, 2))].map(({ bytes }, at) => ({
    ...{ subject: subjects.batch(segment), seq: at + 1, timeUs, data: bytes },
  }));
  const rows = await feed.decode(messages);
  const span = { firstSeq: 1, lastSeq: 2, firstTimeUs: timeUs, lastTimeUs: timeUs, missing: [], sizeBytes: 1_000_000 };
  const epoch = { epoch: 1, streamCreatedUs: 1 };
  const prepared = await feed.prepare({ ...span, pieces: [rows], rowCount: rows.count }, epoch);
  const { stream, table, columns } = feed;
  const condition = { at: 'anywhere' } as const;
  const appended = await append(world.client, { stream, table, columns, epoch, prepared, condition });
  await nc.close();
  expect(appended).toEqual({ result: 'stored' });
  const places = await found();
  expect(places).toContain('deskwire.events');
  expect(places.filter((place) => /^QUARANTINE \d+ body$/.test(place)).length).toBeGreaterThan(150);
});

test('marks are found in files whatever their alignment and encoding', () => {
  const dir = mkdtempSync(join(tmpdir(), 'deskwire-marks-'));
  try {
    const texts = [mark.name(1), mark.mail(2), mark.phone(3), mark.text(4)];
    const files = texts.flatMap((text, t) => [
      ...[0, 1, 2].map(
        (shift) =>
          [`${t}-base64-${shift}`, Buffer.from(Buffer.from(`${'x'.repeat(shift)}${text}`).toString('base64'))] as const,
      ),
      [`${t}-plain`, Buffer.from(text)] as const,
      [`${t}-utf16`, Buffer.from(text, 'utf16le')] as const,
    ]);
    for (const [name, bytes] of files) writeFileSync(join(dir, name), bytes);
    writeFileSync(join(dir, 'clean'), 'nothing to see');
    expect(filesWithMarks(dir)).toHaveLength(files.length);
    expect(holdsMark(Buffer.from('nothing to see'))).toBe(false);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
