import type { KpiName } from '@deskwire/contracts/kpi';
import type { Point } from '../charts/segments';
import { plainValue } from './figure-text';
import type { OverviewFigures } from './figures';

/** A KPI over time as it is drawn. The last bucket is unfinished while it is shorter than the others. */
export function pointsOf({ buckets, stepMs }: OverviewFigures, name: KpiName): Point[] {
  return buckets.map(({ from, to, state, figures }, place): Point => {
    const [start, end] = [Date.parse(from), Date.parse(to)];
    const isOver = place !== buckets.length - 1 || end - start >= stepMs;
    const value = state === 'unknown' ? null : plainValue(name, figures[name]);
    return { from: start, to: end, value, unfinished: state === 'provisional' || !isOver };
  });
}

/**
 * Buckets in which something is missing, where the answer names a part of the range. When it cannot say where, no bucket is
 * marked: a few events of a whole day are no reason to doubt each of its hours; the head of the chart says it instead.
 */
export function hatchedOf(figures: OverviewFigures, name: KpiName): { from: number; to: number }[] {
  const { state, from, to } = figures.answers[name]?.completeness ?? { state: 'complete' };
  if (state !== 'incomplete' || from === undefined || to === undefined) return [];
  const [start, end] = [Date.parse(from), Date.parse(to)];
  if (start <= Date.parse(figures.from) && end >= Date.parse(figures.to)) return [];
  return figures.buckets
    .map((bucket) => ({ from: Date.parse(bucket.from), to: Date.parse(bucket.to) }))
    .filter((bucket) => bucket.from < Math.max(end, start + 1) && bucket.to > start);
}
