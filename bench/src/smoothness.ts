import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { percentile } from './summary.ts';

/** How a page paints while KPI frames arrive. */
export interface Smoothness {
  seconds: number;
  kpiFramesPerS: number;
  /** Of the browser: painted, and those that a busy page left out. */
  painted: number;
  dropped: number;
  /** Tasks of more than 50 ms. */
  longTasks: number;
  longestTaskMs: number;
}

const watched = z.object({ painted: z.array(z.number()), tasks: z.array(z.number()) });

/** Of a page that is live. */
export async function watchSmoothness(page: Page, seconds: number): Promise<Smoothness> {
  // The last load is over; what follows is a page at work.
  await sleep(1_000);
  let kpiFrames = 0;
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  cdp.on('Network.webSocketFrameReceived', ({ response }) => {
    if (response.payloadData.startsWith('42["frame",{"ch":"kpi:all"')) kpiFrames += 1;
  });
  const question = { expression: paintFor(seconds * 1_000), awaitPromise: true, returnByValue: true };
  const { painted, tasks } = watched.parse((await cdp.send('Runtime.evaluate', question)).result.value);
  return {
    seconds,
    kpiFramesPerS: Math.round((kpiFrames / seconds) * 10) / 10,
    painted: painted.length,
    dropped: droppedFrames(painted),
    longTasks: tasks.length,
    longestTaskMs: Math.round(Math.max(0, ...tasks)),
  };
}

const paintFor = (ms: number) => `new Promise((resolve) => {
  const painted = [];
  const tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ type: 'longtask' });
  const end = performance.now() + ${ms};
  const paint = (at) => {
    painted.push(at);
    if (at < end) requestAnimationFrame(paint);
    else resolve({ painted, tasks });
  };
  requestAnimationFrame(paint);
})`;

/** How many frames a browser left out between those that it painted; times of its animation frames, ms, rising. */
export function droppedFrames(paintedAtMs: readonly number[]): number {
  const gapsMs = paintedAtMs.slice(1).map((at, i) => at - (paintedAtMs[i] ?? at));
  const refreshMs = percentile(
    gapsMs.toSorted((a, b) => a - b),
    0.5,
  );
  if (refreshMs === 0) return 0;
  return gapsMs.reduce((dropped, gapMs) => dropped + Math.max(0, Math.round(gapMs / refreshMs) - 1), 0);
}
