import { parseArgs } from 'node:util';
import { sourceText } from '@deskwire/contracts/primitives';
import { ReplayError } from './replay-error.ts';

/** How a log's times are moved: not at all, or so that the named event happens now. */
export type Shift = 'none' | 'first-is-now' | 'last-is-now';

export interface ReplayArguments {
  file: string;
  source: string;
  /** Times real time; Infinity: as fast as the stream takes it. */
  speed: number;
  shift: Shift;
  restart: boolean;
  json: boolean;
}

export const help = `npm run replay -- servicenow <zip or csv> [options]

Publishes a ServiceNow incident log as ticket.snapshot events, in the order in which its updates happened.

  --speed <n>|max   times real time; default max. At max, arrays of 100 events; at a pace, one event a message, when due
  --shift now       moves all times by one amount, so that the last event happens now; at --speed 1 or slower the first one
                    (any faster and the log would run ahead of the clock, and be refused)
  --source <name>   default servicenow/uci; its first part is the subject's token
  --restart         begins again, with the same times; the ledger counts what it knows as duplicates. It is sure to know only
                    what it has stored in the last 72 hours: after that tickets may be counted twice
  --json            one document on stdout at the end: {published, batches, acknowledged, first, last, seconds, resumedFrom,
                    rows, complete}: events and messages sent and acknowledged by this command, their first and last time

Nothing is dropped on the way: rows that the contract does not know are sent as they stand, and the ledger rejects them.

Interrupted, in whatever way, the same command goes on where it stopped: each message carries its rows, so what the stream
holds is known and no row is published twice, even after kill -9. The place is kept per file content and --source, with the
shift it began with; --speed may change. For other times take another --source. Only where the stream was made again, or has already dropped those messages, up to half a second
of rows may be sent again; the ledger counts them as duplicates.

Finds the running system by NATS_URL, or by DATA_DIR/credentials.json (default .data). Exit codes: 0 done, 1 not done,
with the reason in one line on stderr, 130 interrupted.
`;

/** Undefined when help was asked for. Throws ReplayError for what cannot be meant. */
export function readArguments(args: string[]): ReplayArguments | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [kind, file, ...more] = positionals;
  if (kind !== 'servicenow')
    throw new ReplayError(
      kind === undefined
        ? 'replay what? npm run replay -- servicenow <zip or csv>'
        : `there is no replay of ${kind}, only of servicenow`,
    );
  if (file === undefined) throw new ReplayError('which file? npm run replay -- servicenow <zip or csv>');
  if (more.length > 0) throw new ReplayError(`one file at a time: what is ${more.join(' ')}?`);
  const source = sourceText.safeParse(values.source);
  if (!source.success) throw new ReplayError(`--source is wrong: ${source.error.issues[0]?.message ?? 'invalid'}`);
  if (values.shift !== undefined && values.shift !== 'now') throw new ReplayError('--shift can only be now');
  const speed = values.speed === 'max' ? Infinity : Number(values.speed);
  if (!(speed > 0)) throw new ReplayError('--speed is a number above 0, or max');
  const shift = values.shift === undefined ? 'none' : speed <= 1 ? 'first-is-now' : 'last-is-now';
  return { file, source: source.data, speed, shift, restart: values.restart, json: values.json };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        speed: { type: 'string', default: 'max' },
        shift: { type: 'string' },
        source: { type: 'string', default: 'servicenow/uci' },
        restart: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (cause) {
    throw new ReplayError(`${cause instanceof Error ? cause.message : String(cause)} See --help.`, { cause });
  }
}
