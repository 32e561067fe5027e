import { mkdirSync } from 'node:fs';
import axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { inEachLook } from './looks';

export interface VisitOptions {
  width: number;
  height: number;
  scheme?: 'light' | 'dark';
  javaScript?: boolean;
}

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });

/** A page that collects what a visitor must never see: errors, and violations of the policy. */
export async function visit(browser: Browser, { width, height, scheme = 'light', javaScript = true }: VisitOptions) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    javaScriptEnabled: javaScript,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, complaints, close: () => context.close() };
}

/** Signs in with an access token, and lands on the overview. */
export async function signIn(page: Page, url: string, token: string): Promise<void> {
  await page.goto(`${url}/sign-in?with=token`);
  await page.fill('#token', token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${url}/`);
}

/** Adds up, from now on, how far the page's parts jump; the answer reads the sum. */
export async function watchShift(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const shift = 'value' in entry ? Number(entry.value) : 0;
        document.body.dataset['shift'] = String(Number(document.body.dataset['shift'] ?? 0) + shift);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  return () => page.evaluate(() => Number(document.body.dataset['shift'] ?? '0'));
}

/** What axe finds wrong with the page as it stands. */
export async function violations(page: Page): Promise<string[]> {
  // Over the debugger, because the page's policy rightly refuses a script from elsewhere.
  const session = await page.context().newCDPSession(page);
  const { result: known } = await session.send('Runtime.evaluate', { expression: 'typeof axe' });
  if (known.value === 'undefined') await session.send('Runtime.evaluate', { expression: axe.source });
  // What passes is counted, not described.
  const expression = `axe.run({ resultTypes: ['violations'] })
    .then((r) => r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.html).join(" ")))`;
  const { result } = await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
  return result.value;
}

/** A picture for docs/screenshots, when SCREENSHOTS names a folder; `whole` shows what has to be scrolled to as well. */
export async function shot(page: Page, name: string, { whole = true } = {}): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  const size = page.viewportSize();
  // A window as high as the page: in a picture beyond the window what is fixed to its edges would lie in the middle.
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  if (whole && size !== null) await page.setViewportSize({ ...size, height: Math.max(size.height, height) });
  await page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled' });
  if (whole && size !== null) await page.setViewportSize(size);
}

/** The page as it stands in each look: `<name>-<width>-<scheme>.png`. */
export async function shots(page: Page, name: string, options: { whole?: boolean } = {}): Promise<void> {
  if (process.env['SCREENSHOTS'] === undefined) return;
  await inEachLook(page, ({ width, scheme }) => shot(page, `${name}-${width}-${scheme}`, options));
}
