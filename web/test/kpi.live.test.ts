import { randomBytes } from 'node:crypto';
import { connectClickHouse } from '@deskwire/clickhouse/connect';
import {
  changeRows,
  happenedBefore,
  seeded,
  storedChange,
  type ChangeRow,
} from '@deskwire/clickhouse/kpi/testing/change-rows';
import { kpiAnswers, kpiNames, kpiReceipt, kpiSeries } from '@deskwire/contracts/kpi';
import { problem } from '@deskwire/contracts/problem';
import { subjects } from '@deskwire/contracts/subjects';
import { ticketAnswer } from '@deskwire/contracts/ticket-answer';
import { heartbeat, startLedger } from '@deskwire/hub/testing/start-ledger';
import { connectNats } from '@deskwire/runtime/nats';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import { ticketKey } from '@deskwire/vault/key-name';
import { openVault } from '@deskwire/vault/vault';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildWeb, newToken, startWeb } from './start-web';

const masterKey = randomBytes(32);
const day = 86_400_000;
const start = Date.now() - 30 * day;
let nats: TestNats;
let ledger: Awaited<ReturnType<typeof startLedger>>;
let client: ReturnType<typeof connectClickHouse>;
let web: Awaited<ReturnType<typeof startWeb>>;
let rows: ChangeRow[];
/** The source's own id of a ticket of zendesk. */
let own = '';
const tokens = { analyst: '', admin: '', lead: '', leadOfAll: '', agent: '' };

beforeAll(async () => {
  [nats] = await Promise.all([startNats(), buildWeb()]);
  ledger = await startLedger(nats);
  await ledger.append([{ source: 'zendesk' }, heartbeat('zendesk', 600, 0)]);
  client = connectClickHouse(ledger.env, 'test');
  rows = happenedBefore(changeRows(seeded(7), 200, start, Date.now() - 20 * day), Date.now());
  own = rows.find(({ source }) => source === 'zendesk')?.ticket_id.slice('zendesk~'.length) ?? '';
  const operator = await connectNats(nats.env('operator'), 'operator');
  const sealed = await sealFace(operator);
  const epoch = Number(await firstOf('SELECT max(epoch) AS value FROM events'));
  const stored = rows.map((row, place) => ({
    ...storedChange(row, place + 1),
    // The newest stored change has seen all of EVENTS.
    ...{
      floor_epoch: epoch,
      floor_seq: 2,
      updated_at: isoText(row.at),
      status: 'open',
      sealed: row.ticket_id === `zendesk~${own}` ? sealed : '',
    },
  }));
  await client.insert({ table: 'ticket_changes', values: stored, format: 'JSONEachRow' });
  await operator.close();
  const desk = await connectNats(nats.env('workflows'), 'workflows');
  await Promise.all(rows.map(() => desk.jetstream().publish(subjects.ticketFloor, '')));
  await desk.close();
  web = await startWeb({
    ...nats.env('web'),
    ...ledger.env,
    TIME_ZONE: 'Europe/Berlin',
    MASTER_KEY: masterKey.toString('base64'),
  });
  const made = await Promise.all([
    newToken(nats, 'analyst'),
    newToken(nats, 'admin'),
    newToken(nats, 'lead', 'billing'),
    newToken(nats, 'lead'),
    newToken(nats, 'agent', 'billing'),
  ]);
  const [analyst = '', admin = '', lead = '', leadOfAll = '', agent = ''] = made.map(({ token }) => token);
  Object.assign(tokens, { analyst, admin, lead, leadOfAll, agent });
}, 240_000);
afterAll(async () => {
  await web.stop();
  await client.close();
  await Promise.all([ledger.stop(), nats.stop()]);
});

async function sealFace(operator: Awaited<ReturnType<typeof connectNats>>): Promise<string> {
  const vault = await openVault({ kv: await operator.jetstream().views.kv('keys'), masterKey });
  const name = ticketKey('zendesk', own);
  await vault.ready([name]);
  const result = vault.sealText(name, JSON.stringify({ subject: 'It hurts', requester: { name: 'Ada' } }));
  await vault.close();
  return 'sealed' in result ? result.sealed : '';
}
const isoText = (ms: number) => new Date(ms).toISOString().slice(0, -1).replace('T', ' ');
async function firstOf(query: string): Promise<unknown> {
  const answer = await client.query({ query, format: 'JSONEachRow' });
  return z.array(z.object({ value: z.unknown() })).parse(await answer.json())[0]?.value;
}
const get = (path: string, token: string) => fetch(web.url + path, { headers: { authorization: `Bearer ${token}` } });
const iso = (ms: number) => new Date(ms).toISOString();
const month = `from=${iso(start)}&to=${iso(start + 20 * day)}`;

async function refused(path: string, token = tokens.analyst): Promise<[number, string]> {
  const response = await get(path, token);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const { status, detail } = problem.parse(await response.json());
  expect(status).toBe(response.status);
  return [status, detail];
}

describe('GET /api/v1/kpi', () => {
  it('answers every KPI of today, complete as soon as the desk has seen all events', async () => {
    const response = await get('/api/v1/kpi', tokens.analyst);
    expect(response.status).toBe(200);
    const answers = kpiAnswers.parse(await response.json());
    expect(Object.keys(answers)).toEqual([...kpiNames]);
    expect(answers.backlog?.completeness).toEqual({ state: 'complete' });
    expect(answers.backlog?.watermark).toBe(answers.backlog?.as_of);
  });
  it('counts a range by group, with the period before', async () => {
    const response = await get(
      `/api/v1/kpi?${month}&kpis=created,solved&by=team&previous=true&source=zendesk`,
      tokens.analyst,
    );
    const { created } = kpiAnswers.parse(await response.json());
    const inRange = rows.filter((row) => row.created && row.source === 'zendesk' && row.created_at < start + 20 * day);
    expect(created).toMatchObject({
      n: inRange.length,
      value: inRange.length,
      unit: 'tickets',
      previous: { n: 0, value: null, completeness: { state: 'complete' } },
    });
    expect(created?.groups?.reduce((sum, { n }) => sum + n, 0)).toBe(inRange.length);
  });
  it('says that the future is not known yet', async () => {
    const response = await get(
      `/api/v1/kpi?kpis=created&from=${iso(Date.now() + day)}&to=${iso(Date.now() + 2 * day)}`,
      tokens.analyst,
    );
    const { created } = kpiAnswers.parse(await response.json());
    expect(created).toMatchObject({ n: 0, value: null, completeness: { state: 'provisional' } });
  });
  it('answers a range that began a moment ago, though the flow was read before', async () => {
    const answers = [];
    for (let asked = 0; asked < 5; asked += 1)
      answers.push((await get(`/api/v1/kpi?kpis=created&from=${iso(Date.now())}`, tokens.analyst)).status);
    expect(answers).toEqual([200, 200, 200, 200, 200]);
  });
  it('answers a range of ten years', async () => {
    const from = Date.UTC(new Date().getUTCFullYear() - 9, 0);
    const response = await get(`/api/v1/kpi?from=${iso(from)}`, tokens.analyst);
    expect(kpiAnswers.parse(await response.json()).created?.n).toBe(rows.filter((row) => row.created).length);
  });
  it('gives a lead the teams that are theirs, and an agent none', async () => {
    expect(await refused('/api/v1/kpi', tokens.lead)).toEqual([403, expect.stringContaining('scope=team:billing')]);
    expect(await refused('/api/v1/kpi?scope=team:sales', tokens.lead)).toEqual([
      403,
      expect.stringContaining('scope=team:billing'),
    ]);
    expect((await refused('/api/v1/kpi', tokens.agent))[0]).toBe(403);
    expect((await get('/api/v1/kpi', tokens.leadOfAll)).status).toBe(200);
    const answer = await get(`/api/v1/kpi?scope=team:billing&kpis=created&${month}`, tokens.lead);
    const billing = rows.filter(
      (row) => row.created && row.after.team === 'billing' && row.created_at < start + 20 * day,
    );
    expect(kpiAnswers.parse(await answer.json()).created?.n).toBe(billing.length);
    expect((await refused('/api/v1/kpi?scope=team:billing&team=sales', tokens.lead))[0]).toBe(400);
  });
});

describe('GET /api/v1/kpi/<name>/series', () => {
  it('has every bucket, and marks what is not known yet', async () => {
    const to = Date.now() + 2 * day;
    const response = await get(
      `/api/v1/kpi/created/series?grain=day&from=${iso(start)}&to=${iso(to)}&by=team`,
      tokens.analyst,
    );
    const { buckets, zone } = kpiSeries.parse(await response.json());
    expect(zone).toBe('Europe/Berlin');
    expect(buckets.length).toBeGreaterThanOrEqual(32);
    expect(buckets.at(-1)).toMatchObject({ state: 'unknown', value: null });
    expect(buckets.reduce((sum, bucket) => sum + ('n' in bucket ? bucket.n : 0), 0)).toBe(
      rows.filter((row) => row.created).length,
    );
  });
});

describe('GET /api/v1/kpi/<name>/tickets', () => {
  it('lists as many as the number says, on pages that keep their range', async () => {
    const listed: string[] = [];
    let query = `${month}&limit=50`;
    for (let next: string | null = ''; next !== null;) {
      const page = kpiReceipt.parse(await (await get(`/api/v1/kpi/solved/tickets?${query}`, tokens.analyst)).json());
      listed.push(...page.tickets.map(({ ticket_id, at }) => `${ticket_id} ${at}`));
      next = page.next;
      query = `limit=50&cursor=${next}`;
      expect(page.value).toBe(page.n);
      expect([page.n, page.from]).toEqual([
        rows.filter((row) => row.solved && row.at >= start && row.at < start + 20 * day).length,
        iso(start),
      ]);
      if (next === null) expect(listed).toHaveLength(page.n);
    }
    expect(new Set(listed).size).toBe(listed.length);
  });
});

describe('GET /api/v1/tickets/<id>', () => {
  it('shows subject and requester to those who may see them', async () => {
    const one = ticketAnswer.parse(await (await get(`/api/v1/tickets/zendesk~${own}`, tokens.leadOfAll)).json());
    expect(one).toMatchObject({
      id: `zendesk~${own}`,
      subject: 'It hurts',
      requester: { name: 'Ada' },
      personal: 'shown',
    });
    const bare = await get(`/api/v1/tickets/${own}`, tokens.leadOfAll);
    expect(ticketAnswer.parse(await bare.json()).id).toBe(`zendesk~${own}`);
  });
  it('writes down whoever was shown personal data, and why an administrator read it', async () => {
    const address = `/api/v1/tickets/zendesk~${own}?reason=asked%20by%20the%20customer`;
    const line = z.object({ audit: z.literal('ticket.read') }).loose();
    const written = () =>
      web
        .output()
        .split('\n')
        .flatMap((text) => (text.includes('ticket.read') ? [line.parse(JSON.parse(text))] : []));
    const before = written().length;
    for (const token of [tokens.admin, tokens.leadOfAll]) expect((await get(address, token)).status).toBe(200);
    const read = { user: expect.any(String), ticket: `zendesk~${own}`, personal: 'shown' };
    await expect
      .poll(() => written().slice(before))
      .toEqual([
        expect.objectContaining({ ...read, role: 'admin', reason: 'asked by the customer' }),
        expect.objectContaining({ ...read, role: 'lead' }),
      ]);
    expect(web.output()).not.toContain('It hurts');
  });
  it('names what a source’s own id may mean, of that only what one may see', async () => {
    const [row] = rows;
    if (row === undefined) throw new Error('there are no rows');
    const twins = [
      { ...row, ticket_id: 'zendesk~twin', after: { ...row.after, team: 'billing' } },
      { ...row, ticket_id: 'hubspot~twin', source: 'hubspot/eu', after: { ...row.after, team: 'sales' } },
    ];
    const values = twins.map((twin, place) => ({
      ...storedChange(twin, rows.length + 1 + place),
      ...{ status: 'open', updated_at: isoText(twin.at) },
    }));
    await client.insert({ table: 'ticket_changes', values, format: 'JSONEachRow' });
    const [status, detail] = await refused('/api/v1/tickets/twin', tokens.leadOfAll);
    expect([status, detail]).toEqual([400, expect.stringMatching(/hubspot~twin.*zendesk~twin/)]);
    const ofBilling = await get('/api/v1/tickets/twin', tokens.agent);
    expect(ticketAnswer.parse(await ofBilling.json()).id).toBe('zendesk~twin');
  });
  it('hides it from everybody else', async () => {
    expect((await refused('/api/v1/tickets/zendesk~1', tokens.analyst))[0]).toBe(403);
    expect(await refused(`/api/v1/tickets/zendesk~${own}`, tokens.admin)).toEqual([
      403,
      expect.stringContaining('reason'),
    ]);
    expect((await refused('/api/v1/tickets/zendesk~nothing', tokens.leadOfAll))[0]).toBe(404);
    const foreign = rows.find(
      (row) => row.after.team === 'sales' && rows.filter(({ ticket_id }) => ticket_id === row.ticket_id).at(-1) === row,
    );
    expect((await refused(`/api/v1/tickets/${foreign?.ticket_id}`, tokens.agent))[0]).toBe(404);
  });
});

it('describes exactly what it answers', async () => {
  const api = z
    .object({
      paths: z.record(z.string(), z.unknown()),
      components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
    })
    .parse(await (await get('/api/v1/openapi.json', '')).json());
  const checked: [string, string, string][] = [
    ['/api/v1/kpi', `/api/v1/kpi?${month}&by=team&previous=true`, 'KpiAnswers'],
    ['/api/v1/kpi/{name}/series', `/api/v1/kpi/first_reply_time/series?grain=day&${month}&by=priority`, 'KpiSeries'],
    ['/api/v1/kpi/{name}/tickets', `/api/v1/kpi/csat/tickets?${month}`, 'KpiReceipt'],
    ['/api/v1/flow', '/api/v1/flow', 'FlowReport'],
  ];
  for (const [path, address, schema] of checked) {
    expect(JSON.stringify(api.paths[path])).toContain(`#/components/schemas/${schema}`);
    const described = z.fromJSONSchema(z.record(z.string(), z.json()).parse(api.components.schemas[schema]));
    expect(described.safeParse(await (await get(address, tokens.analyst)).json()).error).toBeUndefined();
  }
  const described = z.fromJSONSchema(z.record(z.string(), z.json()).parse(api.components.schemas['Ticket']));
  expect(
    described.safeParse(await (await get(`/api/v1/tickets/zendesk~${own}`, tokens.leadOfAll)).json()).error,
  ).toBeUndefined();
});
