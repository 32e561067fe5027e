import { isDeepStrictEqual } from 'node:util';
import { readFlowReport } from '@deskwire/clickhouse/flow-report';
import { readKpiAnswers } from '@deskwire/clickhouse/kpi/read-kpi-answers';
import { openKpiDoor } from '@deskwire/clickhouse/kpi/kpi-door';
import { today } from '@deskwire/clickhouse/kpi/kpi-range';
import { kpiFrame, kpiNames, type KpiAnswers } from '@deskwire/contracts/kpi';
import { subjects } from '@deskwire/contracts/subjects';
import { connectNats } from '@deskwire/runtime/nats';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import type { NatsConnection } from 'nats';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startHub, type RunningHub } from './testing/start-hub.ts';
import { opened, startDeskLedger } from './testing/start-desk-ledger.ts';
import { makeToken, metric, openClient, until, type TestClient } from './testing/test-client.ts';

const zone = 'Europe/Berlin';
let nats: TestNats;
let ledger: Awaited<ReturnType<typeof startDeskLedger>>;
let operator: NatsConnection;
let hubEnv: Record<string, string>;
let hub: RunningHub;
const clients: TestClient[] = [];

beforeAll(async () => {
  nats = await startNats();
  ledger = await startDeskLedger(nats);
  operator = await connectNats(nats.env('operator'), 'operator');
  await ledger.open('billing', 3);
  await ledger.open('sales', 2);
  hubEnv = { ...nats.env('hub'), ...ledger.env, TIME_ZONE: zone };
  hub = await startHub(hubEnv);
}, 120_000);
afterEach(() => {
  for (const client of clients.splice(0)) client.socket.disconnect();
});
afterAll(async () => {
  await operator.close();
  await hub.stop();
  await Promise.all([ledger.stop(), nats.stop()]);
});

async function open(role: 'analyst' | 'lead' | 'agent', teams: string[] = [], url = hub.url): Promise<TestClient> {
  const client = openClient(url, (await makeToken(operator, role, teams)).token);
  clients.push(client);
  await until(() => client.socket.connected);
  return client;
}
/** Today's figures without what only says when they were read; a busy machine may need to be asked again. */
async function ofApi(team: string[] = []): Promise<unknown> {
  let answers: unknown;
  await until(async () => {
    answers = await readApi(team).catch(() => undefined);
    return answers !== undefined;
  }, 60_000);
  return answers;
}
async function readApi(team: string[]): Promise<unknown> {
  const jsm = await operator.jetstreamManager();
  const streamHead = async (name: string) => ({ lastSeq: (await jsm.streams.info(name)).state.last_seq });
  const flow = await readFlowReport({ client: ledger.client, streamHead, now: Date.now, zone });
  const range = today(Date.parse(flow.at), zone);
  return figures(await readKpiAnswers(openKpiDoor(ledger.client), { names: kpiNames, range, filters: { team }, flow }));
}
const figures = (answers: KpiAnswers | undefined) =>
  Object.entries(answers ?? {}).map(([name, { value, n, business, unit, cohort, completeness }]) => ({
    ...{ name, value, n, business, unit, cohort, state: completeness.state },
  }));
const figuresOf = (client: TestClient) => figures(client.last('kpi:all')?.kpis);
const created = (client: TestClient, ch: string) => client.last(ch)?.kpis.created?.n;
/** Once the frame knows what waits: on a busy machine NATS may be slow to say it. */
async function expectAsApi(client: TestClient, ch: string, teams?: string[]): Promise<void> {
  await until(() => client.last(ch)?.kpis.created?.completeness.state !== 'stale', 20_000);
  expect(figures(client.last(ch)?.kpis)).toEqual(await ofApi(teams));
}

describe('channel kpi', () => {
  it('sends what the API answers, for all and for each team, at once after a commit', async () => {
    const [analyst, lead] = [await open('analyst'), await open('lead', ['billing'])];
    await analyst.join('kpi:all');
    await analyst.join('kpi:team:sales');
    await lead.join('kpi:team:billing');
    expect(analyst.frames[0]).toMatchObject({ ch: 'kpi:all', kind: 'snapshot' });
    await expectAsApi(analyst, 'kpi:all');
    // A lead without teams leads all of them.
    const leadOfAll = await open('lead');
    await leadOfAll.join('kpi:all');
    await expectAsApi(leadOfAll, 'kpi:all');
    await expectAsApi(analyst, 'kpi:team:sales', ['sales']);
    await expectAsApi(lead, 'kpi:team:billing', ['billing']);

    const before = created(analyst, 'kpi:all') ?? 0;
    await ledger.open('billing');
    await until(() => created(analyst, 'kpi:all') === before + 1 && created(lead, 'kpi:team:billing') === 4, 30_000);
    const all = await ofApi();
    await expect.poll(() => figures(analyst.last('kpi:all')?.kpis), { timeout: 10_000 }).toEqual(all);
    expect(created(analyst, 'kpi:team:sales')).toBe(2);

    // On a busy machine the lease may change hands meanwhile, and with it the epoch.
    const epoch = analyst.frames.at(-1)?.epoch;
    const own = analyst.frames.filter((frame) => frame.ch === 'kpi:all' && frame.epoch === epoch);
    own.slice(1).forEach((frame, place) => expect(frame.prev).toBe(own[place]?.seq));
  });

  it('counts what the desk did before it is stored, once, and moves the watermark with it', async () => {
    const [analyst, lead] = [await open('analyst'), await open('lead', ['billing'])];
    await Promise.all([analyst.join('kpi:all'), lead.join('kpi:team:billing')]);
    const kpis = () => analyst.last('kpi:all')?.kpis;
    const ofTeam = () => lead.last('kpi:team:billing')?.kpis;
    const counts = () => [kpis()?.created?.n, kpis()?.solved?.n, ofTeam()?.created?.n, ofTeam()?.solved?.n];
    const watermark = () => Date.parse(kpis()?.created?.watermark ?? '');
    const [before, backlog, known] = [counts(), kpis()?.backlog?.n, watermark()];
    const plus = (added: number[]) => before.map((count, place) => (count ?? 0) + (added[place] ?? 0));

    const ticket = opened('zendesk~ahead', 'billing');
    const solved = { version: 2, created: false, solved: true, open_after: false, solve_at: ticket.at };
    await ledger.change([ticket, { ...ticket, ...solved }, opened('zendesk~aside', 'sales')]);
    await until(() => isDeepStrictEqual(counts(), plus([2, 1, 1, 1])), 30_000);
    expect(watermark()).toBeGreaterThan(known);
    expect(Date.parse(kpis()?.created?.as_of ?? '')).toBeGreaterThanOrEqual(watermark());
    expect(kpis()?.backlog?.n).toBe(backlog);

    const heard = [analyst, lead].map(({ frames }) => frames.length);
    await ledger.catchUp();
    await until(() => kpis()?.backlog?.n === (backlog ?? 0) + 1, 30_000);
    const later = [analyst, lead].map(({ frames }, place) => frames.slice(heard[place]));
    const seen = later.map((frames) => frames.map(({ data }) => kpiFrame.parse(data).kpis.created?.n));
    expect(seen.map((all) => [...new Set(all)])).toEqual([[plus([2])[0]], [plus([0, 0, 1])[2]]]);
    await until(async () => isDeepStrictEqual(figures(kpis()), await ofApi()), 30_000);
  });

  it('says which change of a ticket was stored last, also one that moves no figure, and no other message', async () => {
    const client = await open('analyst');
    await client.join('kpi:all');
    const kept = opened('zendesk~kept', 'billing');
    await ledger.store([kept]);
    const all = await ofApi();
    await expect.poll(() => figuresOf(client), { timeout: 10_000 }).toEqual(all);
    const seq = () => client.last('kpi:all')?.last_change?.seq ?? 0;
    const stored = () =>
      operator
        .jetstream()
        .streams.get('TICKETS')
        .then((stream) => stream.info())
        .then(({ state }) => state.last_seq);
    await until(async () => seq() === (await stored()));

    await ledger.store([{ ...kept, version: 2, created: false, after: { ...kept.after, priority: 'urgent' } }]);
    await until(async () => seq() === (await stored()), 30_000);
    expect(figuresOf(client)).toEqual(all);
    const last = seq();
    await ledger.storeFloor();
    const heard = client.frames.length;
    await until(() => client.frames.length >= heard + 5, 30_000);
    expect([seq(), await stored()]).toEqual([last, last + 1]);
  });

  it('calls nothing complete while ingest stores no events, and its counts know nothing newer than the ledger', async () => {
    const client = await open('analyst');
    await client.join('kpi:all');
    const answer = () => client.last('kpi:all')?.kpis.created;
    const watermark = () => Date.parse(answer()?.watermark ?? '');
    await until(async () => isDeepStrictEqual(await ofApi(), figuresOf(client)), 30_000);
    const before = answer()?.n ?? 0;
    const storeHeld = ledger.hold();
    const heldAt = Date.now();
    await ledger.store([opened('zendesk~held', 'sales')]);
    // An answer, and one more that finds the ledger where it was.
    const readings = new Set<string>();
    await until(() => {
      ledger.commit();
      const { as_of = '' } = client.last('kpi:all')?.kpis.backlog ?? {};
      if (answer()?.n === before + 1) readings.add(as_of);
      return readings.size >= 2 && watermark() <= heldAt;
    }, 30_000);
    await ledger.change([opened('zendesk~held too', 'sales')]);
    await until(() => answer()?.n === before + 2, 30_000);
    expect(watermark()).toBeLessThanOrEqual(heldAt);
    expect(answer()?.completeness.state).toMatch(/provisional|stale/);
    await ledger.catchUp();
    await storeHeld();
    await until(() => {
      ledger.commit();
      return answer()?.completeness.state === 'complete' && watermark() > heldAt;
    }, 30_000);
  });

  it('follows the desk again after its reading broke', async () => {
    const client = await open('analyst');
    await client.join('kpi:all');
    await until(async () => isDeepStrictEqual(await ofApi(), figuresOf(client)), 30_000);
    const before = created(client, 'kpi:all') ?? 0;
    await ledger.change([opened('zendesk~first', 'sales')]);
    await until(() => created(client, 'kpi:all') === before + 1, 30_000);
    const { consumers } = await operator.jetstreamManager();
    const readers = await consumers.list('TICKETS').next();
    for (const { name } of readers) await consumers.delete('TICKETS', name);
    await ledger.change([opened('zendesk~second', 'sales')]);
    await until(() => created(client, 'kpi:all') === before + 2, 30_000);
    expect(readers.length).toBeGreaterThan(0);
    await ledger.catchUp();
    const all = await ofApi();
    await expect.poll(() => figures(client.last('kpi:all')?.kpis), { timeout: 10_000 }).toEqual(all);
  });

  it('gives a client that holds the head no needless snapshot, and any other one a whole one', async () => {
    const answered = (answer: string) => metric(hub.url, 'deskwire_hub_resumes_total', { answer });
    const before = { first: await answered('first'), held: await answered('held') };
    const first = await open('analyst');
    await first.join('kpi:all');
    await first.ask('unsubscribe', { ch: 'kpi:all' });
    const second = await open('analyst');
    await second.join('kpi:all');
    // Ticks go on for `second`; ask again with whatever is the head at that moment, until both agree.
    await until(async () => {
      const held = second.frames.at(-1);
      const heard = first.frames.length;
      if (held === undefined) return false;
      await first.subscribe('kpi:all', { epoch: held.epoch, seq: held.seq });
      const isHeld = first.frames.length === heard && first.beats.at(-1)?.head === held.seq;
      await first.ask('unsubscribe', { ch: 'kpi:all' });
      return isHeld;
    });
    expect(await answered('first')).toBe(before.first + 2);
    expect(await answered('held')).toBeGreaterThan(before.held);
    const heard = first.frames.length;
    const snapshots = await answered('snapshot');
    await first.subscribe('kpi:all', { epoch: 1, seq: 1 });
    expect(first.frames[heard]).toMatchObject({ kind: 'snapshot' });
    expect(await answered('snapshot')).toBe(snapshots + 1);
  });

  it('lets nobody hear another team or more than the role may', async () => {
    const [agent, lead] = [await open('agent', ['billing']), await open('lead', ['billing'])];
    expect(await agent.subscribe('kpi:all')).toBe('forbidden');
    expect(await agent.subscribe('kpi:team:billing')).toBe('forbidden');
    expect(await lead.subscribe('kpi:all')).toBe('forbidden');
    expect(await lead.subscribe('kpi:team:sales')).toBe('forbidden');
    expect(await lead.subscribe('kpi:nonsense')).toBe('not-found');
  });

  it('follows teams that there are, or that are one’s own, and no other names', async () => {
    const analyst = await open('analyst');
    const wanted: string[] = [];
    const following = operator.subscribe(subjects.liveKpiWanted, {
      callback: (_, message) => void wanted.push(message.string()),
    });
    await operator.flush();
    const refused = await analyst.ask('subscribe', { ch: 'kpi:team:newcomers' });
    expect(refused).toEqual({
      ok: false,
      error: { code: 'not-found', message: 'No ticket was ever in team "newcomers".' },
    });
    await (await open('analyst', ['newcomers'])).join('kpi:team:newcomers');
    await until(() => wanted.some((message) => message.includes('team:newcomers')));
    await ledger.open('arrivals');
    const figures = operator.subscribe('live.kpi.team:arrivals', { max: 1 });
    await operator.flush();
    await analyst.join('kpi:team:arrivals');
    expect(created(analyst, 'kpi:team:arrivals')).toBe(1);
    // Every hub hears them there.
    for await (const message of figures) expect(message.json()).toMatchObject({ ch: 'kpi:team:arrivals' });
    following.unsubscribe();
  });

  it('repeats the last known figures as stale while ClickHouse is away, never zeros, never silence', async () => {
    const client = await open('analyst');
    await client.join('kpi:all');
    const known = created(client, 'kpi:all');
    ledger.engine.kill('SIGSTOP');
    try {
      const state = () => client.last('kpi:all')?.kpis.created?.completeness.state;
      await until(() => state() === 'stale', 20_000);
      const heard = client.frames.length;
      await until(() => client.frames.length > heard, 10_000);
      expect(created(client, 'kpi:all')).toBe(known);
      expect(client.last('kpi:all')?.kpis.created?.completeness).toMatchObject({ state: 'stale' });
    } finally {
      ledger.engine.kill('SIGCONT');
    }
    await until(() => client.last('kpi:all')?.kpis.created?.completeness.state === 'complete', 30_000);
  });

  it('does nothing when nobody listens', async () => {
    const ticks = () => metric(hub.url, 'deskwire_hub_kpi_tick_seconds_count');
    const listener = await open('analyst');
    await listener.join('kpi:team:sales');
    const heard = await ticks();
    let commits = 0;
    // How many commits make at least five ticks while somebody listens, on this machine, now.
    await until(async () => {
      await ledger.open('sales');
      commits += 1;
      return (await ticks()) >= heard + 5;
    }, 60_000);
    listener.socket.disconnect();
    await until(async () => (await metric(hub.url, 'deskwire_hub_connections')) === 0);

    const before = await ticks();
    for (let commit = 0; commit < commits; commit += 1) await ledger.open('sales');
    // A tick that was under way may still end.
    expect((await ticks()) - before).toBeLessThanOrEqual(1);

    const late = await open('analyst');
    await late.join('kpi:team:sales');
    const [all] = z.array(z.object({ n: z.number() })).parse(await ofApi(['sales']));
    await until(() => created(late, 'kpi:team:sales') === all?.n, 30_000);
  }, 180_000);

  it('goes back with the ledger when rows of its end are withdrawn, without what ran ahead of them', async () => {
    const client = await open('analyst');
    await client.join('kpi:all');
    const count = () => created(client, 'kpi:all');
    // What a channel begins with may be of before it was last listened to.
    const agree = async () => isDeepStrictEqual(await ofApi(), figuresOf(client));
    await until(agree, 30_000);
    const before = count() ?? 0;
    await ledger.store([opened('zendesk~withdrawn', 'sales')]);
    await until(async () => count() === before + 1 && (await agree()), 30_000);
    await ledger.change([opened('zendesk~lost too', 'sales')]);
    await until(() => count() === before + 2, 30_000);
    const settings = { mutations_sync: '2' } as const;
    const withdraw = "ALTER TABLE ticket_changes DELETE WHERE ticket_id = 'zendesk~withdrawn'";
    await ledger.client.command({ query: withdraw, clickhouse_settings: settings });
    await until(() => count() === before, 30_000);
    await ledger.catchUp();
    await until(() => count() === before + 1, 30_000);
  });
});

describe('several hubs', () => {
  it('share one ticker; when its hub is killed another takes over, with a new epoch and the same figures', async () => {
    const other = await startHub(hubEnv);
    try {
      const [here, there] = [await open('analyst'), await open('analyst', [], other.url)];
      await Promise.all([here.join('kpi:all'), there.join('kpi:all')]);
      await until(() => here.frames.length > 2 && there.frames.length > 2, 30_000);
      const epoch = there.frames.at(-1)?.epoch;
      expect(here.frames.at(-1)?.epoch).toBe(epoch);
      const ticksThere = await metric(other.url, 'deskwire_hub_kpi_tick_seconds_count');
      expect(ticksThere).toBe(0);

      await hub.stop('SIGKILL');
      await ledger.open('billing');
      await until(() => there.frames.at(-1)?.epoch !== epoch, 20_000);
      await until(
        async () => JSON.stringify(figures(there.last('kpi:all')?.kpis)) === JSON.stringify(await ofApi()),
        30_000,
      );
    } finally {
      await other.stop();
      hub = await startHub(hubEnv);
    }
  });
});

describe('limits of a connection', () => {
  it('refuses the channel too many, and closes on who goes on', async () => {
    const teams = Array.from({ length: 60 }, (_, n) => `limit-${n}`);
    const client = await open('analyst', teams);
    await client.join('kpi:all');
    const answers = await Promise.all(teams.map((team) => client.subscribe(`kpi:team:${team}`)));
    expect(answers.filter((answer) => answer !== 'invalid')).toHaveLength(49);
    expect(answers.filter((answer) => answer === 'invalid')).toHaveLength(11);
    for (let n = 0; n < 10_000; n += 1) client.socket.emit('subscribe', { ch: `kpi:team:more-${n}` });
    await until(() => client.socket.disconnected);
    expect(await metric(hub.url, 'deskwire_hub_refused_messages_total')).toBeGreaterThan(1_000);
    await (await open('analyst')).join('kpi:all');
  });

  it('survives a frame of 5 MB and binary garbage, and serves the others', async () => {
    const [big, odd, good] = [await open('analyst'), await open('analyst'), await open('analyst')];
    big.socket.emit('subscribe', { ch: 'x'.repeat(5 * 1024 * 1024) });
    await until(() => big.socket.disconnected);
    odd.socket.io.engine.write('5garbage');
    odd.socket.io.engine.write(`4${String.fromCharCode(0, 255)}[[[`);
    await until(() => odd.socket.disconnected);
    await good.join('kpi:all');
    expect(await metric(hub.url, 'deskwire_hub_closed_total')).toBeGreaterThanOrEqual(2);
  });
});

it('counts only what is stored of a stream that the ledger does not know', async () => {
  const client = await open('analyst');
  await client.join('kpi:all');
  const before = created(client, 'kpi:all') ?? 0;
  const { streams } = await operator.jetstreamManager();
  const { config } = await streams.info('TICKETS');
  await streams.delete('TICKETS');
  await streams.add(config);
  await ledger.change([opened('zendesk~unknown', 'sales')]);
  const heard = client.frames.length;
  await until(() => client.frames.length >= heard + 5, 30_000);
  expect(created(client, 'kpi:all')).toBe(before);
});
