import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandEnv } from '@deskwire/runtime/credentials';
import { EnvError, natsEnv, parseEnv } from '@deskwire/runtime/env';
import { cursorKey, readCursor, runningElsewhere, type Seen } from './replay/cursor.ts';
import { createProgress, describe } from './replay/progress.ts';
import { help, readArguments, type ReplayArguments } from './replay/replay-arguments.ts';
import { ReplayError } from './replay/replay-error.ts';
import { heartbeatMs, runReplay, type ReplayPlan, type Tally } from './replay/run-replay.ts';
import { shiftOf } from './replay/shift.ts';
import { openLink, type StreamLink } from './replay/stream-link.ts';
import { parseLogTime, toSnapshot, type IncidentUpdate } from './servicenow/incident-event.ts';
import { readIncidentLog } from './servicenow/incident-log.ts';
import { hashFile } from './servicenow/open-log.ts';

/** `npm run replay`. Exit codes: 0 done, 1 not done, with the reason in one line on stderr, 130 interrupted. */
async function replay(args: string[]): Promise<number> {
  const wanted = readArguments(args);
  if (wanted === undefined) {
    process.stdout.write(help);
    return 0;
  }
  const login = parseEnv(natsEnv, commandEnv(process.env));
  const connect = () => openLink(login);
  const stop = new AbortController();
  // The second signal ends us at once: nothing is lost by that, see --help.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const progress = createProgress(process.stderr, () => performance.now());
  const startedAt = performance.now();
  try {
    const plan = await makePlan(wanted, connect, progress.note);
    const tally = await runReplay(plan, { connect, onProgress: progress.show, random: Math.random, stop: stop.signal });
    progress.end();
    say(wanted, tally, (performance.now() - startedAt) / 1_000);
    return tally.complete ? 0 : 130;
  } finally {
    progress.end();
  }
}

/** Everything that can be wrong with the file, the options and the system shows here, before anything is published. */
async function makePlan(
  wanted: ReplayArguments,
  connect: () => Promise<StreamLink>,
  note: (text: string) => void,
): Promise<ReplayPlan> {
  const key = cursorKey({ fileHash: await hashFile(wanted.file), source: wanted.source });
  const link = await connect();
  try {
    const first = await readCursor(link.cursors, key);
    const lookedAt = performance.now();
    note('reading the log');
    const updates = await readIncidentLog(wanted.file);
    await sleep(Math.max(0, 2.5 * heartbeatMs - (performance.now() - lookedAt)));
    const seen = await readCursor(link.cursors, key);
    if (seen.revision !== first.revision) throw runningElsewhere();
    return planOf(wanted, key, updates, seen);
  } finally {
    await link.close();
  }
}

function planOf(wanted: ReplayArguments, key: string, updates: IncidentUpdate[], seen: Seen): ReplayPlan {
  const { file, source, speed, restart } = wanted;
  const timesMs = updates.map(({ updatedAt }) => parseLogTime(updatedAt));
  const fresh = {
    run: randomUUID(),
    file: basename(file),
    source,
    shiftMs: shiftOf(wanted, timesMs, seen.cursor, Date.now()),
    row: 0,
  };
  const cursor = seen.cursor === undefined || restart ? { ...fresh, rows: updates.length } : seen.cursor;
  const rows = updates.map((update) => toSnapshot(update, { source, shiftMs: cursor.shiftMs }));
  const at = (row: number) => {
    const event = rows[row];
    if (event === undefined) throw new RangeError(`the log has no row ${row}`);
    return event;
  };
  return {
    key,
    holder: randomUUID(),
    speed,
    cursor,
    revision: seen.revision,
    rows: { event: at, timeMs: (row) => timesMs[row] },
  };
}

function say({ json }: ReplayArguments, tally: Tally, seconds: number): void {
  const rounded = Math.round(seconds * 1_000) / 1_000;
  if (json) {
    const { published, batches, acknowledged, first, last, resumedFrom, rows, complete } = tally;
    const document = { published, batches, acknowledged, first, last, seconds: rounded, resumedFrom, rows, complete };
    process.stdout.write(`${JSON.stringify(document)}\n`);
  } else if (tally.complete && tally.published === 0) {
    process.stdout.write(
      `All ${tally.rows} events were published before. --restart publishes them again, another --source anew.\n`,
    );
  } else {
    const ending = tally.complete ? 'Done' : 'Interrupted; the same command goes on from here';
    process.stdout.write(`${describe(tally, seconds)}, in ${rounded.toFixed(1)} s. ${ending}.\n`);
  }
}

try {
  process.exitCode = await replay(process.argv.slice(2));
} catch (error) {
  const known = error instanceof ReplayError || error instanceof EnvError;
  process.stderr.write(
    `${known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
}
