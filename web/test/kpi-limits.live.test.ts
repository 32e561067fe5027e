import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { kpiAnswers, kpiReceipt, kpiSeries } from '@deskwire/contracts/kpi';
import { problem } from '@deskwire/contracts/problem';
import { opened, startDeskLedger } from '@deskwire/hub/testing/start-desk-ledger';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWeb, newToken, startWeb } from './start-web';

let nats: TestNats;
let ledger: Awaited<ReturnType<typeof startDeskLedger>>;
let web: Awaited<ReturnType<typeof startWeb>>;
let analyst = '';

beforeAll(async () => {
  [nats] = await Promise.all([startNats(), buildWeb()]);
  ledger = await startDeskLedger(nats);
  await ledger.open(teamOf(7), 3);
  web = await startWeb({ ...nats.env('web'), ...ledger.env });
  analyst = (await newToken(nats, 'analyst')).token;
}, 240_000);
afterAll(async () => {
  await web.stop();
  await Promise.all([ledger.stop(), nats.stop()]);
});

/** Names of 20 characters. */
const teamOf = (n: number) => `team-${String(n).padStart(15, '0')}`;
const teams = (count: number) => Array.from({ length: count }, (_, n) => `team=${teamOf(n)}`).join('&');
const get = (path: string, token = analyst) => fetch(web.url + path, { headers: { authorization: `Bearer ${token}` } });

async function refused(path: string, token = analyst): Promise<[number, string]> {
  const response = await get(path, token);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const { status, detail } = problem.parse(await response.json());
  expect(status).toBe(response.status);
  return [status, detail];
}
/** What the server says to these bytes, until it closes the connection. */
function say(bytes: string): Promise<string> {
  const { hostname, port } = new URL(web.url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  return text(socket);
}

describe('a long request', () => {
  it('is answered with 1,000 values of 20 characters', async () => {
    const response = await get(`/api/v1/kpi?kpis=created,backlog,first_reply_time&${teams(1_000)}`);
    expect(response.status).toBe(200);
    expect(kpiAnswers.parse(await response.json()).created?.n).toBe(3);
    const receipt = await get(`/api/v1/kpi/created/tickets?${teams(1_000)}`);
    expect(kpiReceipt.parse(await receipt.json()).tickets).toHaveLength(3);
  });
  it.each([1_001, 10_000])('of %i values hears how many it may have', async (count) => {
    const said = expect.stringMatching(/"team": at most 1000 values; ask for fewer/);
    expect(await refused(`/api/v1/kpi?${teams(count)}`)).toEqual([400, said]);
  });
  it('of long values hears how long they may be together', async () => {
    const of = (length: number) => Array.from({ length: 1_000 }, (_, n) => `team=${`${n}`.padStart(length, '0')}`);
    const all = expect.stringMatching(/"team": all values together have at most 100 KiB/);
    expect(await refused(`/api/v1/kpi?${of(100).join('&')}`)).toEqual([400, all]);
    expect((await get(`/api/v1/kpi?kpis=created&${of(95).join('&')}`)).status).toBe(200);
  });
  it('beyond what the server reads hears so too, and others are served', async () => {
    expect(await refused(`/api/v1/kpi?${teams(40_000)}`)).toEqual([431, expect.stringContaining('fewer values')]);
    expect((await get('/api/v1/kpi?kpis=created')).status).toBe(200);
  });
  it('that is none of HTTP is told so', async () => {
    const [head = '', body = ''] = (await say('nonsense\r\n\r\n')).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/problem\+json\r\n/);
    expect(problem.parse(JSON.parse(body))).toMatchObject({ status: 400 });
  });
});

it.each([
  [400, 'from=2026-11-22T10:00:00Z&to=2026-11-21T10:00:00Z', 'reversed'],
  [400, 'from=2026-11-22T10:00:00Z&to=2026-11-22T10:00:00Z', 'empty'],
  [400, 'from=yesterday', '2026-11-22T10:00:00Z'],
  [400, 'from=2026-11-22', '"from"'],
  [400, 'from=2010-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', 'ten years'],
  [400, 'from=0001-01-01T00:00:00Z&to=0001-01-02T00:00:00Z', '1970'],
  [400, 'from=1971-06-01T00:00:00Z&to=1973-06-01T00:00:00Z&previous=true', 'period before'],
  [400, 'scope=everything', 'team:<id>'],
  [400, 'by=colour', '"by"'],
  [400, 'kpis=created,nonsense', '"kpis"'],
  [400, 'zone=UTC', 'There is no parameter "zone"'],
  [400, 'by=team&by=source', 'give it once'],
  [404, 'scope=team:nobody', teamOf(7)],
])('answers %i to a question about ?%s', async (status, query, said) => {
  const [answered, detail] = await refused(`/api/v1/kpi?${query}`);
  expect([answered, detail]).toEqual([status, expect.stringContaining(said)]);
});

it('says which grain of a series to use for a long range, and what else is wrong', async () => {
  expect(
    await refused('/api/v1/kpi/created/series?grain=minute&from=2026-11-01T00:00:00Z&to=2026-11-21T00:00:00Z'),
  ).toEqual([400, expect.stringContaining('grain=hour')]);
  expect(await refused('/api/v1/kpi/created/series?grain=year')).toEqual([400, expect.stringContaining('"grain"')]);
  expect(await refused('/api/v1/kpi/created/series')).toEqual([400, expect.stringContaining('"grain"')]);
  expect(await refused('/api/v1/kpi/nonsense/series?grain=day')).toEqual([
    404,
    expect.stringContaining('first_reply_time'),
  ]);
});

it('refuses a series of more figures than it may have, and says how to ask for fewer', async () => {
  const assigned = Array.from({ length: 30 }, (_, n) => {
    const row = opened(`zendesk~assigned-${n}`, 'crowded');
    const face = { ...row.after, assignee: `agent-${n}` };
    return { ...row, before: face, after: face };
  });
  await ledger.store(assigned);
  const time = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  const range = `from=${time(-32)}&to=${time(1)}&by=assignee`;
  const said = expect.stringMatching(/50,000 figures.*shorter range.*coarser grain.*filter/s);
  expect(await refused(`/api/v1/kpi/backlog/series?grain=minute&${range}`)).toEqual([400, said]);
  const groupsOf = async (kpi: string, query: string) => {
    const answer = await get(`/api/v1/kpi/${kpi}/series?${query}&${range}`);
    const { buckets } = kpiSeries.parse(await answer.json());
    return new Set(
      buckets.flatMap((bucket) => ('groups' in bucket ? (bucket.groups ?? []) : [])).map(({ group }) => group),
    ).size;
  };
  // Most minutes have no ticket of most people: what is not there takes no room. What was read before shows none of this yet.
  await expect.poll(() => groupsOf('created', 'grain=minute')).toBe(31);
  await expect.poll(() => groupsOf('backlog', 'grain=minute&assignee=agent-1')).toBe(1);
  await expect.poll(() => groupsOf('backlog', 'grain=hour')).toBe(31);
});

it('answers an address with a broken escape as it answers every other', async () => {
  expect(await refused('/api/v1/tickets/zendesk~100%')).toEqual([400, expect.stringContaining('%25')]);
});

it('refuses a made-up cursor of a receipt and more than 500 tickets a page', async () => {
  expect(await refused('/api/v1/kpi/solved/tickets?cursor=abc')).toEqual([400, expect.stringContaining('cursor')]);
  expect(await refused('/api/v1/kpi/solved/tickets?limit=501')).toEqual([400, expect.stringContaining('"limit"')]);
  expect((await refused('/api/v1/kpi/nonsense/tickets'))[0]).toBe(404);
});

const [from, to, after] = [0, 1, { at: 0, ticket: '', place: 0 }];
it.each([
  { from, to, after: { ...after, at: 1e20 } },
  { from, to, after: { ...after, at: 9e15 } },
  { from, to, after: { ...after, at: -1 } },
  { from, to, after: { ...after, at: 0.5 } },
  { from, to, after: { ...after, place: 1e20 } },
  { from: 9e15, to: 8.9e15, after },
  { from: 1e20, to: 2e20, after },
])('refuses the forged cursor %j', async (forged) => {
  const cursor = Buffer.from(JSON.stringify(forged)).toString('base64url');
  const said = expect.stringContaining('take "next" of the page before');
  expect(await refused(`/api/v1/kpi/created/tickets?cursor=${cursor}`)).toEqual([400, said]);
});

it('answers a lead whose team has no ticket yet, of which nobody else has heard', async () => {
  const { token } = await newToken(nats, 'lead', 'newcomers');
  const response = await get('/api/v1/kpi?scope=team:newcomers', token);
  expect(response.status).toBe(200);
  expect(kpiAnswers.parse(await response.json()).created).toMatchObject({ n: 0, value: null });
  expect((await refused('/api/v1/kpi?scope=team:newcomers'))[0]).toBe(404);
});

/** Status, title and Retry-After of a problem. */
async function refusal(response: Response): Promise<[number, string, string | null]> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const { status, title } = problem.parse(await response.json());
  expect(status).toBe(response.status);
  return [status, title, response.headers.get('retry-after')];
}

it('gives what was read some seconds ago, then 504, of a statement over its time; 503 behind too many about long ranges', async () => {
  const ratings = [{ at: Date.now(), score: 5 }];
  const rated = Array.from({ length: 300 }, (_, n) => ({ ...opened(`zendesk~rated-${n}`, teamOf(7)), ratings }));
  await ledger.store(rated);
  const ofYear = (n: number) => get(`/api/v1/kpi?kpis=csat&from=2026-01-01T00:00:00Z&source=zendesk&source=shop-${n}`);
  const run = (query: string) => ledger.client.command({ query });
  // A copy of its own: a question that has found the view must find what it reads until the end.
  await run('CREATE TABLE copied_changes CLONE AS ticket_changes');
  // Reading ratings, and nothing else, takes 2.7 s in it.
  await run(`CREATE VIEW slow_changes AS
    SELECT * REPLACE (if(sleepEachRow(0.009) = 0, rating, []) AS rating), first_at, last_at FROM copied_changes`);
  const known = '/api/v1/kpi?kpis=csat,created';
  expect((await get(known)).status).toBe(200);
  await run('EXCHANGE TABLES ticket_changes AND slow_changes');
  let asked: Promise<Response>[];
  try {
    let oldestMs = 0;
    const statusOfKnown = async () => {
      const response = await get(known);
      if (response.status !== 200) return response.status;
      oldestMs = Date.now() - Date.parse(kpiAnswers.parse(await response.json()).csat?.as_of ?? '');
      return 200;
    };
    await expect.poll(statusOfKnown, { timeout: 30_000 }).toBe(504);
    expect(oldestMs).toBeGreaterThan(5_000);
    expect((await get('/api/v1/kpi?kpis=created')).status).toBe(200);
    expect(await refusal(await get('/api/v1/kpi?kpis=csat'))).toEqual([504, 'The query took too long', null]);
    let refusedSoFar = 0;
    asked = Array.from({ length: 60 }, async (_, n) => {
      const response = await ofYear(n);
      if (response.status === 503) refusedSoFar += 1;
      return response;
    });
    expect(await refusal(await Promise.race(asked))).toEqual([503, 'Too many questions wait', '5']);
    // All have arrived before the next turn comes, soon.
    await expect.poll(() => refusedSoFar).toBe(9);
  } finally {
    await run('EXCHANGE TABLES ticket_changes AND slow_changes');
  }
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 503)).toHaveLength(9);
  expect(statuses.filter((status) => status === 200)).toHaveLength(51);
  await run('DROP VIEW slow_changes');
  await run('DROP TABLE copied_changes');
});

it('says 503 and when to try again while NATS or ClickHouse is away, and is back with them', async () => {
  const away = async (part: { kill: (signal: NodeJS.Signals) => void }) => {
    part.kill('SIGSTOP');
    try {
      // An answer of a moment ago may still be shared.
      await expect.poll(async () => (await get('/api/v1/kpi?kpis=created')).status, { timeout: 20_000 }).toBe(503);
      return await refusal(await get('/api/v1/kpi?kpis=created'));
    } finally {
      part.kill('SIGCONT');
      await expect.poll(async () => (await get('/api/v1/kpi?kpis=created')).status, { timeout: 20_000 }).toBe(200);
    }
  };
  expect(await away(nats)).toEqual([503, 'NATS does not answer', '5']);
  expect(await away(ledger.engine)).toEqual([503, 'ClickHouse does not answer', '5']);
});

/** An address of this machine that is not spared as loopback is. */
const [outside] = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ family, internal }) => family === 'IPv4' && !internal);

it.skipIf(outside === undefined)(
  'takes no token from an address that showed ten wrong ones, for a minute',
  async () => {
    const host = outside?.address ?? '';
    const open = await startWeb({ ...nats.env('web'), ...ledger.env, BIND_HOST: host });
    try {
      const url = `http://${host}:${new URL(open.url).port}/api/v1/kpi?kpis=created`;
      const ask = (token: string) => fetch(url, { headers: { authorization: `Bearer ${token}` } });
      expect((await ask(analyst)).status).toBe(200);
      for (let n = 0; n < 10; n += 1) expect((await ask(`dw_wrong-${n}`)).status).toBe(401);
      expect(await refusal(await ask(analyst))).toEqual([429, 'Too many failed sign-ins', '60']);
      expect((await get('/api/v1/kpi?kpis=created')).status).toBe(200);
    } finally {
      await open.stop();
    }
  },
);

it('counts the clients of a proxy, where it is told which header names them', async () => {
  const proxied = await startWeb({
    ...{ ...nats.env('web'), ...ledger.env },
    ...{ ADDRESS_HEADER: 'x-forwarded-for', XFF_DEPTH: '1' },
  });
  try {
    const ask = (token: string, client: string) =>
      fetch(`${proxied.url}/api/v1/kpi?kpis=created`, {
        headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': client },
      });
    for (let n = 0; n < 10; n += 1) expect((await ask(`dw_wrong-${n}`, '203.0.113.7')).status).toBe(401);
    expect((await ask(analyst, '203.0.113.7')).status).toBe(429);
    expect((await ask(analyst, '203.0.113.8')).status).toBe(200);
  } finally {
    await proxied.stop();
  }
});
