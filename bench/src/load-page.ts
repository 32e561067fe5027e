import type { CDPSession, Page } from 'playwright-core';
import { z } from 'zod';

/** What a page loads over the network; bytes as transferred, headers included. What the socket brings is not in it. */
export interface PageWeight {
  requests: number;
  bytes: number;
  scriptBytes: number;
}

/** One load of the Overview; times from the start of the navigation. */
export interface PageLoad {
  weight: PageWeight;
  /** Until a number in a tile is painted. */
  firstFigureMs: number;
  /** Until the page says that it is live. */
  liveMs: number;
}

const patienceMs = 60_000;

/** In a page that is new. */
export async function loadPage(page: Page, url: string): Promise<PageLoad> {
  const session = await page.context().newCDPSession(page);
  // Over the debugger, because the page's policy rightly refuses a script from elsewhere.
  const read = async (expression: string): Promise<number> => {
    const { result } = await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    return Math.round(z.number().parse(result.value));
  };
  const weight = await watchWeight(session);
  await page.addInitScript({ content: noteFirstFigure });
  await page.goto(url, { waitUntil: 'commit' });
  await page.getByTestId('live-line').filter({ hasText: /^Live/ }).waitFor({ timeout: patienceMs });
  const liveMs = await read('performance.now()');
  return { weight: weight(), firstFigureMs: await read('window.firstFigureMs'), liveMs };
}

/** Runs in the page before its own scripts: the frame after the one in which a number stands in a tile has painted it. */
const noteFirstFigure = `window.firstFigureMs = new Promise((resolve) => {
  const isThere = () =>
    [...document.querySelectorAll('[data-tile] [data-figure]')].some((figure) => /\\d/.test(figure.textContent));
  const look = () => requestAnimationFrame(isThere() ? () => resolve(performance.now()) : look);
  look();
})`;

/** Counts from now on, over the debugger; the answer reads the count. */
async function watchWeight(session: CDPSession): Promise<() => PageWeight> {
  const scripts = new Set<string>();
  const weight: PageWeight = { requests: 0, bytes: 0, scriptBytes: 0 };
  session.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.mimeType.includes('javascript')) scripts.add(requestId);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    weight.requests += 1;
    weight.bytes += encodedDataLength;
    if (scripts.has(requestId)) weight.scriptBytes += encodedDataLength;
  });
  await session.send('Network.enable');
  return () => ({ ...weight });
}
