import { changeRows, seeded } from '@deskwire/clickhouse/kpi/testing/change-rows';
import { accessTokenKey } from '@deskwire/contracts/access-token';
import { heartbeat } from '@deskwire/hub/testing/start-ledger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayMs, desktop, figure, liveLine, overviewOf, pastDays, phone, soon, untilLive } from './overview-page';
import { startProduct, type Product } from './start-product';
import { shot, violations, visit } from './visit';

let product: Product;
let overview: ReturnType<typeof overviewOf>;
const now = Date.now();

beforeAll(async () => {
  product = await startProduct();
  overview = overviewOf(product, await product.newToken('analyst'));
});
afterAll(() => product.close());

describe('without any ticket', () => {
  it.each([desktop, phone])('teaches the next step at $width px', async (size) => {
    const { page, complaints, close } = await overview.open(size);
    await page.getByText('npm run integration').waitFor();
    await shot(page, `overview-empty-${size.width}`);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });
});

describe('with tickets', () => {
  beforeAll(async () => {
    await product.desk.append([heartbeat('zendesk', 3_600, 0)]);
    const rows = changeRows(seeded(7), 400, now - 10 * dayMs, now - 60_000);
    await product.desk.store(rows.filter(({ at }) => at < now - 1_000));
  });

  it.each(
    [desktop, phone].flatMap((size) => [
      { ...size, scheme: 'light' as const },
      { ...size, scheme: 'dark' as const },
    ]),
  )('has no violation and no sideways scroll at $width px, $scheme', async ({ scheme, ...size }) => {
    const { page, complaints, close } = await overview.open({ ...size, scheme });
    for (const [name, address] of [
      ['overview', '/'],
      ['tables', '/?table=1'],
      ['wall', '/?wall=1'],
      ['receipt', `/?${pastDays(now).ofPage}&receipt=first_reply_time`],
    ] as const) {
      await page.goto(product.web.url + address);
      await untilLive(page);
      if (name === 'receipt') await page.getByTestId('receipt-count').waitFor();
      await shot(page, `${name}-${size.width}-${scheme}`);
      expect(await violations(page), name).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(size.width);
    }
    expect(complaints).toEqual([]);
    await close();
  });

  it('holds still when paused, and goes on', async () => {
    const { page, close } = await overview.open(desktop);
    await untilLive(page);
    await page.getByRole('button', { name: 'Pause' }).click();
    await liveLine(page)
      .filter({ hasText: /^Paused at/ })
      .waitFor();
    const held = await figure(page, 'created').textContent();
    await product.desk.open('sales', 2);
    await expect.poll(async () => String(await overview.created()), soon).not.toBe(held);
    expect(await figure(page, 'created').textContent()).toBe(held);
    await shot(page, 'overview-paused-1440');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Go on live' }).click();
    await expect.poll(() => figure(page, 'created').textContent(), soon).toBe(String(await overview.created()));
    await close();
  });

  it('says what it shows while the hub is away, and comes back by itself', async () => {
    const { page, close } = await overview.open(phone);
    await untilLive(page);
    await product.killHub();
    await liveLine(page)
      .filter({ hasText: /^Reconnecting, showing/ })
      .waitFor();
    expect(await page.locator('[data-tile=created] [data-trust]').getAttribute('data-trust')).toBe('stale');
    await shot(page, 'overview-reconnecting-390');
    expect(await violations(page)).toEqual([]);
    await product.startHubAgain();
    await untilLive(page);
    await close();
  });

  it('keeps what it knew while ClickHouse is away, and fills by itself when it was opened then', async () => {
    const { page, close } = await overview.open(desktop);
    await untilLive(page);
    const known = await figure(page, 'created').textContent();
    const late = await overview.open(desktop, '/flow');
    product.desk.engine.kill('SIGSTOP');
    try {
      await liveLine(page).filter({ hasNotText: /^Live/ }).waitFor(soon);
      expect(await figure(page, 'created').textContent()).toBe(known);
      await shot(page, 'overview-unknown-1440');
      await late.page.goto(product.web.url);
      await late.page.getByTestId('no-figures').waitFor();
      await shot(late.page, 'overview-error-1440');
      expect(await violations(late.page)).toEqual([]);
    } finally {
      product.desk.engine.kill('SIGCONT');
    }
    await untilLive(page);
    await figure(late.page, 'created').waitFor({ timeout: 40_000 });
    await late.close();
    await close();
  });

  it('says that it loads while an answer is slow, and keeps what it shows until then', async () => {
    const { page, close } = await overview.open(desktop);
    await untilLive(page);
    const known = await figure(page, 'created').textContent();
    product.desk.engine.kill('SIGSTOP');
    try {
      await page.getByRole('link', { name: 'Data flow' }).first().click();
      await page.getByTestId('loading').waitFor();
      expect(await figure(page, 'created').textContent()).toBe(known);
      expect(await violations(page)).toEqual([]);
      await shot(page, 'overview-loading-1440');
    } finally {
      product.desk.engine.kill('SIGCONT');
    }
    await page.getByTestId('loading').waitFor({ state: 'detached', timeout: 30_000 });
    await close();
  });

  it('rings when somebody with a role that does not exist was refused, until it was looked at', async () => {
    const { page, close } = await overview.open(phone);
    const bell = page.getByRole('button', { name: /^Alerts/ });
    const token = await product.newToken('analyst');
    const [, id = ''] = token.split('_');
    await product.changeRecord(accessTokenKey(id), (record) => ({ ...record, role: 'boss' }));
    const refused = await visit(product.browser, phone);
    await refused.page.goto(`${product.web.url}/sign-in?with=token`);
    await refused.page.fill('#token', token);
    await refused.page.getByRole('button', { name: 'Sign in' }).click();
    await refused.page.getByRole('alert').waitFor();
    await refused.close();

    await page.reload();
    await expect.poll(() => bell.getAttribute('aria-label'), soon).toBe('Alerts, 1 new');
    await bell.click();
    await page
      .locator('[data-alert=warning]')
      .filter({ hasText: `Access token ${id}` })
      .waitFor();
    await shot(page, 'alerts-390');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(() => bell.getAttribute('aria-label'), soon).toBe('Alerts');
    const isFocused = () => bell.evaluate((button) => button === document.activeElement);
    await expect.poll(isFocused, soon).toBe(true);
    const list = page.getByRole('dialog', { name: 'Alerts' });
    for (const state of ['visible', 'detached'] as const) {
      await bell.click();
      await list.waitFor({ state });
      expect(await bell.getAttribute('aria-expanded')).toBe(String(state === 'visible'));
    }
    await close();
  });

  it('has no number while a source is silent, and a bound while rejected events wait', async () => {
    const { desk } = product;
    await desk.append([heartbeat('salesforce', 10, 120_000)]);
    desk.commit();
    const { page, close } = await overview.open(desktop);
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
