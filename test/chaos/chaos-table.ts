import type { ChaosResult } from './run-chaos.ts';
import { combinations, nameOf } from './plan.ts';

const seconds = (ms: number) => (ms / 1_000).toFixed(1);

/** The run as a person reads it: trials and recovery by combination, then what the ledger says. */
export function chaosTable({ trials, audit, violations, surprises, seed, unsafe, folder }: ChaosResult): string {
  const rows = combinations.flatMap((combination) => {
    const found = trials.filter((trial) => nameOf(trial) === nameOf(combination));
    if (found.length === 0) return [];
    const times = found.map((trial) => trial.recoveryMs).sort((a, b) => a - b);
    const middle = times[Math.floor((times.length - 1) / 2)] ?? 0;
    return [[nameOf(combination), String(found.length), seconds(middle), seconds(times.at(-1) ?? 0)]];
  });
  const lines = [['fault', 'trials', 'recovery p50 s', 'max s'], ...rows].map(([name = '', ...numbers]) =>
    [name.padEnd(36), ...numbers.map((text) => text.padStart(15))].join(''),
  );
  const inFlight = Math.min(...trials.map((trial) => trial.ratePerS));
  const ended = surprises.length > 0 ? `\nended by themselves and started again: ${surprises.join(', ')}` : '';
  const ledger =
    audit === undefined
      ? 'never compared'
      : `${audit.acknowledged} acknowledged, ${audit.lost} lost, ${audit.countedTwice} counted twice; ` +
        `${audit.messages} messages, ${audit.rows} rows, ${audit.duplicates} duplicates, ${audit.rejected} rejected; ` +
        `${audit.changes} versions of tickets, ${audit.appliedTwice} events applied twice, ` +
        `${audit.saidAgain} messages said again and dropped by readers`;
  const verdict =
    violations.length === 0
      ? 'nothing violated'
      : `VIOLATED:\n${violations.map((violation) => `  ${violation}`).join('\n')}${folder === undefined ? '' : `\n  kept: ${folder}`}`;
  return [
    ...lines,
    '',
    `seed ${seed}, ${trials.length} trials${unsafe ? ', WITHOUT the condition (control)' : ''}; at least ${inFlight} events/s in flight${ended}`,
    ledger,
    verdict,
    '',
  ].join('\n');
}
