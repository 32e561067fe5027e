import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pathEnv } from '@deskwire/runtime/env';
import { builtService } from '@deskwire/runtime/built-service';
import { freePort, type TestNats } from '@deskwire/supervisor/start-nats';
import { buildWeb as build } from '../../supervisor/setup/web-build.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** As `npm start` does, unless its sources are those of the build that is there. */
export const buildWeb = () => build(root, () => undefined);

/** The web server as `npm start` runs it; `url` answers when this resolves. */
export async function startWeb(env: Record<string, string>): Promise<{
  url: string;
  /** All that it has logged. */
  output: () => string;
  stop: () => Promise<unknown>;
}> {
  const port = env['WEB_PORT'] ?? String(await freePort());
  const child = spawn(process.execPath, builtService('web/src/main.ts'), {
    env: { ...pathEnv(), WEB_PORT: port, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let output = '';
  child.stdout?.on('data', (text: Buffer) => (output += text.toString()));
  const exited = once(child, 'close');
  await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => Promise.reject(new Error(`the web server ended at start with code ${code}: ${output}`))),
  ]);
  const scheme = env['TLS_CERT_FILE'] === undefined ? 'http' : 'https';
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    output: () => output,
    stop: async () => {
      child.kill('SIGTERM');
      return (await exited)[0];
    },
  };
}

/** A token as `npm run token -- add` makes it. */
export async function newToken(nats: TestNats, role: string, team?: string): Promise<{ id: string; token: string }> {
  const args = [
    ...builtService('hub/src/token.ts'),
    'add',
    '--role',
    role,
    '--name',
    'Ana Ruiz',
    '--json',
    ...(team === undefined ? [] : ['--team', team]),
  ];
  const { stdout } = await run(process.execPath, args, { env: { ...pathEnv(), ...nats.env('operator') } });
  return JSON.parse(stdout);
}
