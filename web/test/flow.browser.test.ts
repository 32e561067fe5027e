import { flowReport } from '@deskwire/contracts/flow';
import { heartbeat } from '@deskwire/hub/testing/start-ledger';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { desktop, inEachLook, phone, tablet, wide } from './looks';
import { startProduct, type Product } from './start-product';
import { shot, signIn as signInWith, violations, visit, watchShift, type VisitOptions } from './visit';

let product: Product;
let token: string;

beforeAll(async () => {
  product = await startProduct();
  token = await product.newToken('analyst');
});
afterAll(() => product.close());

const open = (options: VisitOptions) => visit(product.browser, options);
async function signIn(page: Page): Promise<void> {
  await signInWith(page, product.web.url, token);
  await page.goto(`${product.web.url}/flow`);
}
const line = (page: Page) => page.getByTestId('live-line');
const received = async (page: Page) => Number((await page.getByTestId('received').textContent())?.replaceAll(',', ''));

describe('an empty system', () => {
  it('teaches the next step, without a violation in any look', async () => {
    const { page, complaints, close } = await open(desktop);
    const look = async (name: string, width: number, scheme: string) => {
      if (scheme === 'light') await shot(page, `${name}-${width}-light`, { whole: false });
      expect(await violations(page), `${name}, ${width}, ${scheme}`).toEqual([]);
    };
    await page.goto(product.web.url);
    await inEachLook(page, ({ width, scheme }) => look('sign-in', width, scheme));
    await page.fill('#token', 'dw_wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    expect(await violations(page)).toEqual([]);
    await signIn(page);
    await page.getByText('npm run integration').waitFor();
    expect(await page.getByTestId('verdict').innerText()).toBe('Waiting for the first event');
    await inEachLook(page, ({ width, scheme }) => look('flow-empty', width, scheme));
    // The refused sign-in is an answer of 401, which the browser reports by itself.
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });
});

describe('the data flow', () => {
  beforeAll(async () => {
    const rows = (count: number, row: { source: string; ageMs?: number }) => Array.from({ length: count }, () => row);
    await product.desk.append([
      ...rows(3_000, { source: 'zendesk' }),
      ...rows(40, { source: 'salesforce', ageMs: 300_000 }),
      { source: 'zendesk', disposition: 'rejected', reason: 'unknown-status' },
      { source: 'zendesk', disposition: 'duplicate', reason: 'same-content' },
      heartbeat('zendesk', 60, 0),
      heartbeat('salesforce', 3_600, 0),
    ]);
    product.desk.commit();
  });

  it('is painted by the server with its figures, before and without any script', async () => {
    const { page, close } = await open(desktop);
    await signIn(page);
    const cookies = await page.context().cookies();
    const plain = await open({ ...desktop, javaScript: false });
    await plain.page.context().addCookies(cookies);
    await plain.page.goto(`${product.web.url}/flow`);
    expect(await received(plain.page)).toBe(3_044);
    expect(await line(plain.page).textContent()).toMatch(/^As of \d\d:\d\d:\d\d$/);
    await plain.close();
    await close();
  });

  it('says on the overview how many events came today, the same in the first paint, live and in the API', async () => {
    const strip = (page: Page) => page.getByTestId('events-today');
    const today = async () => {
      const headers = { authorization: `Bearer ${token}` };
      return flowReport.parse(await (await fetch(`${product.web.url}/api/v1/flow`, { headers })).json()).today;
    };
    const words = (received: number) =>
      `${received.toLocaleString('en-US')} events today, all accounted for, 1 rejected`;
    const { page, close } = await open(desktop);
    await signIn(page);
    const plain = await open({ ...desktop, javaScript: false });
    await plain.page.context().addCookies(await page.context().cookies());
    await plain.page.goto(product.web.url);
    const { received, rejected } = await today();
    expect(rejected).toBe(1);
    expect(await strip(plain.page).textContent()).toBe(words(received));
    await plain.close();
    await page.goto(product.web.url);
    await line(page).filter({ hasText: /^Live/ }).waitFor();
    await product.desk.append(Array.from({ length: 4 }, () => ({ source: 'zendesk' })));
    product.desk.commit();
    await expect.poll(() => strip(page).textContent(), { timeout: 30_000 }).toBe(words(received + 4));
    await page.getByRole('link', { name: /events today/ }).click();
    await page.waitForURL(/\/flow$/);
    await close();
  });

  it('shows of each source how far it is stored, whether it adds up, and what was rejected of it', async () => {
    const { page, close } = await open({ width: 1440, height: 900 });
    await signIn(page);
    await line(page).filter({ hasText: /^Live/ }).waitFor();
    const row = page.locator('tbody[data-source=zendesk]');
    expect(await row.locator('[data-cell=watermark]').textContent()).toMatch(/^to \d\d:\d\d:\d\d$/);
    await expect.poll(() => row.locator('[data-cell=lag]').textContent()).toMatch(/^\d\.\d s/);
    expect(await row.locator('[data-ledger=true]').textContent()).toContain('adds up');
    expect(await row.locator('[data-reason=unknown-status]').textContent()).toBe('Unknown status 1, 1 waiting');
    await row.locator('[data-reason=unknown-status]').click();
    await page.waitForURL(/\/flow\/rejected\?source=zendesk&reason=unknown-status&state=waiting$/);
    await close();
  });

  it('moves with a commit, without a shift', async () => {
    const { page, complaints, close } = await open(phone);
    await signIn(page);
    await page.reload();
    await line(page).filter({ hasText: /^Live/ }).waitFor();
    const shift = await watchShift(page);
    const before = await received(page);
    await product.desk.append(Array.from({ length: 5 }, () => ({ source: 'zendesk' })));
    product.desk.commit();
    await expect.poll(() => received(page), { timeout: 10_000 }).toBe(before + 5);
    expect(await shift()).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  it('has no violation and no sideways scroll in any look', async () => {
    const { page, close } = await open(desktop);
    await signIn(page);
    await line(page).filter({ hasText: /^Live/ }).waitFor();
    const fits = async (width: number) => {
      expect(await violations(page), `${width}`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${width}`).toBeLessThanOrEqual(width);
    };
    await inEachLook(page, async ({ width, scheme }) => {
      await shot(page, `flow-${width}-${scheme}`);
      await fits(width);
    });
    for (const size of [tablet, wide]) {
      await page.setViewportSize(size);
      await fits(size.width);
    }
    await close();
  });

  it('says what it shows while the hub is away, comes back by itself, and leaves when it is signed out elsewhere', async () => {
    const { page, close } = await open(phone);
    await signIn(page);
    await line(page).filter({ hasText: /^Live/ }).waitFor();
    await product.killHub();
    await line(page)
      .filter({ hasText: /^Reconnecting, showing \d\d:\d\d:\d\d$/ })
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await product.startHubAgain();
    await line(page).filter({ hasText: /^Live/ }).waitFor({ timeout: 15_000 });

    const other = await page.context().newPage();
    await other.goto(product.web.url);
    await other.getByRole('button', { name: /your menu/ }).click();
    await other.getByRole('button', { name: 'Sign out' }).click();
    await other.waitForURL(`${product.web.url}/sign-in`);
    await page.getByRole('link', { name: 'Sign in' }).waitFor({ timeout: 15_000 });
    await shot(page, 'flow-signed-out-390-light', { whole: false });
    await close();
  });

  it('says from when its figures are while ClickHouse is away', async () => {
    const { page, close } = await open(desktop);
    await signIn(page);
    await line(page).filter({ hasText: /^Live/ }).waitFor();
    const known = await received(page);
    product.desk.engine.kill('SIGSTOP');
    try {
      await line(page)
        .filter({ hasText: /^Stale, as of/ })
        .waitFor({ timeout: 20_000 });
      // What was good when last read is no promise, and nothing goes on counting.
      const main = page.locator('main');
      await main.getByText('No message had been lost when last read.').waitFor();
      const row = page.locator('tbody[data-source=zendesk]');
      expect(await row.locator('[data-ledger=true]').textContent()).toContain('added up');
      expect(await row.innerText()).toMatch(/heartbeat at \d\d:\d\d:\d\d/);
      expect(await main.innerText()).not.toMatch(/adds up|\d (s|min) ago/);
      expect(await main.locator('.text-good').count()).toBe(0);
      expect(await violations(page)).toEqual([]);
      await shot(page, 'flow-unknown-1440-light', { whole: false });
      expect(await received(page)).toBe(known);
    } finally {
      product.desk.engine.kill('SIGCONT');
    }
    await line(page).filter({ hasText: /^Live/ }).waitFor({ timeout: 20_000 });
    await close();
  });
});
