import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { kpiAnswers, kpiReceipt } from '@deskwire/contracts/kpi';
import { problem } from '@deskwire/contracts/problem';
import { startDeskLedger } from '@deskwire/hub/testing/start-desk-ledger';
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
  it('of 10,000 values hears how many it may have', async () => {
    const said = expect.stringMatching(/"team": at most 1000 values; ask for fewer/);
    expect(await refused(`/api/v1/kpi?${teams(10_000)}`)).toEqual([400, said]);
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
