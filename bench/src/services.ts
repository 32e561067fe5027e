import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Role } from '@deskwire/contracts/roles';
import { freePort } from '@deskwire/supervisor/start-nats';
import { z } from 'zod';
import { readMachineEnv } from './env.ts';
import { startChild, type Child } from './child.ts';
import type { Servers } from './servers.ts';

export interface Services {
  webUrl: string;
  hubUrl: string;
  /** Of all processes that take part: servers, services, and this one as `bench`. */
  pids: Record<string, number>;
  /** Throws when the work fails or a service ends meanwhile, with what the services wrote last. */
  during: <Result>(work: () => Promise<Result>) => Promise<Result>;
  stop: () => Promise<void>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

/** Rooms as `npm start` runs them, each a process of its own; all are ready when this resolves. */
export async function startServices(
  servers: Servers,
  wanted: readonly ('ingest' | 'workflows' | 'hub' | 'web')[],
): Promise<Services> {
  if (wanted.includes('web')) await buildWebApp();
  const [webPort, hubPort] = [await freePort(), await freePort()];
  const ports = { WEB_PORT: String(webPort), HUB_PORT: String(hubPort) };
  const envs = {
    ingest: servers.ingestEnv,
    workflows: servers.deskEnv,
    hub: { ...servers.hubEnv, ...ports },
    web: { ...servers.webEnv, ...ports },
  };
  const children: Child[] = [];
  const pids: Record<string, number> = { ...servers.pids, bench: process.pid };
  const stop = async () => {
    for (const child of children.toReversed()) await child.stop();
  };
  try {
    for (const room of wanted) {
      const child = startChild({ file: `${room}/src/main.ts`, env: envs[room] });
      children.push(child);
      pids[room] = child.pid;
      await child.ready;
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    webUrl: `http://127.0.0.1:${webPort}`,
    hubUrl: `http://127.0.0.1:${hubPort}`,
    pids,
    stop,
    during: async (work) => {
      try {
        return await Promise.race([work(), ...children.map((child) => child.failed)]);
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`${why}; the processes wrote: ${children.map((child) => child.said()).join('\n')}`, { cause });
      }
    },
  };
}

const buildScript = `import { buildWeb } from './supervisor/setup/web-build.mjs'; await buildWeb(process.cwd(), console.error);`;

/** Like `npm start`: only when its sources are not those of the build that is there. */
async function buildWebApp(): Promise<void> {
  await run(process.execPath, ['--input-type=module', '--eval', buildScript], { cwd: root });
}

const madeToken = z.object({ token: z.string() });

/** A bearer token as `npm run token -- add` makes it. */
export async function newToken({ plainEnv }: Servers, role: Role): Promise<string> {
  const args = ['--import', 'tsx', 'hub/src/token.ts', 'add', '--role', role, '--name', 'Bench', '--json'];
  const env = { PATH: readMachineEnv().PATH, ...plainEnv };
  const { stdout } = await run(process.execPath, args, { cwd: root, env });
  return madeToken.parse(JSON.parse(stdout)).token;
}
