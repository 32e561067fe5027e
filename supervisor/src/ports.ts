import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { StartRefused } from './start-refused.ts';

export interface WantedPort {
  /** What listens there. */
  part: string;
  host: string;
  port: number;
  /** The variable that moves it. */
  variable: string;
}

/** Tries every port before anything is started. Throws StartRefused that names the first one in use and its variable. */
export async function requireFreePorts(wanted: WantedPort[]): Promise<void> {
  const twice = wanted.find(({ port }, index) => wanted.findIndex((other) => other.port === port) < index);
  if (twice !== undefined)
    throw new StartRefused(`port ${twice.port} is given to two parts; set ${twice.variable} to another one`);
  for (const { part, host, port, variable } of wanted) {
    const why = await whyNot(host, port);
    if (why === undefined) continue;
    throw new StartRefused(
      `port ${port}, wanted for ${part}, ${why}; stop what uses it or set ${variable} to another port`,
    );
  }
}

/** Undefined when a server can be opened there. */
async function whyNot(host: string, port: number): Promise<string | undefined> {
  // Some systems let a second server bind one address of a port that is taken on all of them: first see who answers.
  if (await answers(host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, port))
    return 'is in use by another program';
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be opened on ${host} (${code})`;
  } finally {
    server.close();
  }
}

async function answers(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: 1_000 });
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('timeout', () => resolve(false));
      socket.once('error', () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
