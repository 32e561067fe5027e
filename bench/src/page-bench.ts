import { freePort } from '@deskwire/supervisor/start-nats';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { readMachineEnv } from './env.ts';
import { startArrivals } from './arrivals.ts';
import { benchStep } from './bench-event.ts';
import type { History } from './history.ts';
import { phoneSlowdown, runLighthouse, type LighthouseResult, type LighthouseVisit } from './lighthouse.ts';
import { loadPage, type PageLoad, type PageWeight } from './load-page.ts';
import type { Servers } from './servers.ts';
import { newToken, startServices } from './services.ts';
import { watchSmoothness, type Smoothness } from './smoothness.ts';
import { summarize, type Summary } from './summary.ts';

/** The signed-in Overview in headless Chromium, while events arrive. */
export interface PageResult extends History {
  loads: number;
  /** With an empty cache, until the page is live. */
  weight: PageWeight;
  /** From the start of the navigation until a tile with a number is painted, and until the page says that it is live. */
  firstFigureMs: Summary;
  liveMs: Summary;
  smoothness: Smoothness;
  /** `calibrated`: for a phone on a processor as slow as this one; absent where that is the default. */
  lighthouse: { mobile: LighthouseResult; calibrated?: LighthouseResult | undefined; desktop: LighthouseResult };
}

export interface PageOptions {
  loads: number;
  seconds: number;
}

/** Tickets' events: each leads to a frame when the desk has applied it, and about one more a second brings ClickHouse's answer. */
const eventsPerS = 3;
const viewport = { width: 1440, height: 900 };

/** Ingest, desk, hub and web server as `npm start` runs them, on a history that is there. */
export async function measurePage(servers: Servers, history: History, options: PageOptions): Promise<PageResult> {
  const services = await startServices(servers, ['ingest', 'workflows', 'hub', 'web']);
  const openedMs = Date.now();
  const arriving = startArrivals(servers, { rate: eventsPerS, ticketRate: eventsPerS }, (n, nowMs) =>
    benchStep(n, openedMs, nowMs),
  );
  const debuggingPort = await freePort();
  const browser = await launchBrowser(debuggingPort);
  try {
    return await services.during(async () => {
      const token = await newToken(servers, 'analyst');
      const cookies = await signIn(browser, services.webUrl, token);
      const [loads, smoothness] = await loadAndWatch(browser, { url: services.webUrl, cookies, ...options });
      const [first] = loads;
      if (first === undefined) throw new RangeError('at least one load is needed');
      const header = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
      const visit = { url: `${services.webUrl}/`, cookie: header, debuggingPort };
      const lighthouse = {
        ...(await runOnPhone(visit)),
        desktop: await runLighthouse({ ...visit, form: 'desktop' }),
      };
      return {
        ...{ ...history, loads: loads.length, weight: first.weight, smoothness, lighthouse },
        firstFigureMs: summarize(loads.map((load) => load.firstFigureMs)),
        liveMs: summarize(loads.map((load) => load.liveMs)),
      };
    });
  } finally {
    arriving.stop();
    await browser.close();
    await services.stop();
  }
}

async function runOnPhone(
  visit: Omit<LighthouseVisit, 'form'>,
): Promise<Pick<PageResult['lighthouse'], 'mobile' | 'calibrated'>> {
  const mobile = await runLighthouse({ ...visit, form: 'mobile' });
  if (!mobile.measured) return { mobile };
  const cpuSlowdown = phoneSlowdown(mobile.benchmarkIndex);
  if (cpuSlowdown === mobile.cpuSlowdown) return { mobile };
  return { mobile, calibrated: await runLighthouse({ ...visit, form: 'mobile', cpuSlowdown }) };
}

/** The port is for Lighthouse, which brings its own driver. */
const launchBrowser = (port: number): Promise<Browser> =>
  chromium.launch({
    executablePath: readMachineEnv().CHROMIUM_PATH,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', `--remote-debugging-port=${port}`],
  });

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;

async function signIn(browser: Browser, url: string, token: string): Promise<Cookies> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${url}/sign-in?with=token`);
  await page.fill('#token', token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${url}/`);
  const cookies = await context.cookies();
  await context.close();
  return cookies;
}

async function loadAndWatch(
  browser: Browser,
  { url, cookies, loads, seconds }: PageOptions & { url: string; cookies: Cookies },
): Promise<[PageLoad[], Smoothness]> {
  const done: PageLoad[] = [];
  for (;;) {
    // Nothing cached, and nothing but the session known.
    const context = await browser.newContext({ viewport });
    await context.addCookies(cookies);
    const page = await context.newPage();
    done.push(await loadPage(page, url));
    const smoothness = done.length < loads ? undefined : await watchSmoothness(page, seconds);
    await context.close();
    if (smoothness !== undefined) return [done, smoothness];
  }
}
