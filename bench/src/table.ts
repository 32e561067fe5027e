import type { CpuByPart } from './cpu-time.ts';
import type { Summary } from './summary.ts';

/** Rows of text, the first one the heading, in columns. */
export function table(rows: string[][]): string {
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

export const rangeText = ({ median, min, max }: Summary) =>
  min === max ? String(median) : `${median} (${min} to ${max})`;

export const cpuText = (us: CpuByPart, parts: readonly string[]) =>
  parts.map((part) => us[part]?.toFixed(1) ?? '?').join(', ');

export const percentText = (share: number) => `${(share * 100).toFixed(1)} %`;
