import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { desktop, phone } from './looks';
import {
  dayMs,
  figure,
  listed,
  liveLine,
  overviewOf,
  receiptOf,
  soon,
  startOverview,
  untilLive,
} from './overview-page';
import type { Product } from './start-product';
import { shot, shots, violations } from './visit';
import { startClients } from '../../bench/src/start-clients';

let product: Product;
let overview: ReturnType<typeof overviewOf>;
let token: string;
const now = Date.now();

beforeAll(async () => {
  ({ product, token, overview } = await startOverview(now, { ticketsPerDay: 100 }));
});
afterAll(() => product.close());

/** Opens tickets, and waits until the API counts them: the truth that a page has to come back to. */
async function openTickets(count: number): Promise<string> {
  const truth = (await overview.created()) + count;
  await product.desk.open('billing', count);
  await expect.poll(overview.created, soon).toBe(truth);
  return String(truth);
}
const shown = async (page: Page) => ({
  isLive: (await liveLine(page).textContent())?.startsWith('Live') ?? false,
  created: await figure(page, 'created').textContent(),
});
/** How soon is measured by live-truth.live.test.ts, in one process: here a browser shares the cores. */
const expectCaughtUp = (page: Page, created: string) =>
  expect.poll(() => shown(page), { timeout: 10_000, interval: 50 }).toEqual({ isLive: true, created });

it('says that it is cut off while the browser is offline, and catches up when it is back', async () => {
  const { page, close } = await overview.open(phone);
  await untilLive(page);
  const held = await figure(page, 'created').textContent();
  await page.context().setOffline(true);
  await liveLine(page)
    .filter({ hasText: /^Reconnecting, showing/ })
    .waitFor();
  const truth = await openTickets(3);
  expect(await shown(page)).toEqual({ isLive: false, created: held });
  expect(await page.locator('[data-tile=created] [data-trust]').getAttribute('data-trust')).toBe('stale');
  await page.context().setOffline(false);
  await expectCaughtUp(page, truth);
  await close();
});

it('says that figures of another range are old when they cannot be asked for, though frames come', async () => {
  const { page, close } = await overview.open(desktop, '/?range=7d');
  await untilLive(page);
  const held = await figure(page, 'created').textContent();
  await page.context().route('**/figures.json*', (route) => route.abort());
  await openTickets(2);
  await liveLine(page)
    .filter({ hasText: /^Stale, as of/ })
    .waitFor();
  expect(await figure(page, 'created').textContent()).toBe(held);
  expect(await page.locator('[data-tile=created] [data-trust]').getAttribute('data-trust')).toBe('stale');
  await shots(page, 'overview-stale', { whole: false });
  expect(await violations(page)).toEqual([]);
  await page.context().unroute('**/figures.json*');
  await expect.poll(() => shown(page), soon).toEqual({ isLive: true, created: String(Number(held) + 2) });
  await close();
});

it('goes live by itself when the web server took its first questions and never answers them', async () => {
  const { page, close } = await overview.open(desktop);
  await untilLive(page);
  const asked = { 'hub-token': 0, 'alerts.json': 0 };
  await page.context().route(/hub-token|alerts\.json/, async (route) => {
    const what = route.request().url().endsWith('hub-token') ? 'hub-token' : 'alerts.json';
    asked[what] += 1;
    if (asked[what] > 1) await route.continue();
  });
  await page.reload();
  await untilLive(page);
  await expect.poll(() => asked['alerts.json'], soon).toBeGreaterThan(1);
  await close();
});

/** Playwright keeps every page visible, whatever lies in front of it: only the signal of the browser can be given. */
async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate(
    (state) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
      document.dispatchEvent(new Event('visibilitychange'));
    },
    hidden ? 'hidden' : 'visible',
  );
}

it('rests while nobody looks at its tab, and catches up when somebody does', async () => {
  const { page, close } = await overview.open(desktop);
  await untilLive(page);
  const held = await figure(page, 'created').textContent();
  await setHidden(page, true);
  await liveLine(page)
    .filter({ hasText: /^Paused at/ })
    .waitFor();
  const truth = await openTickets(3);
  expect(await shown(page)).toEqual({ isLive: false, created: held });
  await setHidden(page, false);
  await expectCaughtUp(page, truth);
  await close();
});

it('catches up when the machine wakes', async () => {
  const { page, close } = await overview.open(desktop);
  await untilLive(page);
  const inspector = await product.browser.newBrowserCDPSession();
  const { processInfo } = await inspector.send('SystemInfo.getProcessInfo');
  const pages = z.array(z.object({ type: z.string(), id: z.number() })).parse(processInfo);
  const signal = (name: NodeJS.Signals) => {
    for (const { type, id } of pages) if (type === 'renderer') process.kill(id, name);
  };
  signal('SIGSTOP');
  let truth: string;
  try {
    truth = await openTickets(3);
  } finally {
    signal('SIGCONT');
  }
  await expectCaughtUp(page, truth);
  await inspector.detach();
  await close();
});

it.each([
  ['a day ahead', dayMs],
  ['a day behind', -dayMs],
])('is right in a browser whose clock is %s', async (_, wrongByMs) => {
  const wrongClock = `{
    const Right = Date;
    globalThis.Date = class extends Right {
      constructor(...given) { if (given.length > 0) super(...given); else super(Right.now() + ${wrongByMs}); }
      static now() { return Right.now() + ${wrongByMs}; }
    };
  }`;
  const { page, close } = await overview.open(desktop, '/', wrongClock);
  await untilLive(page);
  expect(Math.abs((await page.evaluate(() => Date.now())) - Date.now() - wrongByMs)).toBeLessThan(60_000);
  await expectCaughtUp(page, await openTickets(2));
  // A moment later for those figures that do not run ahead of the ledger.
  await expect.poll(() => liveLine(page).textContent(), soon).toMatch(/^Live, \d\.\d s behind$/);
  expect(await page.locator('[data-source=zendesk]').textContent()).toMatch(/(now|\d+ s ago|for \d+ s)\s*$/);
  await page.getByRole('button', { name: 'Pause' }).click();
  // Of another day it would be with its date.
  await liveLine(page)
    .filter({ hasText: /^Paused at \d\d:\d\d:\d\d$/ })
    .waitFor();
  await close();
});

it('tells a page from before an update to reload', async () => {
  const { page, close } = await overview.open(phone);
  await untilLive(page);
  await page.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => server.send(String(message).replace('"version":1', '"version":0')));
  });
  await page.reload();
  await liveLine(page)
    .filter({ hasText: /^A new version is out, showing \d\d:\d\d:\d\d$/ })
    .waitFor(soon);
  await page.getByRole('button', { name: 'Reload' }).waitFor();
  await shot(page, 'overview-old-page-390-light', { whole: false });
  expect(await violations(page)).toEqual([]);
  await close();
});

it('keeps a receipt as it was read while its figure moves on, until it is refreshed', async () => {
  const { page, close } = await overview.open(desktop, '/?receipt=created');
  await untilLive(page);
  const { number, count } = receiptOf(page);
  const before = String(await overview.created());
  await expect.poll(() => number.textContent(), soon).toBe(before);
  const after = await openTickets(3);
  await page
    .getByTestId('receipt-now')
    .filter({ hasText: `${after} now` })
    .waitFor(soon);
  expect([await number.textContent(), await count.textContent()]).toEqual([before, listed(before)]);
  await shot(page, 'receipt-moved-on-1440');
  await page.getByRole('button', { name: 'Refresh' }).click();
  await expect.poll(() => number.textContent(), soon).toBe(after);
  expect(await count.textContent()).toBe(listed(after));
  await page.getByTestId('receipt-now').waitFor({ state: 'detached' });
  await close();
});

it('says what makes no sense in its address, and what has no answer', async () => {
  const { page, close } = await overview.open(desktop, '/?range=banana');
  await page.getByText('there is no range "banana"').waitFor();
  await page.goto(`${product.web.url}/?scope=team:nobody`);
  await page.getByTestId('no-figures').filter({ hasText: 'No ticket was ever in team "nobody"' }).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.goto(`${product.web.url}/?from=2000-01-01&to=2020-01-01`);
  await page.getByTestId('no-figures').filter({ hasText: 'ten years' }).waitFor();
  await close();
});

it('stays live among a thousand other clients of its hub', async () => {
  const { page, close } = await overview.open(desktop);
  await untilLive(page);
  const crowd = await startClients({ port: product.hubPort, protocol: 'socket.io', token });
  try {
    await crowd.open(1_000);
    const { frames: before } = await crowd.state();
    await expectCaughtUp(page, await openTickets(3));
    await expect.poll(async () => (await crowd.state()).frames - before, soon).toBeGreaterThanOrEqual(1_000);
    expect((await crowd.state()).upSince).toHaveLength(1_000);
    expect((await shown(page)).isLive).toBe(true);
  } finally {
    await crowd.stop();
  }
  await close();
});
