import './zod-without-eval';
import { io } from 'socket.io-client';
import type { z } from 'zod';
import { hubTokenAnswer } from '@deskwire/contracts/session';
import { frame, hubHeartbeat, subscribeAck, type Frame, type HubHeartbeat } from '@deskwire/contracts/hub-protocol';

/** How the way to the hub is. */
export type LinkState =
  | { state: 'connecting' }
  | { state: 'connected' }
  | { state: 'reconnecting' }
  /** The hub answers, but will not serve the channel now. */
  | { state: 'refused'; message: string }
  | { state: 'signed-out' };

export type FrameOf<Data> = Frame & { data: Data };

export interface ChannelListener<Data> {
  onFrame: (frame: FrameOf<Data>) => void;
  onHeartbeat: (heartbeat: HubHeartbeat) => void;
  onLink: (link: LinkState) => void;
}

const subscribeAnswerMs = 5_000;
const retryMs = { first: 500, max: 5_000 };

/**
 * Follows one channel for as long as the page is open: signs in with a fresh pass each time, subscribes, and comes back
 * after whatever breaks. The only file that knows socket.io-client.
 */
export function followChannel<Data>(
  hubUrl: string,
  ch: string,
  data: z.ZodType<Data>,
  listener: ChannelListener<Data>,
): { resume: () => void; close: () => void } {
  let closed = false;
  let failures = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const frameOfChannel = frame.extend({ data });
  const socket = io(hubUrl, {
    transports: ['websocket'],
    reconnectionDelay: retryMs.first,
    reconnectionDelayMax: retryMs.max,
    auth: (give) => void readPass().then((token) => give({ token })),
  });

  socket.on('connect', subscribe);
  socket.on('frame', (message: unknown) => {
    const parsed = frameOfChannel.safeParse(message);
    if (parsed.success && parsed.data.ch === ch) listener.onFrame(parsed.data);
  });
  socket.on('heartbeat', (message: unknown) => {
    const parsed = hubHeartbeat.safeParse(message);
    if (parsed.success && parsed.data.ch === ch) listener.onHeartbeat(parsed.data);
  });
  socket.on('disconnect', lost);
  socket.on('connect_error', lost);

  function lost(): void {
    if (closed) return;
    listener.onLink({ state: 'reconnecting' });
    // socket.io comes back by itself from a broken connection, but not when the server said no.
    if (!socket.active) later(() => socket.connect());
  }

  function subscribe(): void {
    socket
      .timeout(subscribeAnswerMs)
      .emitWithAck('subscribe', { ch })
      .then((message: unknown) => {
        const answer = subscribeAck.parse(message);
        if (answer.ok) {
          failures = 0;
          listener.onLink({ state: 'connected' });
          return;
        }
        listener.onLink({ state: 'refused', message: answer.error.message });
        if (answer.error.code === 'unavailable') later(subscribe);
      })
      // No answer in time: a broken connection says so itself; a living one is asked again.
      .catch(() => later(() => socket.connected && subscribe()));
  }

  function later(run: () => void): void {
    failures += 1;
    clearTimeout(retry);
    const waitMs = Math.min(retryMs.max, retryMs.first * 2 ** Math.min(failures, 5));
    retry = setTimeout(() => !closed && run(), waitMs * (0.5 + Math.random()));
  }

  /** Undefined when there is none to get: the hub then refuses, and the next try asks again. */
  async function readPass(): Promise<string | undefined> {
    try {
      const response = await fetch('/api/v1/hub-token');
      if (response.status === 401) {
        close();
        listener.onLink({ state: 'signed-out' });
        return undefined;
      }
      return response.ok ? hubTokenAnswer.parse(await response.json()).token : undefined;
    } catch {
      return undefined; // The web server is away as well.
    }
  }

  function close(): void {
    closed = true;
    clearTimeout(retry);
    socket.disconnect();
  }

  return { resume: () => socket.connected && subscribe(), close };
}
