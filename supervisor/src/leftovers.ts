import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from './broker-logins.ts';
import { endStranger } from './end-process.ts';
import { runningNatsServer } from './nats-server.ts';
import { processIdentity } from './process-identity.ts';

const records = z.array(z.object({ part: z.string(), pid: z.number(), identity: z.string() }));
type Records = z.infer<typeof records>;

/**
 * Keeps `DATA_DIR/children.json`: which processes are ours, should we be killed before we can stop them. `onFailure`: it could not be
 * written, as on a full disk, which is no reason to stop what runs.
 */
export function createRunRecord(
  dataDir: string,
  onFailure: (error: unknown) => void,
): {
  add: (part: string, pid: number) => void;
  remove: (pid: number) => void;
} {
  const file = runRecordFile(dataDir);
  let children: Records = [];
  function save(): void {
    try {
      replaceFile(file, `${JSON.stringify(children, null, 2)}\n`);
    } catch (error) {
      onFailure(error);
    }
  }
  return {
    add: (part, pid) => {
      const identity = processIdentity(pid);
      if (identity === undefined) return;
      children = [...children, { part, pid, identity }];
      save();
    },
    remove: (pid) => {
      children = children.filter((child) => child.pid !== pid);
      save();
    },
  };
}

/**
 * Stops what an earlier supervisor of this DATA_DIR left behind, and answers what that was. A process counts as ours when
 * pid and start time are those we wrote down, or when it is a nats-server that runs on our own configuration file.
 */
export async function stopLeftovers(dataDir: string): Promise<string[]> {
  const ours = readRecords(runRecordFile(dataDir)).filter(({ pid, identity }) => processIdentity(pid) === identity);
  await Promise.all(ours.map(({ pid, identity }) => endStranger(pid, 3_000, () => processIdentity(pid) === identity)));
  const stopped = ours.map(({ part, pid }) => `${part} (process ${pid})`);

  const dir = join(dataDir, 'nats');
  const nats = runningNatsServer(dir);
  if (nats === undefined) return stopped;
  const identity = processIdentity(nats);
  await endStranger(nats, 3_000, () => processIdentity(nats) === identity);
  return [...stopped, `nats (process ${nats})`];
}

const runRecordFile = (dataDir: string) => join(dataDir, 'children.json');

function readRecords(file: string): Records {
  try {
    return records.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return []; // Never started here.
  }
}
