import { accessTokenKey } from '@deskwire/contracts/access-token';
import { heartbeat } from '@deskwire/hub/testing/start-ledger';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { desktop, inEachLook, phone, tablet, wide } from './looks';
import { dayMs, dayOf, figure, liveLine, overviewOf, pastDays, soon, startOverview, untilLive } from './overview-page';
import type { Product } from './start-product';
import { shot, shots, violations, visit, watchShift } from './visit';

let product: Product;
let overview: ReturnType<typeof overviewOf>;
const now = Date.now();
const hourMs = 3_600_000;

beforeAll(async () => {
  ({ product, overview } = await startOverview(now, { ticketsPerDay: 120 }));
});
afterAll(() => product.close());

/** Tiles and tables whose words run over their edge, and a live line that is not there to be read. */
const cutOff = (page: Page) =>
  page
    .locator('[data-tile], [data-testid=live-line], [data-testid=teams]')
    .evaluateAll((parts) =>
      parts.filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.textContent),
    );

const scrollsDown = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollHeight > document.documentElement.clientHeight);

it.each([
  ['overview-live', '/'],
  ['tables', '/?table=1'],
  ['wall', '/?wall=1'],
  ['receipt', `/?${pastDays(now).ofPage}&receipt=first_reply_time`],
])('has no violation and no sideways scroll in any look: %s', async (name, address) => {
  const { page, complaints, close } = await overview.open(desktop, address);
  await untilLive(page);
  if (name === 'receipt') await page.getByTestId('receipt-count').waitFor();
  const fits = async (width: number) => {
    expect(await violations(page), `${width}`).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${width}`).toBeLessThanOrEqual(width);
    expect(await cutOff(page), `${width}`).toEqual([]);
  };
  await inEachLook(page, async ({ width, scheme }) => {
    if (name === 'wall' && width === desktop.width) expect(await scrollsDown(page)).toBe(false);
    if (name === 'tables') await page.getByRole('table').first().scrollIntoViewIfNeeded();
    if (name !== 'tables' || scheme === 'light')
      await shot(page, `${name}-${width}-${scheme}`, { whole: name === 'overview-live' });
    await fits(width);
  });
  for (const size of [tablet, wide]) {
    await page.setViewportSize(size);
    if (name === 'overview-live' || name === 'wall') await shot(page, `${name}-${size.width}-light`);
    if (name === 'wall' && size === wide) expect(await scrollsDown(page)).toBe(false);
    await fits(size.width);
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
  const source = page.locator('[data-source=zendesk]');
  const heldSource = await source.textContent();
  await product.desk.open('sales', 2);
  await expect.poll(async () => String(await overview.created()), soon).not.toBe(held);
  expect(await figure(page, 'created').textContent()).toBe(held);
  // So does the strip above: what it says of a source is what was known then.
  expect(await source.textContent()).toBe(heldSource);
  await page.getByTestId('events-today').getByText('when last read').waitFor();
  await shots(page, 'overview-paused', { whole: false });
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
  await shots(page, 'overview-reconnecting', { whole: false });
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
    // What nobody asked for a moment ago: that would still be shared.
    await late.page.goto(`${product.web.url}/?scope=team%3Abilling`);
    await late.page.getByTestId('no-figures').waitFor();
    // The report beside it was read a moment before: it promises nothing.
    expect(await late.page.getByTestId('events-today').textContent()).toMatch(/not known whether all|when last read/);
    expect(await late.page.getByLabel('Scope').locator('option:checked').textContent()).toBe('Billing');
    await shots(late.page, 'overview-error', { whole: false });
    expect(await violations(late.page)).toEqual([]);
    await liveLine(page)
      .filter({ hasText: /^Stale, as of/ })
      .waitFor(soon);
    expect(await figure(page, 'created').textContent()).toBe(known);
    // Everything on the page says the same, for as long as it is so.
    await page.locator('[data-tile=created] [data-trust=stale]').waitFor();
    await page.getByTestId('time-footer').getByText('The figures cannot be read at the moment').waitFor(soon);
    expect(await liveLine(page).textContent()).toMatch(/^Stale, as of/);
    await page.getByText('Nothing did when last read').waitFor();
    await shots(page, 'overview-unknown', { whole: false });
    expect(await violations(page)).toEqual([]);
  } finally {
    product.desk.engine.kill('SIGCONT');
  }
  await untilLive(page);
  await figure(late.page, 'created').waitFor({ timeout: 40_000 });
  await late.close();
  await close();
});

it('says that reading took too long, in words for people, and still offers the teams that it knew', async () => {
  const { page, close } = await overview.open(desktop);
  await untilLive(page);
  const offered = () => page.getByLabel('Scope').locator('option').allTextContents();
  const teams = await offered();
  expect(teams).toEqual(expect.arrayContaining(['All teams', 'Billing', 'Sales']));
  const words = page.getByTestId('no-figures');
  let days = 9;
  /** The flow was read a moment ago, and is not asked for anew; what is stopped behind it is figures that nobody has asked for. */
  const tookTooLong = async () => {
    days += 1;
    const [from, to] = [dayOf(now - days * dayMs), dayOf(now - 9 * dayMs)];
    await page.request.get(`${product.web.url}/flow`);
    product.desk.engine.kill('SIGSTOP');
    try {
      await page.goto(`${product.web.url}/?from=${from}&to=${to}`);
      await words.waitFor();
      return (await words.innerText()).includes('took too long');
    } finally {
      product.desk.engine.kill('SIGCONT');
    }
  };
  await expect.poll(tookTooLong, { timeout: 60_000 }).toBe(true);
  expect(await words.innerText()).toMatch(
    /^No figures at the moment\s+The figures took too long to read\. Nothing is lost: every event is kept/,
  );
  expect(await words.innerText()).not.toMatch(/shorter range|filters|\/readyz/);
  expect(await words.getByRole('link', { name: 'See the data flow' }).getAttribute('href')).toBe('/flow');
  expect(await offered()).toEqual(teams);
  expect(await violations(page)).toEqual([]);
  await close();
});

it('says that it loads while an answer is slow, and keeps what it shows until then', async () => {
  const { page, close } = await overview.open(desktop);
  await untilLive(page);
  const known = await figure(page, 'created').textContent();
  let answerNow = (): void => undefined;
  const answer = new Promise<void>((resolve) => (answerNow = resolve));
  await page.route('**/flow/__data.json*', (route) => answer.then(() => route.continue()));
  await page.getByRole('link', { name: 'Data flow' }).first().click();
  await inEachLook(page, async ({ width, scheme }) => {
    await page.getByTestId('loading').waitFor();
    expect(await figure(page, 'created').textContent()).toBe(known);
    expect(await violations(page)).toEqual([]);
    await shot(page, `overview-loading-${width}-${scheme}`, { whole: false });
  });
  answerNow();
  await page.getByRole('heading', { name: 'Data flow' }).waitFor(soon);
  await page.getByTestId('loading').waitFor({ state: 'detached' });
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
  await shot(page, 'alerts-390-light', { whole: false });
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

it('does not jump when a source falls silent, and the chart has something to say below it', async () => {
  const opened = await Promise.all([phone, desktop].map((size) => overview.open(size)));
  /** What stands below begins there. */
  const endOf = async (page: Page) => {
    const box = await page.locator('section[aria-labelledby=time-title]').boundingBox();
    return box === null ? undefined : box.y + box.height;
  };
  const watched = await Promise.all(
    opened.map(async ({ page }) => {
      await untilLive(page);
      expect(await page.getByTestId('time-footer').textContent()).toMatch(/^\s*Click for tickets, drag to zoom\s*$/);
      return { page, shift: await watchShift(page), end: await endOf(page) };
    }),
  );
  await product.desk.append([heartbeat('salesforce', 10, 120_000)]);
  product.desk.commit();
  for (const { page, shift, end } of watched) {
    await page.locator('[data-source=salesforce]').waitFor(soon);
    await page.getByTestId('time-footer').getByText('no sign of life from salesforce').waitFor(soon);
    expect(await shift()).toEqual([]);
    expect(await endOf(page)).toBe(end);
  }
  await Promise.all(opened.map(({ close }) => close()));
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
  const cell = page.locator('[data-team=billing] [data-cell=created]');
  // What was painted may be an answer of a moment ago, which no commit makes old.
  const paintedAnew = async () => {
    await page.reload();
    return cell.locator('a').textContent();
  };
  await expect.poll(paintedAnew, soon).toBe('no data');
  expect(await cell.locator('a').getAttribute('aria-label')).toMatch(/^Created of Billing: not known, no data since/);
  expect(await page.locator('[data-bar]').count()).toBe(0);
  await untilLive(page);
  expect(await liveLine(page).textContent()).toBe('Live, but salesforce is silent');
  expect(await page.locator('section[aria-labelledby=time-title] [data-trust]').textContent()).toMatch(
    /no data from salesforce since \d\d:\d\d/,
  );
  await shots(page, 'overview-unknown-source', { whole: false });
  await inEachLook(page, async ({ width }) => expect(await cutOff(page), `${width}`).toEqual([]));
  expect(await violations(page)).toEqual([]);
  const rejected = { source: 'zendesk', disposition: 'rejected', reason: 'unknown-status' } as const;
  await desk.append([rejected, heartbeat('salesforce', 600, 0)]);
  // The desk has applied them: else figures would fall behind.
  await desk.open('billing');
  await expect.poll(trust, soon).toBe('incomplete');
  // What is missing today takes nothing from the day before.
  expect(await page.locator('[data-tile=created] [data-compared]').count()).toBe(0);
  expect(await page.locator('[data-tile=created]').textContent()).toContain('at least');
  await page.getByText('1 rejected event waits to be mended').first().waitFor();
  await expect.poll(() => cell.locator('a').textContent(), soon).toMatch(/^≥ \d+$/);
  await page.locator('[data-bar=low]').filter({ hasText: /± 1$/ }).waitFor(soon);
  await shots(page, 'overview-incomplete', { whole: false });
  await inEachLook(page, async ({ width }) => expect(await cutOff(page), `${width}`).toEqual([]));
  for (const size of [tablet, { width: 1280, height: 800 }, wide]) {
    await page.setViewportSize(size);
    expect(await cutOff(page), `${size.width}`).toEqual([]);
  }
  expect(await violations(page)).toEqual([]);
  await close();
});

it('hatches where what was lost may belong, whenever that was found', async () => {
  const { desk } = product;
  await desk.append([{ source: 'zendesk', ageMs: 26 * hourMs }]);
  await desk.lose(2);
  await desk.append([{ source: 'zendesk', ageMs: 25 * hourMs }]);
  await desk.open('billing');
  const { page, close } = await overview.open(desktop, '/?range=7d');
  const chart = page.getByRole('region', { name: /Created and solved/ });
  await chart.locator('[data-hatched]').first().waitFor(soon);
  // Of a week an hour or two in which they may belong, and that of the event which an earlier test had rejected; they are said.
  expect(await chart.locator('[data-hatched]').count()).toBeLessThanOrEqual(3);
  const lostOn = new Date(Date.now() - 26 * hourMs).getUTCDate();
  await chart.getByText(new RegExp(`^Incomplete ${lostOn} \\w+, .*: 2 messages were gone`)).waitFor();
  expect(await page.locator('[data-tile=created] [data-hatched]').count()).toBeGreaterThan(0);
  await untilLive(page);
  await shot(page, 'overview-gap-1440');
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('t');
  await page.getByText('may lack some').first().waitFor();
  // It was lost yesterday: what today is compared with lacks it.
  await page.goto(`${product.web.url}/?receipt=created`);
  await page.getByTestId('receipt-compared').getByText('2 messages were gone').waitFor(soon);
  await shots(page, 'receipt-compared', { whole: false });
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByTestId('receipt').waitFor({ state: 'detached' });
  await page.getByTestId('loading').waitFor({ state: 'detached' });
  await expect.poll(() => page.locator('[data-tile=created]').getAttribute('aria-expanded'), soon).toBe('false');
  const compared = page.locator('[data-tile=created] [data-compared=incomplete]');
  expect(await compared.getAttribute('title')).toMatch(/^yesterday by this time: 2 missing: 2 messages were gone/);
  await shots(page, 'overview-compared');
  // It is said where the strip says that all of today is accounted for.
  await page.getByTestId('events-today').getByText('2 lost before today').waitFor(soon);
  // Below the chart nothing that needs attention has to be scrolled to.
  await page.setViewportSize(phone);
  const list = page.getByRole('list', { name: 'What needs attention' });
  expect(await list.evaluate((element) => element.scrollHeight > element.clientHeight)).toBe(false);
  await close();
});
