import { segmentOf } from '@deskwire/contracts/desk-id';
import { nameOfRejected } from '@deskwire/contracts/rejected';
import { subjects } from '@deskwire/contracts/subjects';
import { createIdFilter } from '@deskwire/ingest/id-filter';
import { seedFilter } from '@deskwire/ingest/id-lookup';
import { retireSources } from '@deskwire/supervisor/retire-sources';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptedOf, ledgerRows } from './src/ledger-rows.ts';
import { publishTickets, ticketEvent } from './src/ticket-events.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;
const events = 400;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

test('duplicates are recognised after a restart of ingest, and by a second worker that takes over', async () => {
  const js = world.nc.jetstream();
  const env = { INGEST_LEASE_MS: '1000' };
  const [one, two] = [world.addWorker('ingest-one', { env }), world.addWorker('ingest-two', { env })];
  const again = async (times: number) => {
    await publishTickets(js, 'copied', events);
    expect((await untilStored(world)).totals).toMatchObject({
      accepted: events,
      duplicate: times * events,
      balanced: true,
    });
    expect(await acceptedOf(world.client, 'copied')).toBe(events);
  };
  await one.start();
  await again(0);

  await one.kill();
  await one.start();
  await again(1);

  await two.start();
  await one.kill();
  await again(2);

  // The first one knows the ledger as it was before the other wrote to it.
  await one.start();
  await publishTickets(js, 'new', events);
  await untilStored(world);
  await two.kill();
  await publishTickets(js, 'new', events);
  expect((await untilStored(world)).totals).toMatchObject({ accepted: 2 * events, duplicate: 3 * events, rejected: 0 });

  // In parts, as ids that do not fit into one answer are read.
  const filter = createIdFilter({ sizeBytes: 2 ** 20, horizonMs: 3_600_000, now: Date.now });
  expect(await seedFilter(world.client, filter, 0, 100)).toBe(2 * events);
});

test('what a source has sent and did not arrive is missing at its second heartbeat, whoever counts, until it comes', async () => {
  const js = world.nc.jetstream();
  const source = 'salesforce/emea';
  let beats = 0;
  const beat = (sent: number, time = new Date().toISOString()) => {
    const data = { cursor: '', sent_count: sent, interval_s: 3_600 };
    const event = { specversion: '1.0', id: `beat-${beats++}`, source, type: 'source.heartbeat', time, data };
    return js.publish(subjects.event('salesforce', event.type), JSON.stringify(event));
  };
  const send = (...ids: string[]) =>
    js.publish(subjects.batch('salesforce'), JSON.stringify(ids.map((id) => ticketEvent(id, { source }))));
  const told = async () => {
    const { sources, state, why } = await untilStored(world);
    return { state, why, missing: sources.find((one) => one.source === source)?.missing };
  };
  const [worker, standby] = [world.addWorker('counts'), world.addWorker('counts-too')];
  await worker.start();
  await beat(1_000);
  await send('a', 'b', 'c');
  await beat(1_005);
  expect((await told()).missing).toBeUndefined();
  await send('d');
  await untilStored(world);
  await worker.kill();
  await standby.start();
  await beat(1_006);
  const { missing, ...verdict } = await told();
  expect(verdict).toEqual({ state: 'incomplete', why: `${source} says that it has sent 2 events more than arrived` });
  expect(missing?.events).toBe(2);
  await send('late-1', 'late-2');
  await beat(1_006);
  expect((await told()).missing).toBeUndefined();
  // Stored before a heartbeat that does not count it yet: its acknowledgement was under way.
  await send('pipelined');
  await beat(1_006);
  await untilStored(world);
  // Overtaken by that one; who takes over goes on from the newer count all the same.
  await beat(900, '2026-11-22T08:00:00Z');
  expect((await untilStored(world)).sources.find((one) => one.source === source)?.heartbeat?.sentCount).toBe(1_006);
  await standby.kill();
  await worker.start();
  await beat(1_007);
  await beat(1_007);
  expect((await told()).missing).toBeUndefined();

  for (const sent of [1_008, 1_008]) await beat(sent);
  expect((await told()).missing?.events).toBe(1);
  expect(await retireSources({ js, client: world.client, now: Date.now }, 'salesforce')).toEqual([source]);
  expect((await told()).missing).toBeUndefined();
  const stateOf = async () => (await untilStored(world)).sources.find((one) => one.source === source)?.state;
  expect(await stateOf()).toBe('retired');
  expect(await retireSources({ js, client: world.client, now: Date.now }, 'salesforce')).toEqual([]);
  await send('back');
  expect(await stateOf()).toBe('live');
  expect(await retireSources({ js, client: world.client, now: Date.now }, 'salesforce')).toEqual([source]);
  expect(await stateOf()).toBe('retired');
  await worker.stop();
});

test('what was rejected and is settled does not stand in for what is missing, whoever counts', async () => {
  const js = world.nc.jetstream();
  const source = 'salesforce/apac';
  let beats = 0;
  const beat = (sent: number) => {
    const data = { cursor: '', sent_count: sent, interval_s: 3_600 };
    return js.publish(
      subjects.event('salesforce', 'source.heartbeat'),
      eventText(`apac-${beats++}`, 'source.heartbeat', data),
    );
  };
  const eventText = (id: string, type: string, data: object) =>
    JSON.stringify({ specversion: '1.0', id, source, type, time: new Date().toISOString(), data });
  const missing = async () => (await untilStored(world)).sources.find((one) => one.source === source)?.missing?.events;
  const [worker, standby] = [world.addWorker('settled'), world.addWorker('settled-too')];
  await worker.start();
  await beat(0);
  const flawed = [1, 2].map((n) => ticketEvent(`flawed-${n}`, { source, type: 'ticket.exploded' }));
  for (const event of flawed) await js.publish(subjects.event('salesforce', 'ticket.snapshot'), JSON.stringify(event));
  await beat(3);
  await beat(3);
  expect(await missing()).toBe(1);

  const sendSettlement = async (n: number) => {
    const [row] = await ledgerRows(world.client, `source = '${source}' AND id = 'flawed-${n}'`);
    if (row === undefined) throw new Error('no row');
    const name = nameOfRejected({ stream: 'EVENTS', ...row });
    const data = { reason: 'a test', by: 'nobody' };
    await js.publish(subjects.settlement('salesforce', name), eventText(`dismissed-${n}`, 'rejection.dismissed', data));
  };
  const settle = async (n: number) => {
    await sendSettlement(n);
    await untilStored(world);
  };
  await settle(1);
  await beat(3);
  expect(await missing()).toBe(1);
  // What could not be read was counted under no source of its own: mended it is one of those that were sent.
  await js.publish(subjects.event('salesforce', 'ticket.snapshot'), 'not JSON');
  await beat(4);
  await beat(4);
  expect(await missing()).toBe(2);
  const [unread] = await ledgerRows(world.client, "source = 'salesforce' AND reason = 'not-json'");
  if (unread === undefined) throw new Error('no row');
  const mended = subjects.settlement('salesforce', nameOfRejected({ stream: 'EVENTS', ...unread }));
  await js.publish(mended, JSON.stringify(ticketEvent('mended', { source })));
  await beat(4);
  expect(await missing()).toBe(1);
  // Four times, in two batches and in one: none of them has the source sent.
  for (let times = 0; times < 2; times += 1) await settle(2);
  await worker.kill();
  for (let times = 0; times < 2; times += 1) await sendSettlement(2);
  await standby.start();
  await beat(4);
  expect(await missing()).toBe(1);
  await standby.stop();
});

test('a message that nobody could read is made up for by all that it held, or by its dismissal, whoever counts', async () => {
  const js = world.nc.jetstream();
  let ids = 0;
  const send = (subject: string, type: string, source: string, data: object) => {
    const time = new Date().toISOString();
    return js.publish(subject, JSON.stringify({ specversion: '1.0', source, id: `e-${ids++}`, time, type, data }));
  };
  const beat = (source: string, sent_count: number) =>
    send(subjects.event(segmentOf(source), 'source.heartbeat'), 'source.heartbeat', source, {
      ...{ cursor: '', sent_count, interval_s: 3_600 },
    });
  const missing = async (of: string) =>
    (await untilStored(world)).sources.find(({ source }) => source === of)?.missing?.events;
  const subjectOf = async (segment: string, seq: number) => {
    const [row] = await ledgerRows(world.client, `seq = ${seq}`);
    if (row === undefined) throw new Error('no row');
    return subjects.settlement(segment, nameOfRejected({ stream: 'EVENTS', ...row }));
  };
  const [worker, standby] = [world.addWorker('unread'), world.addWorker('unread-too')];
  await worker.start();
  for (const source of ['freshdesk', 'intercom/eu']) await beat(source, 0);
  for (const [round, takesOver] of [false, true].entries()) {
    const sent = 3 * (round + 1);
    const { seq: mended } = await js.publish(subjects.batch('freshdesk'), '[{"not": JSON');
    // Counted under intercom, of which it is not known that intercom/eu has sent it.
    const { seq: dismissed } = await js.publish(subjects.batch('intercom'), '[{"nor": this');
    for (const source of ['freshdesk', 'intercom/eu', 'freshdesk', 'intercom/eu']) await beat(source, sent);
    expect([await missing('freshdesk'), await missing('intercom/eu')]).toEqual([2, 3]);

    const held = Array.from({ length: 3 }, () => ({ ...ticketEvent(`held-${ids++}`), source: 'freshdesk' }));
    await js.publish(await subjectOf('freshdesk', mended), JSON.stringify(held));
    const reason = { reason: 'a test', by: 'nobody' };
    await send(await subjectOf('intercom', dismissed), 'rejection.dismissed', 'intercom', reason);
    await untilStored(world);
    if (takesOver) {
      await worker.kill();
      await standby.start();
    }
    for (const source of ['freshdesk', 'intercom/eu']) await beat(source, sent);
    expect([await missing('freshdesk'), await missing('intercom/eu')]).toEqual([undefined, undefined]);
  }
  await standby.stop();
});
