import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { builtService } from '@deskwire/runtime/built-service';
import { freePort, type TestNats } from '@deskwire/supervisor/start-nats';

const room = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** Builds the web app unless the build is newer than every source of it. */
export async function buildWeb(): Promise<void> {
  const built = join(room, 'build', 'handler.js');
  const sources = [
    join(room, 'src'),
    ...['contracts', 'clickhouse', 'vault', 'people'].map((other) => join(room, '..', other, 'src')),
  ];
  const newest = Math.max(...sources.flatMap(filesIn).map((file) => statSync(file).mtimeMs));
  if (existsSync(built) && statSync(built).mtimeMs > newest) return;
  await run('npm', ['run', 'build'], { cwd: room });
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The web server as `npm start` runs it; `url` answers when this resolves. */
export async function startWeb(env: Record<string, string>): Promise<{
  url: string;
  /** All that it has logged. */
  output: () => string;
  stop: () => Promise<unknown>;
}> {
  const port = env['WEB_PORT'] ?? String(await freePort());
  const child = spawn(process.execPath, builtService('web/src/main.ts'), {
    env: { PATH: process.env['PATH'], WEB_PORT: port, ...env },
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
  const { stdout } = await run(process.execPath, args, { env: { PATH: process.env['PATH'], ...nats.env('operator') } });
  return JSON.parse(stdout);
}
