import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { z } from 'zod';

/**
 * One address before several hubs, as a load balancer is: each connection goes to the next hub that takes it. On request it loses
 * the frames on the way to the clients, and nothing else.
 */
export async function balanceHubs(hubUrls: string[]) {
  let hubs = [...hubUrls];
  let turn = 0;
  let losesFrames = false;
  const open = new Map<Socket, { near: Socket; hub: string }>();
  const server = createServer((near) => {
    turn += 1;
    reach(near, [...hubs.slice(turn % hubs.length), ...hubs.slice(0, turn % hubs.length)]);
  });

  function reach(near: Socket, [hub, ...others]: string[]): void {
    if (hub === undefined) {
      near.destroy();
      return;
    }
    const { hostname, port } = new URL(hub);
    const far = connect({ host: hostname, port: Number(port) });
    const refused = () => reach(near, others);
    far.once('error', refused);
    far.once('connect', () => {
      far.off('error', refused);
      open.set(far, { near, hub });
      near.pipe(far);
      const pass = createFrameFilter(
        (bytes) => near.write(bytes),
        () => losesFrames,
      );
      far.on('data', pass);
      const end = () => {
        open.delete(far);
        near.destroy();
        far.destroy();
      };
      for (const socket of [near, far]) socket.on('close', end).on('error', end);
    });
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());

  return {
    url: `http://127.0.0.1:${port}`,
    connectionsOf: (hubUrl: string) => [...open.values()].filter(({ hub }) => hub === hubUrl).length,
    loseFrames: (on: boolean) => (losesFrames = on),
    setHubs: (urls: string[]) => (hubs = [...urls]),
    close: () => {
      for (const [far, { near }] of open) {
        near.destroy();
        far.destroy();
      }
      server.close();
    },
  };
}

/** Takes what a hub sends in whatever pieces, and passes it on message by message, less the frames of channels while `loses`. */
function createFrameFilter(send: (bytes: Buffer) => void, loses: () => boolean): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0);
  let isUpgraded = false;
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    if (!isUpgraded) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      isUpgraded = true;
      send(rest.subarray(0, end + 4));
      rest = rest.subarray(end + 4);
    }
    for (let message = firstMessage(rest); message !== undefined; message = firstMessage(rest)) {
      rest = rest.subarray(message.bytes.length);
      if (!(loses() && message.isFrame)) send(message.bytes);
    }
  };
}

/** The first whole websocket message of a server (RFC 6455: never masked); undefined while more of it has to come. */
function firstMessage(bytes: Buffer): { bytes: Buffer; isFrame: boolean } | undefined {
  if (bytes.length < 10) {
    const short = bytes.length >= 2 && bytes.readUInt8(1) < 126 ? 2 + bytes.readUInt8(1) : Infinity;
    if (bytes.length < short) return undefined;
  }
  const told = bytes.readUInt8(1);
  const head = told === 127 ? 10 : told === 126 ? 4 : 2;
  const body = told === 127 ? Number(bytes.readBigUInt64BE(2)) : told === 126 ? bytes.readUInt16BE(2) : told;
  if (bytes.length < head + body) return undefined;
  const whole = bytes.subarray(0, head + body);
  return { bytes: whole, isFrame: whole.subarray(head, head + 10).toString() === '42["frame"' };
}
