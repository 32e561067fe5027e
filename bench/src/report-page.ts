import type { LighthouseResult } from './lighthouse.ts';
import type { PageResult } from './page-bench.ts';
import { rangeText, table } from './table.ts';

export function renderPage({
  events,
  tickets,
  loads,
  weight,
  firstFigureMs,
  liveMs,
  smoothness,
  lighthouse,
}: PageResult): string {
  const kilobytes = (bytes: number) => `${(bytes / 1_024).toFixed(0)} KB`;
  const { seconds, kpiFramesPerS, painted, dropped, longTasks, longestTaskMs } = smoothness;
  const rows = [
    [
      'weight, nothing cached',
      `${kilobytes(weight.bytes)} in ${weight.requests} requests, ${kilobytes(weight.scriptBytes)} of it scripts`,
    ],
    ['first figure, ms', rangeText(firstFigureMs)],
    ['live, ms', rangeText(liveMs)],
    [`frames over ${seconds} s`, `${painted} painted, ${dropped} dropped, with ${kpiFramesPerS} KPI frames a second`],
    ['tasks over 50 ms', longTasks === 0 ? 'none' : `${longTasks}, the longest ${longestTaskMs} ms`],
    ['Lighthouse, mobile', lighthouseText(lighthouse.mobile)],
    ...(lighthouse.calibrated === undefined
      ? []
      : [['Lighthouse, mobile, calibrated', lighthouseText(lighthouse.calibrated)]]),
    ['Lighthouse, desktop', lighthouseText(lighthouse.desktop)],
  ];
  return `The signed-in Overview in Chromium on ${events.toLocaleString('en')} events of ${tickets.toLocaleString('en')} tickets, while events arrive; median of ${loads} loads (min to max)\n${table(rows)}`;
}

/** DESIGN has no budget for it; the issue asks for 95 in both scores. */
function lighthouseText(result: LighthouseResult): string {
  if (!result.measured) return `not measured: ${result.why}`;
  const { performance, accessibility, firstContentfulPaintMs, largestContentfulPaintMs, ...rest } = result;
  return `performance ${performance}, accessibility ${accessibility} (budget: 95 each); first paint ${firstContentfulPaintMs} ms, largest ${largestContentfulPaintMs} ms, blocked ${rest.totalBlockingMs} ms, shift ${rest.layoutShift}; a processor ${rest.cpuSlowdown} times slower than this one, whose index was ${rest.benchmarkIndex}`;
}
