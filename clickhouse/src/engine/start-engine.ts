import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pathEnv } from '@deskwire/runtime/env';
import { builtService } from '@deskwire/runtime/built-service';
import { z } from 'zod';

import { engineEnv, threadsNeeded } from './env.ts';

export interface StartedEngine {
  url: string;
  user: string;
  password: string;
  database: string;
  /** 64 hexadecimal characters. */
  diskKey: string;
  dataDir: string;
  pid: number;
  /** Resolves when the process has ended, with its exit code, or null after a signal. */
  exited: Promise<number | null>;
  /** Ends the process in order; removes the data directory if it was made here. */
  stop(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

export interface StartEngineOptions {
  /** Absent: a temporary one, removed by `stop`. Pass that of an earlier engine, with its key, to start again on its data. */
  dataDir?: string;
  /** Absent: a free one. */
  port?: number;
  password?: string;
  diskKey?: string;
  /** More variables for the process, e.g. `ENGINE_QUERY_SESSIONS`. */
  env?: Record<string, string>;
}

const readyMessage = z.object({ ready: z.literal(true), url: z.string() });

/** Starts an engine process and waits until it answers. Rejects with what it wrote to stderr when it ends before. */
export async function startEngine(options: StartEngineOptions = {}): Promise<StartedEngine> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'deskwire-engine-'));
  const removeOwn = () => {
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  const login = { user: 'deskwire', password: options.password ?? randomBytes(18).toString('base64url') };
  const database = options.env?.['CLICKHOUSE_DATABASE'] ?? 'deskwire';
  const diskKey = options.diskKey ?? randomBytes(32).toString('hex');
  const sizes = engineEnv.pick({ ENGINE_QUERY_SESSIONS: true, ENGINE_INGEST_SESSIONS: true }).parse(options.env ?? {});
  const child = spawn(process.execPath, builtService('clickhouse/src/engine/main.ts'), {
    env: {
      ...pathEnv(),
      LOG_LEVEL: 'warn',
      DATA_DIR: dataDir,
      CLICKHOUSE_PORT: String(options.port ?? 0),
      CLICKHOUSE_USER: login.user,
      CLICKHOUSE_PASSWORD: login.password,
      CLICKHOUSE_DISK_KEY: diskKey,
      UV_THREADPOOL_SIZE: String(threadsNeeded(sizes)),
      ...options.env,
    },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr = `${stderr}${chunk.toString()}`.slice(-4096)));
  const exited = once(child, 'exit').then(([code]: unknown[]) => (typeof code === 'number' ? code : null));
  const url = await new Promise<string>((resolve, reject) => {
    child.on('message', (message) => {
      const ready = readyMessage.safeParse(message);
      if (ready.success) resolve(ready.data.url);
    });
    child.once('error', reject);
    void exited.then((code) => reject(new Error(`engine ended with ${code ?? 'a signal'}: ${stderr.trim()}`)));
  }).catch((error: unknown) => {
    removeOwn();
    throw error;
  });
  return {
    ...login,
    url,
    database,
    diskKey,
    dataDir,
    pid: child.pid ?? 0,
    exited,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      removeOwn();
    },
    kill: (signal) => void child.kill(signal),
  };
}
