import './zod-without-eval';
import { frame, hubHeartbeat, hubProtocolVersion, subscribeAck } from '@deskwire/contracts/hub-protocol';
import { hubTokenAnswer } from '@deskwire/contracts/session';
import { io } from 'socket.io-client';
import { z } from 'zod';
import { askWeb } from '../ask-web';
import { createChannelFollower, type ChannelListener, type Followed, type Refusal } from './channel-follower';
import type { ChannelDoor } from './hub-link';
import { watchPage } from './watch-page';

export interface HubClient {
  follow: <Data>(door: ChannelDoor<Data>, listener: ChannelListener<Data>) => Followed;
  close: () => void;
}

/** The hub may wait 4 s for a first frame. */
const answerMs = 6_000;
const retryMs = { first: 400, max: 1_200 };
/** Heartbeats come every 5 s: two missed ones make the connection suspect. */
const silenceMaxMs = 11_000;

/** One follower as the socket sees it, whatever its data are. */
interface Follower {
  ch: string;
  frame: (message: unknown) => void;
  heartbeat: (message: ReturnType<typeof hubHeartbeat.parse>) => void;
  connected: () => void;
  lost: (why?: Refusal) => void;
  signedOut: () => void;
  doubt: () => void;
  setPaused: (by: 'person' | 'hidden', on: boolean) => void;
  isActive: () => boolean;
}

/**
 * One socket to the hub: signs in with a fresh pass each time, comes back after whatever breaks, and rests while nobody looks
 * at the page. The only file that knows socket.io-client.
 */
export function openHub(hubUrl: string): HubClient {
  const followers = new Set<Follower>();
  let heardAt = performance.now();
  let isSigningIn = false;
  let isClosed = false;
  const socket = io(hubUrl, {
    transports: ['websocket'],
    reconnectionDelay: retryMs.first,
    reconnectionDelayMax: retryMs.max,
    auth: (give) => {
      isSigningIn = true;
      void readPass().then((pass) => {
        isSigningIn = false;
        if (isClosed) return;
        if (pass.state === 'given') give({ token: pass.token, version: hubProtocolVersion });
        else if (pass.state === 'signed-out') {
          close();
          each((follower) => follower.signedOut());
        } else {
          // Whoever comes without a pass counts as a failed sign-in of this address, and too many lock out its other pages.
          socket.disconnect();
          lost();
        }
      });
    },
  });

  socket.on('connect', () => each((follower) => follower.connected()));
  socket.on('disconnect', () => lost());
  socket.on('connect_error', (error) =>
    lost(wrongVersion.safeParse(error).success ? { state: 'outdated' } : undefined),
  );
  socket.on('frame', (message: unknown) => {
    heardAt = performance.now();
    each((follower) => follower.frame(message));
  });
  socket.on('heartbeat', (message: unknown) => {
    heardAt = performance.now();
    const parsed = hubHeartbeat.safeParse(message);
    if (parsed.success) each((follower) => follower.ch === parsed.data.ch && follower.heartbeat(parsed.data));
  });

  const page = watchPage({
    onHidden: (hidden) => each((follower) => follower.setPaused('hidden', hidden)),
    onWake: () => each((follower) => follower.doubt()),
    onOffline: reconnect,
    onOnline: connectNow,
  });
  const silence = setInterval(() => {
    if (!socket.connected || performance.now() - heardAt < silenceMaxMs) return;
    heardAt = performance.now();
    each((follower) => follower.doubt());
  }, 1_000);

  function each(run: (follower: Follower) => unknown): void {
    for (const follower of [...followers]) run(follower);
  }

  let retry: ReturnType<typeof setTimeout> | undefined;
  function lost(why?: Refusal): void {
    each((follower) => follower.lost(why));
    // socket.io comes back by itself from a broken connection, but not when the server said no.
    if (socket.active) return;
    clearTimeout(retry);
    retry = setTimeout(() => socket.connect(), retryMs.max * (0.5 + Math.random()));
  }
  function reconnect(): void {
    socket.io.engine.close();
  }
  /** Without the rest of a wait that began while there was no network. */
  function connectNow(): void {
    if (socket.connected || isSigningIn) return;
    clearTimeout(retry);
    socket.disconnect().connect();
  }

  async function readPass(): Promise<{ state: 'given'; token: string } | { state: 'signed-out' | 'away' }> {
    try {
      const response = await askWeb('/api/v1/hub-token');
      if (response.status === 401) return { state: 'signed-out' };
      if (!response.ok) return { state: 'away' };
      return { state: 'given', token: hubTokenAnswer.parse(await response.json()).token };
    } catch {
      return { state: 'away' }; // The network, or the web server.
    }
  }

  function close(): void {
    isClosed = true;
    clearTimeout(retry);
    clearInterval(silence);
    page.stop();
    socket.off();
    socket.disconnect();
  }

  return {
    follow({ ch, schema }, listener) {
      const frameOfChannel = frame.extend({ data: schema });
      const inner = createChannelFollower(
        {
          subscribe: async ({ epoch, seq }) =>
            subscribeAck.parse(
              await socket
                .timeout(answerMs)
                .emitWithAck('subscribe', epoch === undefined ? { ch } : { ch, epoch, seq }),
            ),
          unsubscribe: () => {
            const others = [...followers].some((other) => other !== follower && other.ch === ch && other.isActive());
            if (!others && socket.connected) socket.emit('unsubscribe', { ch });
          },
          reconnect,
          after: (ms, run) => {
            const timer = setTimeout(run, ms);
            return () => clearTimeout(timer);
          },
          random: Math.random,
        },
        listener,
      );
      const follower: Follower = {
        ...inner,
        ch,
        frame: (message) => {
          const parsed = frameOfChannel.safeParse(message);
          if (parsed.success && parsed.data.ch === ch) inner.frame(parsed.data);
        },
      };
      followers.add(follower);
      inner.setPaused('hidden', page.isHidden());
      if (socket.connected) inner.connected();
      return {
        pause: () => inner.setPaused('person', true),
        resume: () => inner.setPaused('person', false),
        close: () => {
          const wasActive = inner.isActive();
          inner.close();
          followers.delete(follower);
          const others = [...followers].some((other) => other.ch === ch && other.isActive());
          if (wasActive && !others && socket.connected) socket.emit('unsubscribe', { ch });
        },
      };
    },
    close,
  };
}

/** What the hub answers to a page from before an update. */
const wrongVersion = z.object({ data: z.object({ code: z.literal('wrong-version') }) });
