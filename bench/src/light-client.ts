import { connect, type Socket } from 'node:net';
import { channels } from '@deskwire/contracts/channels';
import { reconnectDelayMs, refusedDelayMs, unservedDelayMs } from './reconnect-delay.ts';
import { clientFrame, createFrameReader, opcodes } from './server-frames.ts';

/** How to talk to a server: Socket.IO's protocol, or a bare WebSocket on which every message is a frame. */
export interface Wire {
  port: number;
  protocol: 'socket.io' | 'bare';
  /** What `auth` carries; without meaning to servers that do not ask. */
  token: string;
}

export interface LightClient {
  /** Unix ms since when it has been subscribed and holding a frame; undefined while it is not. */
  upSince: () => number | undefined;
  /** KPI frames so far. */
  frames: () => number;
  close: () => void;
}

const host = '127.0.0.1';
const subscribeText = `420${JSON.stringify(['subscribe', { ch: channels.kpi('all') }])}`;
const connected = 'HTTP/1.1 101';
/** One for all clients of the process: what is read is looked at before the next read. */
const readBuffer = Buffer.alloc(64 * 1024);

/**
 * A client with nothing but what the measurement needs: it signs in, subscribes to kpi:all, counts frames, answers pings, and comes
 * back as the page does (its pass from the web server left out). Knows the six packets of Engine.IO 4 and Socket.IO 5 that occur.
 */
export function openLightClient({ port, protocol, token }: Wire): LightClient {
  let socket: Socket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let unserved = 0;
  let frames = 0;
  let subscribed = false;
  let holds = false;
  let upSince: number | undefined;
  let closed = false;

  function open(): void {
    let greeting: string | undefined = '';
    const read = createFrameReader(heard);
    const onread = {
      buffer: readBuffer,
      callback: (bytes: number, buffer: Uint8Array) => {
        const chunk = Buffer.from(buffer.buffer, buffer.byteOffset, bytes);
        if (greeting === undefined) {
          read(chunk);
          return true;
        }
        greeting += chunk.toString('latin1');
        const end = greeting.indexOf('\r\n\r\n');
        if (end < 0) return true;
        const rest = Buffer.from(greeting.slice(end + 4), 'latin1');
        if (greeting.startsWith(connected)) opened();
        else socket?.destroy();
        greeting = undefined;
        read(rest);
        return true;
      },
    };
    socket = connect({ port, host, noDelay: true, onread });
    const path = protocol === 'bare' ? '/' : '/socket.io/?EIO=4&transport=websocket';
    const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13';
    const key = 'Sec-WebSocket-Key: ZGVza3dpcmUgYmVuY2ggMQ==';
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n${upgrade}\r\n${key}\r\n\r\n`);
    socket.on('error', () => undefined); // It closes then.
    socket.on('close', lost);
  }
  function opened(): void {
    attempt = 0;
    subscribed = protocol === 'bare';
  }
  function lost(): void {
    clearTimeout(timer);
    [subscribed, holds, upSince] = [false, false, undefined];
    if (!closed) timer = setTimeout(open, reconnectDelayMs(attempt++, Math.random()));
  }
  const say = (text: string) => void socket?.write(clientFrame(opcodes.text, text));
  const signIn = () => say(`40${JSON.stringify({ token })}`);
  const subscribe = () => say(subscribeText);
  function later(run: () => void, ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(run, ms);
  }

  function heard(opcode: number, head: string): void {
    if (opcode === opcodes.ping) socket?.write(clientFrame(opcodes.pong));
    else if (opcode !== opcodes.text) return;
    else if (protocol === 'bare' || head.startsWith('42["frame"')) {
      frames += 1;
      holds = true;
    } else if (head === '2') say('3');
    else if (head.startsWith('0{')) signIn();
    else if (head.startsWith('40')) subscribe();
    else if (head.startsWith('430[{"ok":true')) [subscribed, unserved] = [true, 0];
    else if (head.startsWith('430')) later(subscribe, unservedDelayMs(unserved++, Math.random()));
    else if (head.startsWith('44')) later(signIn, refusedDelayMs(Math.random()));
    if (subscribed && holds) upSince ??= Date.now();
  }

  open();
  return {
    upSince: () => upSince,
    frames: () => frames,
    close: () => {
      closed = true;
      clearTimeout(timer);
      socket?.destroy();
    },
  };
}
