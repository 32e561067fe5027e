import type { ApiResult } from './api-bench.ts';
import type { DeskResult } from './desk-bench.ts';
import type { FanOutResult } from './fan-out.ts';
import type { HubLatency } from './hub-latency.ts';
import type { IngestResult } from './ingest-bench.ts';
import type { LatencyResult } from './latency-bench.ts';
import { plainSettings } from './latency-bench.ts';
import type { Machine } from './machine.ts';
import type { PageResult } from './page-bench.ts';
import type { Hot } from './profile.ts';
import { renderApi, renderDesk, renderTicks } from './report-desk.ts';
import { renderFanOut, renderHubLatency } from './report-hub.ts';
import { renderPage } from './report-page.ts';
import { cpuText, percentText, rangeText, table } from './table.ts';
import type { TickResult } from './tick-bench.ts';

/** One run of the benchmark, as `bench/results/<date>.json` keeps it. */
export interface Report {
  at: string;
  mode: 'full' | 'quick';
  machine: Machine;
  /** One-minute load average before and after; above the number of cores before means that others took part. */
  load: { before: number; after: number };
  ingest: IngestResult[];
  latency: LatencyResult[];
  desk: DeskResult[];
  /** The smaller history first. */
  ticks: TickResult[];
  api?: ApiResult | undefined;
  hub: HubLatency[];
  fanOut?: FanOutResult | undefined;
  page?: PageResult | undefined;
  profile?: { scenario: string; functions: Hot[]; files: Hot[] } | undefined;
}

/** The report as a person reads it. */
export function renderReport(report: Report): string {
  const { mode, machine, load, ingest, latency, desk, ticks, api, hub, fanOut, page, profile } = report;
  const { processor, cores, memoryGiB, node, natsServer, engine } = machine;
  const parts = [
    `${mode} run, ${cores} x ${processor}, ${memoryGiB} GiB, Node ${node}, nats-server ${natsServer}, ClickHouse ${engine}; load ${load.before} before, ${load.after} after`,
  ];
  if (ingest.length > 0)
    parts.push(`Ingest from a backlog, events/s: median (min to max)\n${table(ingestRows(ingest))}`);
  if (latency.length > 0) {
    parts.push(
      `Publish to queryable, ms; the plain consumer inserts at ${plainSettings.PLAIN_ROWS_MAX} rows or every ${plainSettings.PLAIN_WAIT_MS} ms\n${table(latencyRows(latency))}`,
    );
  }
  if (desk.length > 0) parts.push(renderDesk(desk));
  if (ticks.length > 0) parts.push(renderTicks(ticks));
  if (api !== undefined) parts.push(renderApi(api));
  if (hub.length > 0) parts.push(renderHubLatency(hub));
  if (fanOut !== undefined) parts.push(renderFanOut(fanOut));
  if (page !== undefined) parts.push(renderPage(page));
  if (profile !== undefined) {
    const rows = (of: Hot[]) => of.map(({ where, selfMs, share }) => [percentText(share), `${selfMs} ms`, where]);
    parts.push(
      `Self time of ingest, ${profile.scenario}\n${table(rows(profile.functions))}`,
      `By file\n${table(rows(profile.files))}`,
    );
  }
  return `${parts.join('\n\n')}\n`;
}

function ingestRows(results: IngestResult[]): string[][] {
  const head = [
    '',
    'ingest',
    'budget',
    'plain consumer',
    'x plain',
    'bare engine',
    'x limit',
    'CPU us/event: ingest, nats, engine (plain)',
  ];
  return [
    head,
    ...results.map((result) => [
      `${result.name}, ${result.eventBytes} B`,
      rangeText(result.ingest),
      result.budget === undefined ? '-' : String(result.budget),
      rangeText(result.plain),
      result.ratioToPlain.toFixed(2),
      rangeText(result.limit),
      result.ratioToLimit.toFixed(2),
      `${cpuText(result.ingest.cpuUs, ['ingest', 'nats', 'engine'])} (${cpuText(result.plain.cpuUs, ['plain', 'nats', 'engine'])})`,
    ]),
  ];
}

function latencyRows(results: LatencyResult[]): string[][] {
  return [
    ['events/s', 'reached', 'ingest p50', 'p99', 'max', 'plain p50', 'p99', 'max'],
    ...results.map(({ rate, reached, ingest, plain }) => [
      ...[rate, reached].map(String),
      ...[ingest, plain].flatMap(({ p50, p99, max }) => [p50, p99, max].map((ms) => ms.toFixed(0))),
    ]),
  ];
}
