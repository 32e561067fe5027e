import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { pathEnv } from '@deskwire/runtime/env';
import { builtService } from '@deskwire/runtime/built-service';
import { z } from 'zod';

export interface RunningHub {
  url: string;
  pid: number;
  /** Exit code, or null when a signal ended it. */
  exited: Promise<number | null>;
  stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

const listens = z.object({ msg: z.literal('hub listens'), port: z.number() });

/**
 * The hub as a process of its own, on free ports: two in one process would share a patched adapter, and only a process
 * can be killed. Rejects with its last lines when it ends at start.
 */
export async function startHub(env: Record<string, string>): Promise<RunningHub> {
  const child = spawn(process.execPath, builtService('hub/src/main.ts'), {
    env: { ...pathEnv(), HUB_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : null));
  const lines: string[] = [];
  const ports = await new Promise<z.infer<typeof listens>>((resolve, reject) => {
    if (child.stdout === null) throw new Error('the hub has no stdout');
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const parsed = listens.safeParse(JSON.parse(line));
      if (parsed.success) resolve(parsed.data);
    });
    void exited.then(() => reject(new Error(`the hub ended at start:\n${lines.slice(-5).join('\n')}`)));
  });
  return {
    url: `http://127.0.0.1:${ports.port}`,
    pid: child.pid ?? 0,
    exited,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return exited;
    },
  };
}
