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

/** Below what anybody sees; 1 is a whole window that moves by its height. */
const shiftMax = 0.01;

/** Adds up how far the page's parts jump; the answer reads which did and when, and is empty while that is less than anybody sees. */
export async function watchShift(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const shifts: { value: number; words: string }[] = [];
    Object.assign(globalThis, { shifts });
    const describe = (node: unknown) =>
      node instanceof HTMLElement ? `${node.tagName} "${node.innerText.slice(0, 60)}"` : String(node);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & LayoutShift)[]) {
        const parts = entry.sources.map(
          ({ node, previousRect: from, currentRect: to }) =>
            `${describe(node)} from ${from.x},${from.y} (${from.width} x ${from.height}) to ${to.x},${to.y} (${to.width} x ${to.height})`,
        );
        shifts.push({ value: entry.value, words: `${entry.value} after ${entry.startTime} ms: ${parts.join('; ')}` });
      }
    }).observe({ type: 'layout-shift', buffered: true });
    interface LayoutShift {
      value: number;
      sources: { node: unknown; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
    }
  });
  return () =>
    page.evaluate((shiftMax) => {
      const { shifts } = globalThis as unknown as { shifts: { value: number; words: string }[] };
      return shifts.reduce((sum, { value }) => sum + value, 0) < shiftMax ? [] : shifts.map(({ words }) => words);
    }, shiftMax);
}

/** What axe finds wrong with the page as it stands. */
export async function violations(page: Page): Promise<string[]> {
  // Over the debugger, because the page's policy rightly refuses a script from elsewhere.
  const session = await page.context().newCDPSession(page);
  const { result: known } = await session.send('Runtime.evaluate', { expression: 'typeof axe' });
  if (known.value === 'undefined') await session.send('Runtime.evaluate', { expression: axe.source });
  // What fades in or out is judged once it stands; what turns until something comes is not waited for.
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
        .map(({ finished }) => finished),
    ).then(() => undefined),
  );
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
