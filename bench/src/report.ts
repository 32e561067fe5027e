import type { IngestResult } from './ingest-bench.ts';
import type { LatencyResult } from './latency-bench.ts';
import { plainSettings } from './latency-bench.ts';
import type { Machine } from './machine.ts';
import type { Hot } from './profile.ts';

/** One run of the benchmark, as `bench/results/<date>.json` keeps it. */
export interface Report {
  at: string;
  mode: 'full' | 'quick';
  machine: Machine;
  /** One-minute load average before and after; above the number of cores before means that others took part. */
  load: { before: number; after: number };
  ingest: IngestResult[];
  latency: LatencyResult[];
  profile?: { scenario: string; functions: Hot[]; files: Hot[] } | undefined;
}

/** The report as a person reads it. */
export function renderReport({ mode, machine, load, ingest, latency, profile }: Report): string {
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
  if (profile !== undefined) {
    const rows = (of: Hot[]) => of.map(({ where, selfMs, share }) => [percent(share), `${selfMs} ms`, where]);
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
      spread(result.ingest),
      result.budget === undefined ? '-' : String(result.budget),
      spread(result.plain),
      result.ratioToPlain.toFixed(2),
      spread(result.limit),
      result.ratioToLimit.toFixed(2),
      `${cpu(result.ingest.cpuUs, 'ingest')} (${cpu(result.plain.cpuUs, 'plain')})`,
    ]),
  ];
}

const spread = ({ median, min, max }: { median: number; min: number; max: number }) =>
  min === max ? String(median) : `${median} (${min} to ${max})`;

const cpu = (us: Record<string, number>, own: string) =>
  [own, 'nats', 'engine'].map((part) => us[part]?.toFixed(1) ?? '?').join(', ');

function latencyRows(results: LatencyResult[]): string[][] {
  return [
    ['events/s', 'reached', 'ingest p50', 'p99', 'max', 'plain p50', 'p99', 'max'],
    ...results.map(({ rate, reached, ingest, plain }) => [
      ...[rate, reached].map(String),
      ...[ingest, plain].flatMap(({ p50, p99, max }) => [p50, p99, max].map((ms) => ms.toFixed(0))),
    ]),
  ];
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `  ${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}`,
    )
    .join('\n');
}
