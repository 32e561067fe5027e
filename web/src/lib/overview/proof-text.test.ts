import { expect, it } from 'vitest';
import { proofText } from './proof-text';

const receipt = {
  ...{ value: 31, n: 31, from: '2026-11-22T00:00:00.000Z', to: '2026-11-22T10:14:05.000Z' },
  as_of: '2026-11-22T10:14:05.000Z',
  completeness: { state: 'incomplete', missing: 2, why: '2 rejected events wait to be mended' },
} as const;
const asked = { name: 'created', receipt, scope: 'Billing', zone: 'UTC', link: 'https://desk.example/?x' } as const;

it('copies a number with what bounds it, whose it is, of when, and where it stands', () => {
  expect(proofText(asked).split('\n')).toEqual([
    'Created: at least 31 (n 31)',
    'Billing, 22 Nov 2026, 00:00 to 10:14 UTC',
    'as of 22 Nov 2026, 10:14:05, incomplete: 2 rejected events wait to be mended',
    'https://desk.example/?x',
  ]);
});

it('says that invented tickets may be counted, and by whom they were invented', () => {
  const simulated = ['demo-hubspot/demo', 'demo-zendesk/demo'];
  expect(proofText({ ...asked, receipt: { ...receipt, simulated } }).split('\n')).toContain(
    'Simulated data: may count invented tickets of demo-hubspot/demo, demo-zendesk/demo',
  );
});
