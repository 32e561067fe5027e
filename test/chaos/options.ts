import { parseArgs } from 'node:util';
import { z } from 'zod';
import { combinations, nameOf, type Combination } from './plan.ts';

export interface ChaosOptions {
  trials: number;
  seed: number;
  /** The control: ingest inserts without its condition. */
  unsafe: boolean;
  stopMs: number;
  ratePerS: number;
  /** Trials between two comparisons. */
  auditEvery: number;
  among: readonly Combination[];
}

export const help = `npm run chaos -- [--trials <n>] [--seed <n>] [--unsafe] [--json]

Kills and stops ingest, engine, nats-server and the desk at chosen moments of an insert, or of a step of the desk, while events
flow, and compares the ledger with the publisher's own list, and with the ledger each ticket's versions, the conversations
and the customers' profiles: nothing acknowledged may be lost, nothing counted or applied twice.

  --trials <n>       faults that count, default 56: each of the 56 combinations equally often
  --seed <n>         order and timing, default: a random one, printed
  --unsafe           the control: ingest inserts without its condition. Has to find violations, and exits 1 with them
  --stop-ms <n>      how long a stopped process sleeps, default 20000
  --rate <n>         events published per second, default 3000; faults strike only above 2000
  --audit-every <n>  trials between two comparisons, default 12
  --only <texts>     only combinations whose target/fault/moment contains this, or one of these: ingest/stop,nats/kill; the
                     desk's name a step too: workflows/kill/after/ticket, or conversation, customer, floor, lease
  --json             one JSON document on stdout
  --help             this text

Progress goes to stderr. Exit codes: 0 nothing violated, 1 violations or a part that did not come back, 2 wrong arguments.
`;

const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** Throws OptionsError with one line. */
export function readOptions(args: string[]): { help: boolean; json: boolean; chaos: ChaosOptions } {
  try {
    const { values } = parseArgs({
      args,
      options: {
        trials: { type: 'string', default: '56' },
        seed: { type: 'string', default: String(Date.now() % 1_000_000) },
        'stop-ms': { type: 'string', default: '20000' },
        rate: { type: 'string', default: '3000' },
        'audit-every': { type: 'string', default: '12' },
        only: { type: 'string', default: '' },
        unsafe: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const among = combinations.filter((combination) =>
      values.only.split(',').some((text) => nameOf(combination).includes(text)),
    );
    if (among.length === 0) throw new OptionsError(`no combination contains "${values.only}"`);
    const number = (name: string, text: string, min: number, max: number) => {
      const parsed = whole(min, max).safeParse(text);
      if (!parsed.success) throw new OptionsError(`--${name} has to be a whole number from ${min} to ${max}`);
      return parsed.data;
    };
    return {
      ...{ help: values.help, json: values.json },
      chaos: {
        trials: number('trials', values.trials, 1, 100_000),
        seed: number('seed', values.seed, 0, 2 ** 32 - 1),
        stopMs: number('stop-ms', values['stop-ms'], 100, 600_000),
        ratePerS: number('rate', values.rate, 2_200, 20_000),
        auditEvery: number('audit-every', values['audit-every'], 1, 100_000),
        ...{ unsafe: values.unsafe, among },
      },
    };
  } catch (error) {
    throw error instanceof Error ? new OptionsError(error.message) : error;
  }
}

export class OptionsError extends Error {
  override name = 'OptionsError';
}
