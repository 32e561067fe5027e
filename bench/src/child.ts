import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readMachineEnv } from './env.ts';

export interface Child {
  pid: number;
  onMessage: (listener: (message: unknown) => void) => void;
  send: (message: object) => void;
  /** Resolves at its first message; rejects when the process ends before. */
  ready: Promise<void>;
  /** Rejects when the process ends before it was stopped. */
  failed: Promise<never>;
  /** The end of what it wrote. */
  said: () => string;
  /** Ends it in order; resolves when it has ended. */
  stop: () => Promise<void>;
  /** Ends it as a failure would; resolves when it has ended. */
  kill: () => Promise<void>;
}

export interface ChildOptions {
  /** Relative to the repository. */
  file: string;
  env: Record<string, string>;
  nodeFlags?: string[];
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** One Node process of the measurement, with nothing in its environment but what is given. */
export function startChild({ file, env, nodeFlags = [] }: ChildOptions): Child {
  const child = spawn(process.execPath, [...nodeFlags, '--import', 'tsx', file], {
    cwd: root,
    env: { PATH: readMachineEnv().PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2_000)));
  let stopping = false;
  const exited = once(child, 'exit');
  const failed = exited.then(async ([code]: unknown[]) => {
    if (stopping) return new Promise<never>(() => undefined);
    throw new Error(`${file} ended with ${String(code)}: ${said.trim()}`);
  });
  failed.catch(() => undefined); // Whoever measures races against it; afterwards nobody does.
  const ready = Promise.race([once(child, 'message').then(() => undefined), failed]);
  ready.catch(() => undefined); // Not everybody waits for it.
  const end = async (signal: NodeJS.Signals) => {
    stopping = true;
    child.kill(signal);
    await exited;
  };
  return {
    pid: child.pid ?? 0,
    onMessage: (listener) => void child.on('message', listener),
    send: (message) => void child.send(message),
    ready,
    failed,
    said: () => said.trim(),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}
