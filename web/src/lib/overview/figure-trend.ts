import type { KpiFigure, KpiName } from '@deskwire/contracts/kpi';
import { kpiDefinitions } from '@deskwire/contracts/kpi-definitions';
import { formatCount, formatDuration, shownDuration, shownPercent } from '../format';
import { fewMax, plainValue } from './figure-text';
import { kpiWords } from './kpi-words';

export interface Trend {
  direction: 'up' | 'down' | 'level';
  text: string;
  /** Whether that is good news. */
  news: 'good' | 'bad' | undefined;
}

/** Per cent of few say little: below this the difference itself is shown. */
const shareFrom = 20;

/** How a figure stands against that of the period before; undefined where one of the two says too little. */
export function figureTrend(name: KpiName, now: KpiFigure, before: KpiFigure | undefined): Trend | undefined {
  const { kind } = kpiDefinitions[name];
  const [is, was] = [plainValue(name, now), plainValue(name, before)];
  if (is === null || was === null || before === undefined) return undefined;
  if ((kind === 'duration' || kind === 'share') && Math.min(now.n, before.n) <= fewMax) return undefined;
  const difference = shown(name, is) - shown(name, was);
  const text = size(name, Math.abs(difference), was);
  const direction = /^0(\.0)?( |$)/.test(text) ? 'level' : difference > 0 ? 'up' : 'down';
  const { moreIs } = kpiWords[name];
  if (direction === 'level' || moreIs === undefined) return { direction, text, news: undefined };
  const opposite = moreIs === 'good' ? 'bad' : 'good';
  return { direction, text, news: direction === 'up' ? moreIs : opposite };
}

/** A value as it is read: both are written on the page, and what lies between them has to be what anybody would subtract. */
function shown(name: KpiName, value: number): number {
  switch (kpiDefinitions[name].kind) {
    case 'share':
      return shownPercent(value);
    case 'duration':
      return shownDuration(value);
    default:
      return value;
  }
}

function size(name: KpiName, difference: number, was: number): string {
  switch (kpiDefinitions[name].kind) {
    case 'share':
      return `${difference.toFixed(1)} pts`;
    case 'duration':
      return formatDuration(difference);
    case 'state':
      return ticketWords(difference);
    case 'events': {
      const percent = Math.round((100 * difference) / was);
      // What differs is not the same, however little.
      return was < shareFrom || percent === 0 ? ticketWords(difference) : `${percent} %`;
    }
    default:
      return kpiDefinitions[name].kind satisfies never;
  }
}

/** With its unit: beside "81 %" a bare "2" says nothing. */
const ticketWords = (count: number) => `${formatCount(count)} ${count === 1 ? 'ticket' : 'tickets'}`;
