import { problem } from '@deskwire/contracts/problem';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWeb, newToken, startWeb } from './start-web';

let nats: TestNats;
let web: Awaited<ReturnType<typeof startWeb>>;
let analyst: string;
let admin: string;

beforeAll(async () => {
  [nats] = await Promise.all([startNats(), buildWeb()]);
  web = await startWeb(nats.env('web'));
  [{ token: analyst }, { token: admin }] = await Promise.all([newToken(nats, 'analyst'), newToken(nats, 'admin')]);
}, 300_000);
afterAll(async () => {
  await web.stop();
  await nats.stop();
});

interface Sent {
  fields?: Record<string, string>;
  headers?: Record<string, string>;
}
const post = (path: string, { fields = {}, headers = {} }: Sent, url = web.url) =>
  fetch(url + path, { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' });
const get = (path: string, headers: Record<string, string>, url = web.url) => fetch(url + path, { headers });
const basic = { authorization: `Basic ${Buffer.from('desk:of-the-proxy').toString('base64')}` };

async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return problem.parse(await response.json());
}
async function newCookie(): Promise<string> {
  const signedIn = await post('/sign-in?/in', { fields: { token: analyst }, headers: { origin: web.url } });
  return (signedIn.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
}

describe('behind a proxy that names the client in a header', () => {
  let proxied: typeof web;
  beforeAll(async () => {
    proxied = await startWeb({ ...nats.env('web'), ADDRESS_HEADER: 'x-forwarded-for', XFF_DEPTH: '1' });
  });
  afterAll(() => proxied.stop());

  it('answers who comes without that header: health checks, pages, programs and sign-ins', async () => {
    const statusOf = async (path: string, headers = {}) => (await get(path, headers, proxied.url)).status;
    expect([await statusOf('/healthz'), await statusOf('/metrics'), await statusOf('/sign-in')]).toEqual([
      200, 200, 200,
    ]);
    expect(await statusOf('/readyz')).toBe(503);
    expect(await statusOf('/api/v1/demo', { authorization: `Bearer ${analyst}` })).toBe(200);
    const headers = { origin: proxied.url, accept: 'text/html' };
    for (const fields of [{ token: 'dw_wrong' }, { email: 'nobody@example.com', password: 'four quiet herons' }])
      expect((await post('/sign-in?/in', { fields, headers }, proxied.url)).status).toBe(401);
    const opened = await post('/welcome?/open', { fields: { code: 'x'.repeat(43) }, headers }, proxied.url);
    expect(opened.status).toBe(404);
  });

  it('asks who opens a link to wait, after ten wrong tokens from the same address, and calls the link not dead', async () => {
    const client = { 'x-forwarded-for': '203.0.113.9' };
    for (let n = 0; n < 10; n += 1)
      await get('/api/v1/demo', { ...client, authorization: `Bearer dw_wrong-${n}` }, proxied.url);
    const headers = { ...client, origin: proxied.url, accept: 'text/html' };
    const opened = await post('/welcome?/open', { fields: { code: 'x'.repeat(43) }, headers }, proxied.url);
    expect([opened.status, (await opened.text()).includes('Wait one minute')]).toEqual([429, true]);
  });
});

describe('at an address that is not in PUBLIC_URL', () => {
  const origin = 'http://localhost:8080';

  it('says in the page which addresses are', async () => {
    const headers = { origin, accept: 'application/json', 'x-sveltekit-action': 'true' };
    const refused = await post('/sign-in?/in', { fields: { token: analyst }, headers });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toEqual({
      type: 'error',
      error: { message: 'Foreign origin', advice: expect.stringContaining(web.url) },
    });
  });

  it('says so as a page without script, and as a problem document to programs', async () => {
    const page = await post('/sign-in?/in', { fields: { token: analyst }, headers: { origin, accept: 'text/html' } });
    expect([page.status, page.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    expect(await page.text()).toContain(web.url);
    const program = await post('/api/v1/demo/remove', { headers: { origin, accept: 'text/html' } });
    expect((await problemOf(program)).detail).toContain(web.url);
  });
});

describe('a request that changes something, without an origin', () => {
  const endpoints = ['flow/retire', 'demo/remove', 'rejected/one/mend', 'rejected/one/dismiss'];

  it.each(endpoints)('is told by POST /api/v1/%s to bring a token, as GET does', async (path) => {
    for (const headers of [{}, basic]) {
      const refused = await post(`/api/v1/${path}`, { headers });
      expect(await problemOf(refused)).toMatchObject({ status: 401, title: 'A token is needed' });
      expect(refused.headers.get('www-authenticate')).toContain('Bearer');
    }
  });

  it('is foreign with the cookie of a session, whatever a proxy was shown', async () => {
    const cookie = await newCookie();
    for (const headers of [{ cookie }, { cookie, ...basic }]) {
      expect((await problemOf(await post('/api/v1/demo/remove', { headers }))).status).toBe(403);
      expect((await post('/sign-in?/out', { headers })).status).toBe(403);
    }
    expect((await get('/api/v1/hub-token', { cookie })).status).toBe(200);
  });
});

describe('a session', () => {
  it('is known beside the user and password that a proxy asks for', async () => {
    const cookie = await newCookie();
    expect((await get('/api/v1/hub-token', { cookie, ...basic })).status).toBe(200);
    expect((await problemOf(await get('/api/v1/hub-token', basic))).status).toBe(401);
  });

  it('gives passes for the hub; a program with a token is told that it needs none', async () => {
    const { status, detail } = await problemOf(await get('/api/v1/hub-token', { authorization: `Bearer ${analyst}` }));
    expect([status, detail]).toEqual([403, expect.stringContaining('connect with their bearer token')]);
    expect((await problemOf(await get('/api/v1/hub-token', { authorization: 'Bearer dw_no' }))).status).toBe(401);
  });
});

it.each(['rejected/one/mend', 'rejected/one/dismiss', 'flow/retire'])(
  'says of a body for POST /api/v1/%s that it is too large',
  async (path) => {
    const headers = { authorization: `Bearer ${admin}` };
    const refused = await fetch(`${web.url}/api/v1/${path}`, {
      method: 'POST',
      body: 'x'.repeat(3 * 1024 * 1024 + 1),
      headers,
    });
    expect((await problemOf(refused)).status).toBe(413);
  },
);

it('describes what its endpoints refuse', async () => {
  const { paths } = await (await get('/api/v1/openapi.json', {})).json();
  const failuresOf = (path: string, method = 'post') => paths[path][method].responses;
  expect(failuresOf('/api/v1/flow/retire')[409].description).toContain('not silent');
  expect(failuresOf('/api/v1/demo/remove')[409].description).toContain('does not run here');
  expect(Object.keys(failuresOf('/api/v1/rejected/{name}/mend'))).toEqual(
    expect.arrayContaining(['408', '413', '429', '431', '500']),
  );
  expect(Object.keys(failuresOf('/api/v1/kpi', 'get'))).toEqual(expect.arrayContaining(['408', '429', '431', '500']));
});
