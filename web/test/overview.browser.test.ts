import { changeRows, seeded } from '@deskwire/clickhouse/kpi/testing/change-rows';
import { kpiAnswers } from '@deskwire/contracts/kpi';
import { startDeskLedger } from '@deskwire/hub/testing/start-desk-ledger';
import { startHub, type RunningHub } from '@deskwire/hub/testing/start-hub';
import { heartbeat } from '@deskwire/hub/testing/start-ledger';
import { freePort, startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { figureText } from '../src/lib/overview/figure-text';
import { tileNames, type TileName } from '../src/lib/overview/figures';
import { buildWeb, newToken, startWeb } from './start-web';
import { launchBrowser, shot, signIn, violations, visit, type VisitOptions } from './visit';

let nats: TestNats;
let desk: Awaited<ReturnType<typeof startDeskLedger>>;
let hub: RunningHub;
let web: Awaited<ReturnType<typeof startWeb>>;
let browser: Browser;
let hubEnv: Record<string, string>;
const tokens = { analyst: '', lead: '', agent: '' };
const day = 86_400_000;
const now = Date.now();

beforeAll(async () => {
  [nats, browser] = await Promise.all([startNats(), launchBrowser(), buildWeb()]);
  desk = await startDeskLedger(nats);
  const HUB_PORT = String(20_000 + Math.floor(Math.random() * 10_000));
  const WEB_PORT = String(await freePort());
  hubEnv = { ...nats.env('hub'), ...desk.env, HUB_PORT, WEB_PORT };
  hub = await startHub(hubEnv);
  web = await startWeb({ ...nats.env('web'), ...desk.env, HUB_PORT, WEB_PORT });
  const made = await Promise.all([
    newToken(nats, 'analyst'),
    newToken(nats, 'lead', 'billing'),
    newToken(nats, 'agent'),
  ]);
  const [analyst = '', lead = '', agent = ''] = made.map(({ token }) => token);
  Object.assign(tokens, { analyst, lead, agent });
});
afterAll(async () => {
  await browser.close();
  await Promise.all([web.stop(), hub.stop()]);
  await Promise.all([desk.stop(), nats.stop()]);
});

const desktop = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
/** Generous: what is waited for is a condition, not a time. */
const soon = { timeout: 30_000 };
const line = (page: Page) => page.getByTestId('live-line');
const isLive = (page: Page) => line(page).filter({ hasText: /^Live/ }).waitFor(soon);
const figure = (page: Page, name: TileName) => page.locator(`[data-tile=${name}] [data-figure]`);

async function open(options: VisitOptions, address = '/', token = tokens.analyst) {
  const visited = await visit(browser, options);
  await signIn(visited.page, web.url, token);
  if (address !== '/') await visited.page.goto(web.url + address);
  return visited;
}
async function api(query: string, token = tokens.analyst) {
  const response = await fetch(`${web.url}/api/v1/kpi?${query}`, { headers: { authorization: `Bearer ${token}` } });
  return kpiAnswers.parse(await response.json());
}
async function expectFigures(page: Page, query: string): Promise<void> {
  const answers = await api(query);
  for (const name of tileNames) {
    const answer = answers[name];
    if (answer === undefined) throw new Error(`no ${name}`);
    await expect
      .poll(() => figure(page, name).textContent(), soon)
      .toBe(figureText(name, answer, answer.completeness).text);
  }
}
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
/** Five whole days that nothing changes any more, with the same range for the API. */
const days = `from=${dayOf(now - 8 * day)}&to=${dayOf(now - 4 * day)}`;
const sameDays = `from=${dayOf(now - 8 * day)}T00:00:00Z&to=${dayOf(now - 3 * day)}T00:00:00Z`;

describe('without any ticket', () => {
  it.each([desktop, phone])('teaches the next step at $width px', async (size) => {
    const { page, complaints, close } = await open(size);
    await page.getByText('npm run integration').waitFor();
    await shot(page, `overview-empty-${size.width}`);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });
});

describe('with tickets', () => {
  beforeAll(async () => {
    await desk.append([heartbeat('zendesk', 3_600, 0)]);
    await desk.store(changeRows(seeded(7), 400, now - 10 * day, now - 60_000).filter(({ at }) => at < now - 1_000));
  });

  it.each([
    ['', ''],
    ['scope=team:billing', 'scope=team:billing'],
    [days, sameDays],
  ])('shows the figures of the API at ?%s', async (address, query) => {
    const { page, close } = await open(desktop, `/?${address}`);
    await expectFigures(page, query);
    await close();
  });

  it('is painted by the server with figures and lines, without any script', async () => {
    const { page, close } = await open(desktop);
    const plain = await visit(browser, { ...desktop, javaScript: false });
    await plain.page.context().addCookies(await page.context().cookies());
    await plain.page.goto(`${web.url}/?${days}`);
    await expectFigures(plain.page, sameDays);
    expect(await plain.page.locator('[aria-labelledby=time-title] path').count()).toBeGreaterThan(2);
    expect(plain.complaints).toEqual([]);
    await plain.close();
    await close();
  });

  it.each(
    [desktop, phone].flatMap((size) => [
      { ...size, scheme: 'light' as const },
      { ...size, scheme: 'dark' as const },
    ]),
  )('has no violation and no sideways scroll at $width px, $scheme', async ({ scheme, ...size }) => {
    const { page, complaints, close } = await open({ ...size, scheme });
    for (const [name, address] of [
      ['overview', '/'],
      ['tables', '/?table=1'],
      ['wall', '/?wall=1'],
      ['receipt', `/?${days}&receipt=first_reply_time`],
    ] as const) {
      await page.goto(web.url + address);
      await isLive(page);
      if (name === 'receipt') await page.getByTestId('receipt-count').waitFor();
      await shot(page, `${name}-${size.width}-${scheme}`);
      expect(await violations(page), name).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(size.width);
    }
    expect(complaints).toEqual([]);
    await close();
  });

  it('opens the receipt of a number, which lists as many tickets as it says', async () => {
    const { page, close } = await open(desktop, `/?${days}`);
    const { created } = await api(`${sameDays}&kpis=created`);
    await isLive(page);
    await page.locator('[data-tile=created]').click();
    await page.waitForURL(/receipt=created/);
    const count = page.getByTestId('receipt-count');
    await expect.poll(() => count.textContent(), soon).toBe(`50 of ${created?.n}`);
    await page.getByRole('button', { name: 'More tickets' }).click();
    await expect.poll(() => count.textContent(), soon).toBe(`${Math.min(100, created?.n ?? 0)} of ${created?.n}`);
    await page.getByRole('button', { name: 'Copy with proof' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toMatch(new RegExp(`^Created: .*${created?.n}.*\\nall teams`));
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => !url.searchParams.has('receipt'));
    await close();
  });

  it('changes range and scope by its controls, in its address', async () => {
    const { page, close } = await open(desktop);
    await isLive(page);
    await page.getByRole('link', { name: '7 days' }).click();
    await page.waitForURL(/range=7d/);
    await page.getByLabel('Scope').selectOption('team:billing');
    await page.waitForURL(/scope=team%3Abilling/);
    const from = new Date(Date.parse(dayOf(Date.now())) - 6 * day).toISOString();
    await expectFigures(page, `scope=team:billing&from=${from}`);
    await page.getByRole('button', { name: 'Custom range' }).click();
    await page.getByLabel('From').fill(dayOf(now - 8 * day));
    await page.getByLabel('To, included').fill(dayOf(now - 4 * day));
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.waitForURL(/from=/);
    await expectFigures(page, `${sameDays}&scope=team:billing`);
    await close();
  });

  it('goes live: tickets that are opened now are counted, without a shift', async () => {
    const { page, complaints, close } = await open(phone);
    await isLive(page);
    await page.evaluate(() => {
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const shift = 'value' in entry ? Number(entry.value) : 0;
          document.body.dataset['shift'] = String(Number(document.body.dataset['shift'] ?? 0) + shift);
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });
    const before = (await api('kpis=created')).created?.n ?? 0;
    await desk.open('billing', 7);
    await expect.poll(() => figure(page, 'created').textContent(), soon).toBe(String(before + 7));
    expect(Number(await page.evaluate(() => document.body.dataset['shift'] ?? '0'))).toBeLessThan(0.01);
    expect(complaints).toEqual([]);
    await close();
  });

  it('zooms into what is brushed, by pointer and by keyboard', async () => {
    const { page, close } = await open(desktop, `/?${days}`);
    await isLive(page);
    const chart = page.getByRole('slider', { name: /Created and solved/ });
    const box = await chart.boundingBox();
    if (box === null) throw new Error('no chart');
    await page.mouse.move(box.x + box.width * 0.25, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=\d{4}-\d\d-\d\dT/);
    const zoomed = new URL(page.url()).searchParams;
    expect(Date.parse(zoomed.get('to') ?? '') - Date.parse(zoomed.get('from') ?? '')).toBeLessThan(2.5 * day);
    await chart.focus();
    await page.keyboard.press('End');
    expect(await chart.getAttribute('aria-valuetext')).toMatch(/Created \d+.*Solved \d+/);
    for (let step = 0; step < 3; step += 1) await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('from') !== zoomed.get('from'));
    await close();
  });

  it('obeys single keys outside of fields', async () => {
    const { page, close } = await open(desktop);
    await isLive(page);
    await page.keyboard.press('t');
    await page.getByRole('region', { name: 'Created and solved, as a table' }).waitFor();
    await page.keyboard.press('f');
    await page.waitForURL(/wall=1/);
    expect(await page.getByRole('navigation', { name: 'Pages' }).count()).toBe(0);
    await page.keyboard.press('f');
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Single keys, in this browser').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('t');
    await page.getByRole('region', { name: 'Created and solved, as a table' }).waitFor();
    await close();
  });

  it('says what makes no sense in its address, and what has no answer', async () => {
    const { page, close } = await open(desktop, '/?range=banana');
    await page.getByText('there is no range "banana"').waitFor();
    await page.goto(`${web.url}/?scope=team:nobody`);
    await page.getByTestId('no-figures').filter({ hasText: 'No ticket was ever in team "nobody"' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.goto(`${web.url}/?from=2000-01-01&to=2020-01-01`);
    await page.getByTestId('no-figures').filter({ hasText: 'ten years' }).waitFor();
    await close();
  });

  it('shows a lead their own team, and tells an agent where they are', async () => {
    const lead = await open(desktop, '/', tokens.lead);
    expect(await lead.page.getByLabel('Scope').locator('option').allTextContents()).toEqual(['Billing']);
    await isLive(lead.page);
    await lead.close();
    const agent = await visit(browser, desktop);
    await agent.page.goto(`${web.url}/sign-in?with=token`);
    await agent.page.fill('#token', tokens.agent);
    await agent.page.getByRole('button', { name: 'Sign in' }).click();
    await agent.page.waitForURL((url) => url.pathname !== '/sign-in');
    await agent.page.goto(web.url);
    await agent.page.getByText('The overview is for the roles lead, analyst, admin.').waitFor();
    await agent.close();
  });

  it('holds still when paused, and goes on', async () => {
    const { page, close } = await open(desktop);
    await isLive(page);
    await page.getByRole('button', { name: 'Pause' }).click();
    await line(page)
      .filter({ hasText: /^Paused at/ })
      .waitFor();
    const held = await figure(page, 'created').textContent();
    await desk.open('sales', 2);
    await expect.poll(async () => String((await api('kpis=created')).created?.n), soon).not.toBe(held);
    expect(await figure(page, 'created').textContent()).toBe(held);
    await shot(page, 'overview-paused-1440');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Go on live' }).click();
    await expect
      .poll(() => figure(page, 'created').textContent(), soon)
      .toBe(String((await api('kpis=created')).created?.n));
    await close();
  });

  it('says what it shows while the hub is away, and comes back by itself', async () => {
    const { page, close } = await open(phone);
    await isLive(page);
    await hub.stop('SIGKILL');
    await line(page)
      .filter({ hasText: /^Reconnecting, showing/ })
      .waitFor();
    expect(await page.locator('[data-tile=created] [data-trust]').getAttribute('data-trust')).toBe('stale');
    await shot(page, 'overview-reconnecting-390');
    expect(await violations(page)).toEqual([]);
    hub = await startHub(hubEnv);
    await isLive(page);
    await close();
  });

  it('keeps what it knew while ClickHouse is away, and fills by itself when it was opened then', async () => {
    const { page, close } = await open(desktop);
    await isLive(page);
    const known = await figure(page, 'created').textContent();
    const late = await open(desktop, '/flow');
    desk.engine.kill('SIGSTOP');
    try {
      await line(page).filter({ hasNotText: /^Live/ }).waitFor({ timeout: 30_000 });
      expect(await figure(page, 'created').textContent()).toBe(known);
      await shot(page, 'overview-unknown-1440');
      await late.page.goto(web.url);
      await late.page.getByTestId('no-figures').waitFor();
      await shot(late.page, 'overview-error-1440');
      expect(await violations(late.page)).toEqual([]);
    } finally {
      desk.engine.kill('SIGCONT');
    }
    await isLive(page);
    await figure(late.page, 'created').waitFor({ timeout: 40_000 });
    await late.close();
    await close();
  });

  it('has no number while a source is silent, and a bound while rejected events wait', async () => {
    await desk.append([heartbeat('salesforce', 10, 120_000)]);
    desk.commit();
    const { page, close } = await open(desktop);
    const trust = () => page.locator('[data-tile=created] [data-trust]').getAttribute('data-trust');
    await expect.poll(trust, soon).toBe('unknown');
    expect(await figure(page, 'created').textContent()).toBe('–');
    await page.getByText('salesforce is silent').waitFor();
    await shot(page, 'overview-unknown-source-1440');
    expect(await violations(page)).toEqual([]);
    await desk.append([{ source: 'zendesk', disposition: 'rejected', reason: 'unknown-status' }]);
    desk.commit();
    await expect.poll(trust, soon).toBe('incomplete');
    expect(await page.locator('[data-tile=created]').textContent()).toContain('at least');
    await page.getByText('1 rejected events of the range wait in quarantine').first().waitFor();
    await shot(page, 'overview-incomplete-1440');
    expect(await violations(page)).toEqual([]);
    await close();
  });
});
