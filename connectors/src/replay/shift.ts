import { ReplayError } from './replay-error.ts';
import type { ReplayCursor } from './cursor.ts';
import type { ReplayArguments, Shift } from './replay-arguments.ts';

/** What the ledger takes at most. */
const aheadMsMax = 86_400_000;

/**
 * What to add to every time of the log; rows without a readable time do not count. A log has one shift under a source, also with
 * --restart: its events keep their ids, so with other times they would be duplicates. Throws ReplayError where that is not what was asked for.
 */
export function shiftOf(
  { shift, source, speed, restart }: Pick<ReplayArguments, 'shift' | 'source' | 'speed' | 'restart'>,
  timesMs: (number | undefined)[],
  before: Pick<ReplayCursor, 'shiftMs' | 'row'> | undefined,
  nowMs: number,
): number {
  if (before === undefined) return freshShift(shift, timesMs, nowMs);
  if ((shift === 'none') !== (before.shiftMs === 0))
    throw new ReplayError(
      `this log was replayed under ${source} ${shift === 'none' ? 'with' : 'without'} --shift now, and what was counted keeps its times: ` +
        `${shift === 'none' ? 'give it again' : 'leave it out'}, or replay under another name, e.g. --source again/${source.split('/')[1] ?? 'log'}`,
    );
  const left = timesMs.slice(restart ? 0 : before.row).filter((ms) => ms !== undefined);
  const [first = 0, last = 0] = [left[0], left.at(-1)];
  if (shift !== 'none' && last + before.shiftMs - (nowMs + (last - first) / speed) > aheadMsMax)
    throw new ReplayError(
      'this replay began at the pace of its log, whose rest has yet to happen: go on with --speed 1 or slower',
    );
  return before.shiftMs;
}

function freshShift(shift: Shift, timesMs: (number | undefined)[], nowMs: number): number {
  const known = timesMs.filter((ms) => ms !== undefined);
  switch (shift) {
    case 'none':
      return 0;
    case 'first-is-now':
      return nowMs - (known[0] ?? nowMs);
    case 'last-is-now':
      return nowMs - (known.at(-1) ?? nowMs);
    default:
      return shift satisfies never;
  }
}
