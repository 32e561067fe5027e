import type { FlowReport } from '@deskwire/contracts/flow';
import { expect, it } from 'vitest';
import { reportBeside } from './flow-door';

const at = '2026-11-22T12:00:00.000Z';
const counted = { received: 3, accepted: 3, duplicate: 0, rejected: 0 };
const report: FlowReport = {
  ...{ at, state: 'complete', why: null, ratePerS: 0, streams: [], sources: [], rejected: [], gaps: [] },
  ...{ today: { from: at, ...counted }, totals: { ...counted, balanced: true } },
};
const read = { known: true, report } as const;

it('is no report of now beside figures that could not be read, though it was read a moment before', () => {
  for (const status of [503, 504])
    expect(reportBeside({ state: 'refused', status, why: 'away' }, read)).toMatchObject({
      ...{ state: 'unknown', repeated: true, totals: report.totals },
    });
});

it('is what was read beside any other answer', () => {
  expect(reportBeside({ state: 'refused', status: 404, why: 'no such team' }, read)).toBe(report);
  const nothing = { known: false, report: undefined, why: 'away' } as const;
  expect(reportBeside({ state: 'refused', status: 503, why: 'away' }, nothing)).toBeUndefined();
});
