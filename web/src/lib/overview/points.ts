import type { KpiName } from '@deskwire/contracts/kpi';
import { kpiDefinitions } from '@deskwire/contracts/kpi-definitions';
import type { Point } from '../charts/segments';
import { fewMax, plainValue } from './figure-text';
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
 * A KPI over time as a small line draws it: a median of few is none, and a rate is one of as many buckets as are not few. Where
 * medians would be fragments there are none at all.
 */
export function courseOf(figures: OverviewFigures, name: KpiName): Point[] {
  const counted = pointsOf(figures, name).map((point, place): CountedPoint => {
    const bucket = figures.buckets[place];
    const isKnown = bucket !== undefined && bucket.state !== 'unknown';
    return { ...point, isKnown, n: isKnown ? (bucket.figures[name]?.n ?? 0) : 0 };
  });
  switch (kpiDefinitions[name].kind) {
    case 'duration': {
      const known = counted.filter(({ isKnown }) => isKnown);
      const isDense = known.filter(({ n }) => n > fewMax).length >= denseShare * known.length;
      return counted.map((point) => (isDense && point.n > fewMax ? point : { ...point, value: null }));
    }
    case 'share':
      return pooled(counted);
    default:
      return counted;
  }
}

/** Of the buckets of which something is known. */
const denseShare = 0.75;

interface CountedPoint extends Point {
  n: number;
  isKnown: boolean;
}

/** Rates of neighbours together, never across a bucket of which nothing is known. */
function pooled(points: readonly CountedPoint[]): Point[] {
  const drawn: Point[] = [];
  let few: CountedPoint[] = [];
  const close = () => {
    drawn.push(...togetherOf(few));
    few = [];
  };
  for (const point of points) {
    if (!point.isKnown) close();
    few.push(point);
    if (!point.isKnown || countOf(few) > fewMax) close();
  }
  close();
  return drawn;
}

const countOf = (points: readonly CountedPoint[]) => points.reduce((sum, { n }) => sum + n, 0);

/** None of none, or the one that they are together; without a value while they are few. */
function togetherOf(points: readonly CountedPoint[]): Point[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return [];
  const n = countOf(points);
  const sum = points.reduce((so, { value, n: each }) => so + each * (value ?? 0), 0);
  const value = n <= fewMax ? null : sum / n;
  return [{ from: first.from, to: last.to, value, unfinished: points.some(({ unfinished }) => unfinished) }];
}

/**
 * Buckets in which something is missing, where the answer names a part of the range. When it cannot say where, no bucket is
 * marked: a few events of a whole day are no reason to doubt each of its hours; the head of the chart says it instead.
 */
export function hatchedOf(figures: OverviewFigures, name: KpiName): { from: number; to: number }[] {
  const { state, from, to, spans } = figures.answers[name]?.completeness ?? { state: 'complete' };
  if (state !== 'incomplete' || from === undefined || to === undefined) return [];
  const lost = (spans ?? [{ from, to }])
    .map((span) => ({ start: Date.parse(span.from), end: Date.parse(span.to) }))
    .filter(({ start, end }) => start > Date.parse(figures.from) || end < Date.parse(figures.to));
  return figures.buckets
    .map((bucket) => ({ from: Date.parse(bucket.from), to: Date.parse(bucket.to) }))
    .filter((bucket) => lost.some(({ start, end }) => bucket.from < Math.max(end, start + 1) && bucket.to > start));
}
