import { describe, expect, it } from 'vitest';
import { phoneSlowdown, readReport } from './lighthouse.ts';

const url = 'http://127.0.0.1:3000/';
const report = (changes: object = {}) =>
  JSON.stringify({
    finalDisplayedUrl: url,
    environment: { benchmarkIndex: 811.5 },
    configSettings: { throttling: { cpuSlowdownMultiplier: 2 } },
    categories: { performance: { score: 0.974 }, accessibility: { score: 1 } },
    audits: {
      'first-contentful-paint': { numericValue: 812.4 },
      'largest-contentful-paint': { numericValue: 1_204.6 },
      'total-blocking-time': { numericValue: 30 },
      'cumulative-layout-shift': { numericValue: 0.00042 },
    },
    ...changes,
  });

describe('readReport', () => {
  it('reads scores of 100 and times in ms', () => {
    expect(readReport(report(), url)).toEqual({
      ...{
        measured: true,
        benchmarkIndex: 812,
        cpuSlowdown: 2,
        performance: 97,
        accessibility: 100,
        firstContentfulPaintMs: 812,
      },
      ...{ largestContentfulPaintMs: 1_205, totalBlockingMs: 30, layoutShift: 0 },
    });
  });

  it('does not take another page, a failed run or a report without scores for a measurement', () => {
    const elsewhere = report({ finalDisplayedUrl: `${url}sign-in` });
    expect(readReport(elsewhere, url)).toEqual({ measured: false, why: `it was sent to ${url}sign-in` });
    expect(readReport(report({ runtimeError: { message: 'no paint' } }), url)).toMatchObject({ why: 'no paint' });
    expect(readReport(report({ categories: {} }), url)).toMatchObject({ measured: false });
  });
});

it('slows a slower processor down by less to make it a phone of the middle', () => {
  expect([1_800, 1_500, 1_499, 800, 799, 300].map(phoneSlowdown)).toEqual([4, 4, 2, 2, 1, 1]);
});
