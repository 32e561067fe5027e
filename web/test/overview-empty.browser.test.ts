import { demoKey } from '@deskwire/contracts/demo';
import { heartbeat } from '@deskwire/hub/testing/start-ledger';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { desktop, inEachLook, phone } from './looks';
import { figure, liveLine, overviewOf, soon, startOverview, untilLive } from './overview-page';
import type { Product } from './start-product';
import { shot, violations } from './visit';

let product: Product;
let overview: ReturnType<typeof overviewOf>;
const now = Date.now();

beforeAll(async () => {
  ({ product, overview } = await startOverview(now));
});
afterAll(() => product.close());

it('keeps the place of the data flow until its first report', async () => {
  /** What stands below the strip begins there. */
  const below = (page: Page) => page.locator('main > :nth-child(2)').evaluate((part) => part.getBoundingClientRect().y);
  product.desk.engine.kill('SIGSTOP');
  const opened = [];
  try {
    for (const size of [phone, desktop]) {
      const visited = await overview.open(size);
      await visited.page.getByText('Data flow not known yet').waitFor();
      expect(await violations(visited.page)).toEqual([]);
      opened.push({ ...visited, before: await below(visited.page) });
    }
  } finally {
    product.desk.engine.kill('SIGCONT');
  }
  for (const { page, before, close } of opened) {
    await page.getByText('0 events today').waitFor(soon);
    expect(await below(page)).toBe(before);
    await close();
  }
});

it('teaches the next step without any ticket, and fills by itself with the first one, in words for one', async () => {
  const { page, complaints, close } = await overview.open(desktop);
  await page.getByText('npm run integration').waitFor();
  await liveLine(page)
    .filter({ hasNotText: /^As of/ })
    .waitFor(soon);
  await inEachLook(page, async ({ width, scheme }) => {
    await shot(page, `overview-empty-${width}-${scheme}`, { whole: false });
    expect(await violations(page), `${width}, ${scheme}`).toEqual([]);
  });

  await product.desk.append([heartbeat('zendesk', 3_600, 0)]);
  await product.desk.open('sales', 1);
  for (const name of ['created', 'backlog'] as const)
    await expect.poll(() => figure(page, name).textContent(), soon).toBe('1');
  await untilLive(page);
  await expect.poll(() => page.locator('[data-team]').count(), soon).toBe(1);
  await shot(page, 'overview-one-ticket-1440-light');
  const words = await page.locator('main').innerText();
  expect(words).not.toMatch(/\b1 (tickets|events|ratings|teams|intervals|positions|messages)\b|NaN|Infinity|undefined/);
  // Of a single ticket nothing is on the rise, and nobody's median is known.
  expect(await page.locator('[data-tile=created]').innerText()).not.toMatch(/%/);
  expect(await figure(page, 'first_reply_time').textContent()).toBe('No replies');
  expect(await figure(page, 'csat').textContent()).toBe('No ratings');
  expect(await violations(page)).toEqual([]);
  await page.locator('[data-tile=created]').click();
  await expect.poll(() => page.getByTestId('receipt-count').textContent(), soon).toBe('1 of 1');
  expect(await violations(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});

it('names simulated data on every page, until somebody who may do so has it removed by one click and a confirmation', async () => {
  const run = { run: 'of-this-test', started_at: new Date(now).toISOString() };
  const banner = (page: Page) => page.getByTestId('simulated');
  // A page that is open already says it, too, with the first figures that count such events.
  const analyst = await overview.open(phone);
  await untilLive(analyst.page);
  expect(await banner(analyst.page).count()).toBe(0);
  await product.config(demoKey, { state: 'on', ...run });
  await product.desk.append([heartbeat('demo-zendesk', 3_600, 0)]);
  await banner(analyst.page).filter({ hasText: 'Simulated data' }).waitFor(soon);
  expect(await analyst.page.getByRole('button', { name: 'Remove the demo' }).count()).toBe(0);
  await analyst.close();

  const { page, complaints, close } = await overviewOf(product, await product.newToken('admin')).open(desktop);
  await page.getByRole('button', { name: 'Remove the demo' }).click();
  await page.getByText('Remove its tickets, customers and people for good?').waitFor();
  await shot(page, 'simulated-1440');
  expect(await violations(page)).toEqual([]);
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Keep');
  await page.getByRole('button', { name: 'Keep' }).click();
  expect(await product.config(demoKey)).toMatchObject({ state: 'on' });
  await page.getByRole('button', { name: 'Remove the demo' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await banner(page).filter({ hasText: 'are being removed' }).waitFor();
  await expect.poll(() => product.config(demoKey), soon).toMatchObject({ state: 'removing', run: run.run });
  // What the demo's own process says when it is done; test/demo-removal.live.test.ts removes a whole one.
  await product.config(demoKey, { state: 'removed', removed_at: new Date().toISOString() });
  await banner(page).waitFor({ state: 'detached' });
  expect(complaints).toEqual([]);
  await close();
});
