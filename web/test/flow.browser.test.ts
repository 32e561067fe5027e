import { subjects } from '@deskwire/contracts/subjects';
import { startHub, type RunningHub } from '@deskwire/hub/testing/start-hub';
import { heartbeat, startLedger } from '@deskwire/hub/testing/start-ledger';
import { connectNats } from '@deskwire/runtime/nats';
import { freePort, startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWeb, newToken, startWeb } from './start-web';
import { launchBrowser, shot, signIn as signInWith, violations, visit, type VisitOptions } from './visit';

let nats: TestNats;
let ledger: Awaited<ReturnType<typeof startLedger>>;
let hub: RunningHub;
let web: Awaited<ReturnType<typeof startWeb>>;
let browser: Browser;
let token: string;
let hubEnv: Record<string, string>;

beforeAll(async () => {
  [nats, browser] = await Promise.all([startNats(), launchBrowser(), buildWeb()]);
  ledger = await startLedger(nats);
  // Fixed, and below the range of client ports: the hub comes back on the same one.
  const HUB_PORT = String(20_000 + Math.floor(Math.random() * 10_000));
  const WEB_PORT = String(await freePort());
  hubEnv = { ...nats.env('hub'), ...ledger.env, HUB_PORT, WEB_PORT };
  hub = await startHub(hubEnv);
  web = await startWeb({ ...nats.env('web'), ...ledger.env, HUB_PORT, WEB_PORT });
  ({ token } = await newToken(nats, 'analyst'));
});
afterAll(async () => {
  await browser.close();
  await Promise.all([web.stop(), hub.stop()]);
  await Promise.all([ledger.stop(), nats.stop()]);
});

const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

const open = (options: VisitOptions) => visit(browser, options);
async function signIn(page: Page): Promise<void> {
  await signInWith(page, web.url, token);
  await page.goto(`${web.url}/flow`);
}
const line = (page: Page) => page.getByTestId('live-line');
const received = async (page: Page) => Number((await page.getByTestId('received').textContent())?.replaceAll(',', ''));
async function commit(): Promise<void> {
  const nc = await connectNats(nats.env('ingest'), 'ingest');
  nc.publish(subjects.ingestCommitted, '{}');
  await nc.flush();
  await nc.close();
}

describe('an empty system', () => {
  it.each(sizes)('teaches the next step at $width px, without a violation', async (size) => {
    const { page, complaints, close } = await open(size);
    await page.goto(web.url);
    await shot(page, `sign-in-${size.width}`);
    expect(await violations(page)).toEqual([]);
    await page.fill('#token', 'dw_wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await shot(page, `sign-in-refused-${size.width}`);
    await signIn(page);
    await page.getByText('npm run integration').waitFor();
    await shot(page, `empty-${size.width}`);
    expect(await violations(page)).toEqual([]);
    // The refused sign-in is an answer of 401, which the browser reports by itself.
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });
});

describe('the data flow', () => {
  beforeAll(async () => {
    const rows = (count: number, row: { source: string; ageMs?: number }) => Array.from({ length: count }, () => row);
    await ledger.append([
      ...rows(3_000, { source: 'zendesk' }),
      ...rows(40, { source: 'salesforce', ageMs: 300_000 }),
      { source: 'zendesk', disposition: 'rejected', reason: 'unknown-status' },
      { source: 'zendesk', disposition: 'duplicate', reason: 'same-content' },
      heartbeat('zendesk', 60, 0),
      heartbeat('salesforce', 3_600, 0),
    ]);
    await commit();
  });

  it('is painted by the server with its figures, before and without any script', async () => {
    const { page, close } = await open({ ...sizes[0], width: 1440, height: 900 });
    await signIn(page);
    const cookies = await page.context().cookies();
    const plain = await open({ width: 1440, height: 900, javaScript: false });
    await plain.page.context().addCookies(cookies);
    await plain.page.goto(`${web.url}/flow`);
    expect(await received(plain.page)).toBe(3_044);
    expect(await line(plain.page).textContent()).toMatch(/^As of \d\d:\d\d:\d\d$/);
    await plain.close();
    await close();
  });

  it('moves within a second of a commit, without a shift', async () => {
    const { page, complaints, close } = await open({ width: 390, height: 844 });
    await signIn(page);
    await page.reload();
    await line(page).filter({ hasText: /^Live/ }).waitFor();
    await page.evaluate(() => {
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const shift = 'value' in entry ? Number(entry.value) : 0;
          document.body.dataset['shift'] = String(Number(document.body.dataset['shift'] ?? 0) + shift);
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });
    const before = await received(page);
    await ledger.append(Array.from({ length: 5 }, () => ({ source: 'zendesk' })));
    await commit();
    await expect.poll(() => received(page), { timeout: 2_000 }).toBe(before + 5);
    expect(Number(await page.evaluate(() => document.body.dataset['shift'] ?? '0'))).toBeLessThan(0.01);
    expect(complaints).toEqual([]);
    await close();
  });

  it.each(
    sizes.flatMap((size) => [
      { ...size, scheme: 'light' as const },
      { ...size, scheme: 'dark' as const },
    ]),
  )('has no violation and no sideways scroll at $width px, $scheme', async ({ scheme, ...size }) => {
    const { page, close } = await open({ ...size, scheme });
    await signIn(page);
    await line(page).filter({ hasText: /^Live/ }).waitFor();
    await shot(page, `flow-${size.width}-${scheme}`);
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(size.width);
    await close();
  });

  it('says what it shows while the hub is away, comes back by itself, and leaves when it is signed out elsewhere', async () => {
    const { page, close } = await open({ width: 390, height: 844 });
    await signIn(page);
    await line(page).filter({ hasText: /^Live/ }).waitFor();
    await hub.stop('SIGKILL');
    await line(page)
      .filter({ hasText: /^Reconnecting, showing \d\d:\d\d:\d\d$/ })
      .waitFor();
    await shot(page, 'reconnecting-390');
    expect(await violations(page)).toEqual([]);
    hub = await startHub(hubEnv);
    await line(page).filter({ hasText: /^Live/ }).waitFor({ timeout: 15_000 });

    const other = await page.context().newPage();
    await other.goto(web.url);
    await other.getByRole('button', { name: /your menu/ }).click();
    await other.getByRole('button', { name: 'Sign out' }).click();
    await other.waitForURL(`${web.url}/sign-in`);
    await page.getByRole('link', { name: 'Sign in' }).waitFor({ timeout: 15_000 });
    await shot(page, 'signed-out-390');
    await close();
  });

  it('says since when nothing is known while ClickHouse is away', async () => {
    const { page, close } = await open({ width: 1440, height: 900 });
    await signIn(page);
    await line(page).filter({ hasText: /^Live/ }).waitFor();
    const known = await received(page);
    ledger.engine.kill('SIGSTOP');
    try {
      await line(page)
        .filter({ hasText: /^No data since/ })
        .waitFor({ timeout: 20_000 });
      await shot(page, 'unknown-1440');
      expect(await received(page)).toBe(known);
    } finally {
      ledger.engine.kill('SIGCONT');
    }
    await line(page).filter({ hasText: /^Live/ }).waitFor({ timeout: 20_000 });
    await close();
  });
});
