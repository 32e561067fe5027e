import { setTimeout as sleep } from 'node:timers/promises';
import { connectClickHouse } from '@deskwire/clickhouse/connect';
import { flowReport } from '@deskwire/contracts/flow';
import { readiness } from '@deskwire/contracts/health';
import { problem } from '@deskwire/contracts/problem';
import { hubTokenAnswer } from '@deskwire/contracts/session';
import { connectNats } from '@deskwire/runtime/nats';
import { heartbeat, startLedger } from '@deskwire/hub/testing/start-ledger';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWeb, newToken, startWeb } from './start-web';

let nats: TestNats;
let ledger: Awaited<ReturnType<typeof startLedger>>;
let web: Awaited<ReturnType<typeof startWeb>>;
let analyst: { id: string; token: string };
let agent: { id: string; token: string };

beforeAll(async () => {
  [nats] = await Promise.all([startNats(), buildWeb()]);
  ledger = await startLedger(nats);
  await ledger.append([
    { source: 'zendesk' },
    { source: 'zendesk', disposition: 'duplicate' },
    heartbeat('zendesk', 60, 0),
  ]);
  web = await startWeb({ ...nats.env('web'), ...ledger.env });
  [analyst, agent] = await Promise.all([newToken(nats, 'analyst'), newToken(nats, 'agent')]);
}, 180_000);
afterAll(async () => {
  await web.stop();
  await Promise.all([ledger.stop(), nats.stop()]);
});

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(web.url + path, { headers, redirect: 'manual' });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const body = problem.parse(await response.json());
  expect(body.status).toBe(response.status);
  return body;
}
async function signIn(token: string, origin = web.url): Promise<Response> {
  const body = new URLSearchParams({ token });
  return fetch(`${web.url}/sign-in?/in`, {
    method: 'POST',
    body,
    headers: { origin, accept: 'text/html' },
    redirect: 'manual',
  });
}
const cookieOf = (response: Response) => (response.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';

describe('GET /api/v1/flow', () => {
  it('answers the report to a token that may read it', async () => {
    const response = await get('/api/v1/flow', bearer(analyst.token));
    expect(response.status).toBe(200);
    const report = flowReport.parse(await response.json());
    expect(report.totals).toMatchObject({ received: 3, accepted: 2, duplicate: 1 });
    expect(report.alerts).toEqual([]);
  });
  it('answers problem documents: 401 without or with a bad token, 403 without the right, 404', async () => {
    expect((await problemOf(await get('/api/v1/flow'))).status).toBe(401);
    expect((await problemOf(await get('/api/v1/flow', bearer('dw_nonsense')))).status).toBe(401);
    expect((await problemOf(await get('/api/v1/flow', bearer(`${analyst.token.slice(0, -2)}xx`)))).status).toBe(401);
    expect((await problemOf(await get('/api/v1/flow', bearer(agent.token)))).detail).toContain('analyst or admin');
    expect((await problemOf(await get('/api/v1/nothing'))).status).toBe(404);
  });
  it('answers a problem document to what failed by a mistake of ours, which says whether something was changed', async () => {
    const { token } = await newToken(nats, 'admin');
    const client = connectClickHouse(ledger.env, 'test');
    const rename = (from: string, to: string) => client.command({ query: `RENAME TABLE ${from} TO ${to}` });
    const failing = async (table: string, ask: () => Promise<Response>) => {
      await rename(table, 'elsewhere');
      try {
        return await problemOf(await ask());
      } finally {
        await rename('elsewhere', table);
      }
    };
    const read = await failing('tickets', () => get('/api/v1/tickets/1?reason=test', bearer(token)));
    expect(read).toMatchObject({
      status: 500,
      title: 'This request failed',
      detail: expect.stringMatching(/^Nothing was changed\. The log/),
    });
    const dismiss = () =>
      fetch(`${web.url}/api/v1/rejected/EVENTS.1.1.0/dismiss`, {
        ...{ method: 'POST', headers: { ...bearer(token), 'content-type': 'application/json' } },
        body: JSON.stringify({ reason: 'never' }),
      });
    const changed = await failing('events', dismiss);
    expect(changed).toMatchObject({
      status: 500,
      detail: expect.stringMatching(/^It is not known whether anything was changed\. The log/),
    });
    expect((await dismiss()).status).toBe(404);
    await client.close();
  });
  it('is described, with the schemas that check it', async () => {
    const api = await (await get('/api/v1/openapi.json')).json();
    expect(Object.keys(api.paths).sort()).toEqual([
      ...[
        '/api/v1/demo',
        '/api/v1/demo/remove',
        '/api/v1/flow',
        '/api/v1/flow/retire',
        '/api/v1/hub-token',
        '/api/v1/kpi',
        '/api/v1/kpi/{name}/series',
        '/api/v1/kpi/{name}/tickets',
      ],
      ...[
        '/api/v1/rejected',
        '/api/v1/rejected/{name}',
        '/api/v1/rejected/{name}/dismiss',
        '/api/v1/rejected/{name}/mend',
      ],
      ...['/api/v1/tickets/{id}', '/readyz'],
    ]);
    expect(api.components.schemas.FlowReport.required).toContain('totals');
  });
});

describe('signing in', () => {
  it('gives a session that is not the token, in a cookie that scripts and other sites never see', async () => {
    const response = await signIn(analyst.token);
    expect([response.status, response.headers.get('location')]).toEqual([303, '/']);
    const cookie = response.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    expect(cookie).not.toContain(analyst.token.slice(16));
    const page = await get('/', { cookie: cookieOf(response) });
    expect(await page.text()).toContain('Data flow');
    const pass = hubTokenAnswer.parse(await (await get('/api/v1/hub-token', { cookie: cookieOf(response) })).json());
    expect(Date.parse(pass.expires_at) - Date.now()).toBeLessThanOrEqual(60_000);
  });
  it('refuses a wrong token with a sentence, a foreign origin, and a token in the address', async () => {
    const wrong = await signIn('dw_wrong');
    expect([wrong.status, (await wrong.text()).includes('mistyped or revoked')]).toEqual([401, true]);
    expect((await signIn(analyst.token, 'http://evil.example')).status).toBe(403);
    expect((await get(`/sign-in?token=${analyst.token}`)).headers.get('set-cookie')).toBeNull();
  });
  it('ends the session everywhere on sign-out, and with its token', async () => {
    const cookie = cookieOf(await signIn(analyst.token));
    const out = {
      method: 'POST',
      headers: { cookie, origin: web.url, accept: 'text/html' },
      redirect: 'manual',
    } as const;
    expect((await fetch(`${web.url}/sign-in?/out`, { ...out, body: new URLSearchParams() })).status).toBe(303);
    expect((await get('/api/v1/hub-token', { cookie })).status).toBe(401);
  });
  it('tells a role that may not read the flow which one may', async () => {
    const page = await get('/flow', { cookie: cookieOf(await signIn(agent.token)), accept: 'text/html' });
    expect(page.status).toBe(403);
    expect(await page.text()).toContain('analyst and admin');
  });
});

describe('every answer', () => {
  it('has a policy with nonces that names the hub, and may not be framed', async () => {
    const { headers } = await get('/sign-in');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/script-src 'self' 'nonce-/);
    expect(policy).toContain('ws://127.0.0.1:3001');
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('when a part is away', () => {
  it('says so in /readyz, part by part', async () => {
    const response = await get('/readyz');
    const { parts } = readiness.parse(await response.json());
    expect(response.status).toBe(503);
    expect(parts.map(({ part, ready }) => [part, ready])).toEqual([
      ['nats', true],
      ['clickhouse', true],
      ['ingest', false],
      ['workflows', false],
      ['hub', false],
      ['web', true],
    ]);
  });

  it('starts without NATS and ClickHouse, and says what is unknown', async () => {
    const alone = await startWeb({ NATS_URL: 'nats://127.0.0.1:9', CLICKHOUSE_URL: 'http://127.0.0.1:9' });
    try {
      const { parts } = readiness.parse(await (await fetch(`${alone.url}/readyz`)).json());
      expect(parts.filter(({ ready }) => ready).map(({ part }) => part)).toEqual(['web']);
      const answer = await fetch(`${alone.url}/api/v1/flow`, { headers: bearer(analyst.token) });
      expect((await problemOf(answer)).title).toContain('NATS');
      expect((await fetch(`${alone.url}/healthz`)).status).toBe(200);
    } finally {
      expect(await alone.stop()).toBe(0);
    }
  });

  it('asks nobody to remove a demo that does not run here', async () => {
    const nc = await connectNats(nats.env('operator'), 'operator');
    const config = await nc.jetstream().views.kv('config');
    const on = { state: 'on', run: 'r', started_at: new Date().toISOString() };
    await config.put('demo', JSON.stringify(on));
    const without = await startWeb({ ...nats.env('web'), ...ledger.env, DEMO: '0' });
    try {
      const admin = await newToken(nats, 'admin');
      const answer = await fetch(`${without.url}/api/v1/demo/remove`, { method: 'POST', headers: bearer(admin.token) });
      const { status, detail } = await problemOf(answer);
      expect([status, detail]).toEqual([409, expect.stringContaining('npm run demo -- remove')]);
      expect((await config.get('demo'))?.json()).toEqual(on);
    } finally {
      await config.delete('demo');
      await nc.close();
      await without.stop();
    }
  });

  it('shows the last known figures as unknown while ClickHouse is away, and answers 503 to programs', async () => {
    const cookie = cookieOf(await signIn(analyst.token));
    await get('/flow', { cookie });
    ledger.engine.kill('SIGSTOP');
    try {
      // A report of a moment ago may still be shared.
      const flow = () => get('/api/v1/flow', bearer(analyst.token));
      await expect.poll(async () => (await flow()).status, { timeout: 20_000 }).toBe(503);
      expect((await problemOf(await flow())).title).toContain('ClickHouse');
      const page = await (await get('/flow', { cookie })).text();
      expect(page).toContain('The figures cannot be read at the moment');
      expect(page).not.toContain('ClickHouse');
      expect(page).toMatch(/data-testid="received"[^>]*>3</);
    } finally {
      ledger.engine.kill('SIGCONT');
    }
  });

  it('goes on after NATS died and came back', async () => {
    const { dataDir, port } = nats;
    const signedIn = cookieOf(await signIn(analyst.token));
    nats.kill('SIGKILL');
    await nats.exited;
    const away = await get('/', { cookie: signedIn, accept: 'text/html' });
    const page = await away.text();
    expect([away.status, page.includes('cannot be checked at the moment')]).toEqual([503, true]);
    // A session that cannot be ended is not called over.
    const out = await fetch(`${web.url}/sign-in?/out`, {
      method: 'POST',
      body: new URLSearchParams(),
      headers: { cookie: signedIn, origin: web.url, accept: 'text/html' },
      redirect: 'manual',
    });
    expect([out.status, out.headers.get('set-cookie')]).toEqual([503, null]);
    const kept = await out.text();
    expect(kept).toContain('You are still signed in');
    const refused = await signIn(analyst.token);
    expect(refused.status).toBe(503);
    // What it means for them, not which part of the machine it is.
    for (const text of [page, kept, await refused.text()]) expect(text).not.toContain('NATS');
    // As a page with script sends it: what was typed stays, and says why.
    const ended = await fetch(`${web.url}/account?/end`, {
      method: 'POST',
      body: new URLSearchParams({ session: 'one' }),
      headers: { cookie: signedIn, origin: web.url, accept: 'application/json', 'x-sveltekit-action': 'true' },
    });
    expect(await ended.json()).toMatchObject({
      ...{ type: 'failure', status: 503 },
      data: expect.stringContaining('It is not known whether the change was made'),
    });
    nats = await startNats({ dataDir, port });
    // The new broker has new service passwords: the server is told by a restart, as the supervisor does.
    await web.stop();
    web = await startWeb({ ...nats.env('web'), ...ledger.env });
    let status = 0;
    for (let tries = 0; tries < 50 && status !== 200; tries += 1) {
      status = (await get('/', { cookie: signedIn })).status;
      await sleep(100);
    }
    expect(status).toBe(200);
  });
});
