import { describe, expect, it } from 'vitest';
import { figureText, plainValue } from './figure-text';
import { figureTrend } from './figure-trend';

const wait = { p50: 840, p90: 4_320, mean: 1_000 };
const incomplete = { state: 'incomplete', missing: 12 } as const;

describe('figures as they are written', () => {
  it('have no number when nothing stands behind them', () => {
    expect(figureText('csat', { value: null, n: 0 })).toMatchObject({
      isNumber: false,
      text: 'No ratings',
      aside: 'n 0',
    });
    expect(figureText('sla_attainment', { value: null, n: 0 })).toMatchObject({
      text: 'Not measured',
      aside: 'no SLA targets are applied yet',
    });
    expect(figureText('created', { value: 7, n: 7 }, { state: 'unknown' })).toMatchObject({
      isNumber: false,
      text: '–',
    });
  });
  it('say n in place of a median or a rate of fewer than five', () => {
    expect(figureText('first_reply_time', { value: wait, n: 3 }).text).toBe('3 tickets');
    expect(figureText('csat', { value: 1, n: 1 }).text).toBe('1 rating');
    expect(figureText('first_reply_time', { value: wait, n: 5 })).toMatchObject({
      text: '14 min',
      aside: 'p90 72 min, n 5',
    });
    expect(figureText('created', { value: 3, n: 3 }).text).toBe('3');
  });
  it('are bound while something is missing', () => {
    expect(figureText('created', { value: 1_204, n: 1_204 }, incomplete)).toMatchObject({
      text: '1,204',
      bound: 'at least',
    });
    expect(figureText('backlog', { value: 312, n: 312 }, incomplete).text).toBe('312 ± 12');
    expect(figureText('csat', { value: 0.88, n: 214 }, incomplete)).toMatchObject({
      text: '88.0 %',
      bound: 'may change',
    });
  });
  it('are zero in a chart only where nothing is known to have happened', () => {
    expect(plainValue('created', { value: null, n: 0 })).toBe(0);
    expect(plainValue('csat', { value: null, n: 0 })).toBeNull();
    expect(plainValue('created', undefined)).toBeNull();
  });
});

describe('trends', () => {
  it('say how much, which way, and whether that is good news', () => {
    expect(figureTrend('backlog', { value: 312, n: 312 }, { value: 300, n: 300 })).toEqual({
      direction: 'up',
      text: '12 tickets',
      news: 'bad',
    });
    expect(figureTrend('created', { value: 104, n: 104 }, { value: 100, n: 100 })).toEqual({
      direction: 'up',
      text: '4 %',
      news: undefined,
    });
    expect(figureTrend('csat', { value: 0.9, n: 50 }, { value: 0.87, n: 50 })).toEqual({
      direction: 'up',
      text: '3.0 pts',
      news: 'good',
    });
    expect(figureTrend('csat', { value: 0.932, n: 50 }, { value: 0.941, n: 50 })).toEqual({
      direction: 'down',
      text: '0.9 pts',
      news: 'bad',
    });
    expect(figureTrend('csat', { value: 0.9322, n: 50 }, { value: 0.9324, n: 50 })?.direction).toBe('level');
    expect(figureTrend('created', { value: 1_204, n: 1_204 }, { value: 1_200, n: 1_200 })?.text).toBe('4 tickets');
    expect(figureTrend('solved', { value: 3, n: 3 }, { value: 5, n: 5 })).toEqual({
      direction: 'down',
      text: '2 tickets',
      news: 'bad',
    });
    expect(figureTrend('solved', { value: 5, n: 5 }, { value: 5, n: 5 })?.direction).toBe('level');
  });
  it('are what anybody subtracts who reads both numbers', () => {
    const wait = (p50: number) => ({ value: { p50, p90: p50, mean: p50 }, n: 50 });
    const ofReplies = (is: number, was: number) => figureTrend('first_reply_time', wait(is), wait(was));
    // 75 min and 72 min.
    expect(ofReplies(4_472, 4_348)).toEqual({ direction: 'up', text: '3 min', news: 'bad' });
    // 1.5 h and 89 min; 2.4 h and 2.1 h.
    expect(ofReplies(5_430, 5_345)?.text).toBe('1 min');
    expect(ofReplies(8_600, 7_700)?.text).toBe('18 min');
    expect(ofReplies(4_505, 4_515)?.direction).toBe('level');
    // 90.1 % and 89.9 %.
    const csat = (value: number) => ({ value, n: 50 });
    expect(figureTrend('csat', csat(0.9006), csat(0.8994))?.text).toBe('0.2 pts');
  });
  it('are silent about too few', () => {
    expect(figureTrend('csat', { value: 1, n: 4 }, { value: 0.5, n: 90 })).toBeUndefined();
    expect(figureTrend('created', { value: 1, n: 1 }, undefined)).toBeUndefined();
  });
});
