import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { z } from 'zod';

/**
 * A wire between a client and a server that notes what the server sends, `at` in ms of `performance.now()`. It goes on reading
 * when the client has gone, so that a server which does not stop is seen.
 */
export async function tapWire(url: string) {
  const { hostname, port } = new URL(url);
  const sent: { at: number; bytes: Buffer }[] = [];
  const sockets: Socket[] = [];
  let endedAt: number | undefined;
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    sockets.push(near, far);
    near.on('data', (bytes) => far.write(bytes));
    far.on('data', (bytes) => {
      sent.push({ at: performance.now(), bytes });
      near.write(bytes);
    });
    const end = () => {
      endedAt ??= performance.now();
      near.end();
    };
    far.once('end', end).once('close', end);
    // A reset by the server is an end too; one by the client says nothing about the server.
    near.on('error', () => {});
    far.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = z.object({ port: z.number() }).parse(server.address());

  return {
    url: `http://127.0.0.1:${address.port}`,
    sent,
    /** When the server ended the connection; undefined as long as it has not. */
    endedAt: () => endedAt,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
