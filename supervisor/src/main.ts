import { resolve } from 'node:path';
import { EnvError } from '@deskwire/runtime/env';
import { createLog } from '@deskwire/runtime/log';
import { ChildFailed } from './child.ts';
import { StreamConflict } from './ensure-streams.ts';
import { readSupervisorEnv } from './env.ts';
import { errorMessage } from './error-message.ts';
import { watchParent } from './parent.ts';
import { root } from './service-child.ts';
import { StartRefused } from './start-refused.ts';
import { startSystem } from './start-system.ts';

/**
 * `npm start`: everything on embedded defaults. Exit codes: 0 stopped when asked to, 1 failed, 2 refused to start or not ready in time.
 * Stops on Ctrl-C, SIGTERM, SIGHUP and the end of the npm that started it; a second signal does not wait for anybody.
 */
async function main(): Promise<void> {
  const log = createLog('supervisor');
  const say = (line: string) => process.stdout.write(`deskwire: ${line}\n`);
  const closers: (() => unknown)[] = [];
  const asked = new AbortController();

  async function stop(code: number): Promise<void> {
    // The children that are left are ended by the watchdog as soon as we are gone.
    if (asked.signal.aborted) process.exit(1);
    asked.abort(new Stopping());
    setTimeout(() => process.exit(1), stopWithinMs).unref();
    for (const close of closers.reverse()) {
      try {
        await close();
      } catch (error) {
        log.warn({ err: error }, 'could not close a part while stopping');
      }
    }
    process.exit(code);
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      say('stopping');
      void stop(0);
    });
  }
  watchParent(() => void stop(0), process.env);
  // A closed terminal must not keep us from stopping the others in order.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);

  try {
    const env = readSupervisorEnv(process.env);
    const dataDir = resolve(root, env.DATA_DIR);
    const { url, signIn } = await startSystem({
      ...{ env, inherited: process.env, dataDir, log, say },
      onStop: (close) => closers.push(close),
      signal: asked.signal,
    });
    process.stdout.write(`ready ${url}\n`);
    for (const line of signIn) say(line);
    say(`to sign in with a token, make one with  npm run token -- add --role admin --name you  and open ${url}`);
    say(`credentials of the embedded parts: ${resolve(dataDir, 'credentials.json')}; Ctrl-C stops everything`);
  } catch (error) {
    // Asked to stop in the middle of the start: whoever asked is already closing what was opened.
    if (asked.signal.aborted) return;
    const expected =
      error instanceof EnvError ||
      error instanceof StartRefused ||
      error instanceof ChildFailed ||
      error instanceof StreamConflict;
    if (!expected) log.fatal({ err: error }, 'the start failed');
    process.stderr.write(`deskwire: ${errorMessage(error)}\n`);
    await stop(error instanceof EnvError || error instanceof StartRefused ? 2 : 1);
  }
}

class Stopping extends Error {
  override name = 'Stopping';
}

const stopWithinMs = 14_500;

await main();
