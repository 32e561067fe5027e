import { createServer } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { listenAt } from './health.ts';

const servers: ReturnType<typeof createServer>[] = [];
const server = () => {
  const made = createServer();
  servers.push(made);
  return made;
};
afterEach(() => {
  for (const each of servers.splice(0)) each.close();
});

it('gives the second process of a machine a port of its own, and refuses one that was given and is taken', async () => {
  const host = '127.0.0.1';
  const usualPort = await listenAt(server(), { host, port: 0, usualPort: 0 });
  const second = await listenAt(server(), { host, port: undefined, usualPort });
  expect(second).not.toBe(usualPort);
  await expect(listenAt(server(), { host, port: usualPort, usualPort: 0 })).rejects.toThrow('EADDRINUSE');
});
