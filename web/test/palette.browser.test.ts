import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { desktop, inEachLook, phone, wide } from './looks';
import { liveLine, overviewOf, soon, startOverview, untilLive } from './overview-page';
import type { Product } from './start-product';
import { shot, shots, violations } from './visit';

let product: Product;
let overview: ReturnType<typeof overviewOf>;
const now = Date.now();

beforeAll(async () => {
  ({ product, overview } = await startOverview(now, { ticketsPerDay: 100 }));
});
afterAll(() => product.close());

const palette = (page: Page) => page.getByRole('dialog', { name: 'Commands' });
const options = (page: Page) => palette(page).getByRole('option');
const button = (page: Page) => page.getByRole('button', { name: 'Commands, ctrl K' });
/** Where the keyboard is. */
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('data-tile') ?? document.activeElement?.tagName);

async function openByKey(page: Page): Promise<void> {
  await page.keyboard.press('Control+k');
  await palette(page).waitFor();
}
/** Finds one command and does it. */
async function command(page: Page, typed: string): Promise<void> {
  await openByKey(page);
  await page.keyboard.type(typed);
  await page.keyboard.press('Enter');
  await palette(page).waitFor({ state: 'detached' });
}

describe('by keyboard', () => {
  it('finds, chooses, and gives the focus back', async () => {
    const { page, complaints, close } = await overview.open(desktop);
    await untilLive(page);
    await page.locator('[data-tile=created]').focus();
    await openByKey(page);
    await page.keyboard.type('yest');
    await expect.poll(() => options(page).allInnerTexts(), soon).toHaveLength(2);
    expect(await options(page).first().innerText()).toBe('Yesterday');
    expect(await options(page).first().getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Enter');
    await page.waitForURL(/range=yesterday/);
    await palette(page).waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('created');

    await openByKey(page);
    await page.keyboard.press('ArrowUp');
    const last = options(page).last();
    await expect.poll(() => last.getAttribute('aria-selected'), soon).toBe('true');
    const active = await palette(page).getByRole('combobox').getAttribute('aria-activedescendant');
    expect(active).toBe(await last.getAttribute('id'));
    await page.keyboard.press('Control+k');
    await palette(page).waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('created');
    expect(complaints).toEqual([]);
    await close();
  });

  it('is loaded when it is first opened, not before', async () => {
    const { page, close } = await overview.open(desktop);
    await untilLive(page);
    await page.goto(`${product.web.url}/`);
    await untilLive(page);
    const scripts = () =>
      page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).length);
    const before = await scripts();
    await openByKey(page);
    expect(await scripts()).toBeGreaterThan(before);
    await close();
  });

  it('takes what is typed for itself: no single key does anything meanwhile', async () => {
    const { page, close } = await overview.open(desktop);
    await untilLive(page);
    await openByKey(page);
    await page.keyboard.type('tf?');
    await palette(page).getByText('Nothing is called that.').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await palette(page).waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('');
    await close();
  });

  it('does what the controls of the overview do', async () => {
    const { page, close } = await overview.open(desktop);
    await untilLive(page);
    await command(page, 'scope billing');
    await page.waitForURL(/scope=team%3Abilling/);
    await untilLive(page);
    await command(page, 'compare');
    await page.waitForURL(/compare=none/);
    await command(page, 'tables');
    await page.waitForURL(/table=1/);
    await page.locator('[data-tile=backlog]').focus();
    await command(page, 'tickets behind first');
    await page.getByRole('dialog', { name: 'First reply' }).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => !url.searchParams.has('receipt'));
    await expect.poll(() => focused(page), soon).toBe('backlog');
    await command(page, 'wall');
    await page.waitForURL(/wall=1/);
    await command(page, 'wall');
    await page.waitForURL((url) => !url.searchParams.has('wall'));
    // Without the palette, too: by a finger, and by the key that closes things.
    for (const leave of [
      () => page.getByRole('button', { name: 'Leave the wall' }).click(),
      () => page.keyboard.press('Escape'),
    ]) {
      await command(page, 'wall');
      await page.waitForURL(/wall=1/);
      await leave();
      await page.waitForURL((url) => !url.searchParams.has('wall'));
    }
    await command(page, 'keys');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await close();
  });

  it('goes to pages, keeps the theme on the way, and signs out', async () => {
    const { page, close } = await overviewOf(product, await product.newToken('analyst')).open(desktop);
    await untilLive(page);
    await command(page, 'dark');
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await command(page, 'data flow');
    await page.waitForURL(/\/flow$/);
    await page.getByRole('button', { name: 'Theme: dark. Change' }).waitFor();
    await openByKey(page);
    const words = (await options(page).allInnerTexts()).map((text) => text.split('\n')[0]);
    expect(words).toEqual([
      ...['Overview', 'Data flow', 'Rejected events', 'Your account', 'Keys'],
      ...['As the system', 'Light', 'Dark', 'Sign out'],
    ]);
    await page.keyboard.type('sign out');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${product.web.url}/sign-in`);
    await close();
  });

  it('offers a lead what is theirs', async () => {
    const lead = overviewOf(product, await product.newToken('lead', ['billing']));
    const { page, close } = await lead.open(desktop);
    await untilLive(page);
    await openByKey(page);
    const inGroup = (name: string) => palette(page).getByRole('group', { name }).getByRole('option').allInnerTexts();
    expect((await inGroup('Scope')).map((text) => text.split('\n')[0])).toEqual(['Billing']);
    expect((await inGroup('Go to')).map((text) => text.split('\n')[0])).toEqual(['Overview', 'Your account']);
    await close();
  });
});

describe('what is loaded late and does not come', () => {
  const notice = (page: Page) => page.getByTestId('late-notice');
  // By keyboard: the pointer would come to rest on a tile, whose mark then fades in while it is looked at.
  const tryAgain = (page: Page) => notice(page).getByRole('button', { name: 'Try again' }).press('Enter');
  const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });

  /** A page that never gets the files that say one of `markers`, until that one is brought back. */
  async function openWithout(markers: string[], address: string) {
    const opened = await overview.open(desktop, '/account');
    const away = new Set(markers);
    await opened.page.route('**/_app/**/*.js', async (route) => {
      const response = await route.fetch();
      const text = await response.text();
      await ([...away].some((each) => text.includes(each)) ? route.abort() : route.fulfill({ response }));
    });
    const bringBack = (marker: string) => away.delete(marker);
    await opened.page.goto(product.web.url + address);
    await untilLive(opened.page);
    const close = async () => {
      // A file may still be on its way.
      await opened.page.unrouteAll({ behavior: 'ignoreErrors' });
      await opened.close();
    };
    return { ...opened, bringBack, close };
  }

  it('says so in its place, and comes when it is tried again', async () => {
    const markers = { commands: 'Find a command', keys: 'Single keys, in this browser', alerts: 'customAnchor' };
    const { page, bringBack, close } = await openWithout(Object.values(markers), '/');
    // Each comes back alone: the page loads what was not wanted yet by itself, some seconds after it came to rest.
    for (const [what, name, marker, open] of [
      ['The commands', 'Commands', markers.commands, () => page.keyboard.press('Control+k')],
      ['The list of keys', 'Keys', markers.keys, () => page.keyboard.press('?')],
      ['The alerts', 'Alerts', markers.alerts, () => page.getByRole('button', { name: /^Alerts/ }).click()],
    ] as const) {
      await open();
      await notice(page)
        .filter({ hasText: `${what} could not be loaded.` })
        .waitFor();
      await shots(page, `late-${name}`, { whole: false });
      expect(await violations(page), what).toEqual([]);
      await notice(page).getByRole('button', { name: 'Close' }).press('Enter');
      await notice(page).waitFor({ state: 'detached' });
      await open();
      await notice(page).waitFor();
      bringBack(marker);
      await tryAgain(page);
      await dialog(page, name).waitFor();
      expect(await notice(page).count(), what).toBe(0);
      await page.keyboard.press('Escape');
      await dialog(page, name).waitFor({ state: 'detached' });
    }
    await close();
  });

  it('is asked for by the page loaded anew, at its own address, where it does not come though the server answers', async () => {
    const { page, bringBack, close } = await openWithout(['receipt-number'], '/?range=7d&receipt=created');
    await notice(page).filter({ hasText: 'The details of Created could not be loaded.' }).waitFor();
    await shots(page, 'late-receipt', { whole: false });
    expect(await violations(page)).toEqual([]);
    const loaded = page.waitForEvent('load');
    await tryAgain(page);
    await loaded;
    // Every script is fetched by hand here, beside other tests.
    await notice(page).waitFor({ timeout: 60_000 });
    bringBack('receipt-number');
    await tryAgain(page);
    await dialog(page, 'Created').waitFor();
    expect(new URL(page.url()).search).toBe('?range=7d&receipt=created');
    await close();
  });
});

describe('by thumb and pointer', () => {
  it('opens by its button, chooses by a tap, and closes', async () => {
    const { page, complaints, close } = await overview.open(phone);
    await untilLive(page);
    await button(page).click();
    await palette(page).getByRole('combobox').fill('28');
    await options(page).filter({ hasText: '28 days' }).first().click();
    await page.waitForURL(/range=28d/);
    await button(page).click();
    await palette(page).getByRole('button', { name: 'Close' }).click();
    await palette(page).waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await close();
  });

  it('has no violation and no sideways scroll in any look', async () => {
    const { page, complaints, close } = await overview.open(desktop);
    await untilLive(page);
    await button(page).click();
    await options(page).first().waitFor();
    const fits = async (width: number) => {
      expect(await violations(page), `${width}`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      const box = await palette(page).boundingBox();
      expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? Infinity) <= width, `${width}`).toBe(true);
    };
    await inEachLook(page, async ({ width, scheme }) => {
      await shot(page, `palette-${width}-${scheme}`, { whole: false });
      await fits(width);
    });
    await page.setViewportSize(wide);
    await fits(wide.width);
    expect(await liveLine(page).count()).toBe(1);
    expect(complaints).toEqual([]);
    await close();
  });
});
