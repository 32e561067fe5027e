import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** The repository: children run there, so that `tsx` and the workspaces are found. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * One of our services as a child, with a channel to us that closes when we die. In a session of its own: Ctrl-C reaches us
 * alone, and we stop the parts in order. Its lines go to our output.
 */
export function spawnService(args: string[], env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  pass(child.stdout, process.stdout);
  pass(child.stderr, process.stderr);
  return child;
}

/** Resolves at the message `{ ready: ... }` that `runService` sends. Rejects on abort. */
export async function untilSaysReady(child: ChildProcess, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const abort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', abort, { once: true });
    child.on('message', (message) => {
      if (typeof message !== 'object' || !('ready' in message)) return;
      signal.removeEventListener('abort', abort);
      resolve();
    });
  });
}

function pass(from: Readable | null, to: NodeJS.WriteStream): void {
  // Whoever started us waits for the one line `ready http...`: no service may say it by chance.
  if (from !== null)
    createInterface({ input: from }).on('line', (line) =>
      to.write(`${line.replaceAll('ready http', 'ready: http')}\n`),
    );
}
