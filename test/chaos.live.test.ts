import { expect, test } from 'vitest';
import { chaosTable } from './chaos/chaos-table.ts';
import { combinations, nameOf } from './chaos/plan.ts';
import { runChaos } from './chaos/run-chaos.ts';

const quietly = { onTrial: () => undefined, onAudit: () => undefined };
// Another test file shares the two cores: a little above the rate at which faults strike is enough.
const usual = { seed: 7, unsafe: false, ratePerS: 2_400, stopMs: 4_000, auditEvery: 4, among: combinations };

// Each part, each fault twice or more, each moment; all 56 combinations are `npm run chaos`.
const some = [
  'ingest/kill/start-up',
  'ingest/stop/before',
  'engine/kill/during',
  'nats/kill/after',
  'workflows/kill/after/customer',
  'workflows/stop/during/conversation',
];

test('no event is lost, counted or applied twice when ingest, engine, broker and desk are killed and stopped at full flow', async () => {
  const among = combinations.filter((combination) => some.includes(nameOf(combination)));
  const result = await runChaos({ ...usual, among, trials: some.length, auditEvery: some.length }, quietly);
  expect(result.violations, chaosTable(result)).toEqual([]);
  expect(result.trials.map(nameOf).sort()).toEqual(some.toSorted());
  expect(result.audit?.acknowledged).toBeGreaterThan(20_000);
  expect(Math.min(...result.trials.map((trial) => trial.ratePerS))).toBeGreaterThanOrEqual(2_000);
}, 600_000);

test('the same comparison finds events counted twice when the inserts have no condition', async () => {
  const among = combinations.filter((combination) => nameOf(combination) === 'ingest/stop/before');
  const control = { ...usual, among, unsafe: true, trials: 4, stopMs: 8_000, auditEvery: 1 };
  const result = await runChaos(control, quietly);
  expect(result.audit?.countedTwice, chaosTable(result)).toBeGreaterThan(0);
  expect(result.violations.join('\n')).toMatch(/counted twice/);
}, 300_000);
