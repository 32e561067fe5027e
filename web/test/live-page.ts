import { frame, hubHeartbeat, subscribeAck } from '@deskwire/contracts/hub-protocol';
import { kpiFrame, type KpiAnswers, type KpiFrame } from '@deskwire/contracts/kpi';
import { io } from 'socket.io-client';
import { createChannelFollower, type FrameOf, type LinkState } from '../src/lib/live/channel-follower';
import { judgeTrust } from '../src/lib/live/trust';

/**
 * What the overview does, over a real socket: the same follower and the same judgement, with the socket of a program. `trustsAll` is
 * the control: a page that takes whatever it holds for all there is, whatever the hub says of its head.
 */
export function openLivePage(url: string, token: string, { trustsAll = false }: { trustsAll?: boolean } = {}) {
  let link: LinkState = { state: 'connecting' };
  let held: { frame: FrameOf<KpiFrame>; receivedAt: number } | undefined;
  let [frames, beats, losses] = [0, 0, 0];
  const socket = io(url, {
    ...{ transports: ['websocket'], forceNew: true, auth: { token } },
    ...{ reconnectionDelay: 400, reconnectionDelayMax: 1_200 },
  });
  const follower = createChannelFollower<KpiFrame>(
    {
      subscribe: async ({ epoch, seq }) =>
        subscribeAck.parse(
          await socket
            .timeout(6_000)
            .emitWithAck('subscribe', epoch === undefined ? { ch: 'kpi:all' } : { ch: 'kpi:all', epoch, seq }),
        ),
      unsubscribe: () => socket.emit('unsubscribe', { ch: 'kpi:all' }),
      reconnect: () => socket.io.engine.close(),
      after: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      random: Math.random,
    },
    {
      onFrame: (next) => (held = { frame: next, receivedAt: performance.now() }),
      onLink: (next) => {
        if (link.state === 'connected' && next.state !== 'connected') losses += 1;
        link = next;
      },
      onHeartbeat: () => undefined,
    },
  );
  let retry: NodeJS.Timeout | undefined;
  /** As the page: socket.io does not come back by itself when the hub said no. */
  function lost(): void {
    follower.lost();
    if (!socket.active) retry = setTimeout(() => socket.connect(), 600 + 600 * Math.random());
  }
  socket.on('connect', follower.connected);
  socket.on('disconnect', lost);
  socket.on('connect_error', lost);
  socket.on('frame', (message) => {
    frames += 1;
    follower.frame(frame.extend({ data: kpiFrame }).parse(message));
  });
  socket.on('heartbeat', (message) => {
    beats += 1;
    const beat = hubHeartbeat.parse(message);
    const { epoch, seq: head } = held?.frame ?? { epoch: beat.epoch, seq: beat.head };
    follower.heartbeat(trustsAll ? { ...beat, epoch, head } : beat);
  });
  function trust() {
    if (held === undefined) return judgeTrust(link, { proof: undefined, at: '', ageMs: 0 });
    const { at, data } = held.frame;
    const created = data.kpis.created;
    const proof = created && { asOf: created.as_of, watermark: undefined, why: created.completeness.why ?? null };
    return judgeTrust(link, { proof, at, ageMs: performance.now() - held.receivedAt });
  }
  return {
    isLive: () => link.state === 'connected',
    /** What the line at the top of the page says. */
    trust: () => trust().state,
    figures: () => figuresOf(held?.frame.data.kpis),
    heard: () => ({ frames, beats }),
    /** How often it was live and then was not. */
    losses: () => losses,
    /** As when the network goes: nobody says goodbye. */
    cut: () => socket.io.engine.close(),
    close: () => {
      clearTimeout(retry);
      follower.close();
      socket.off();
      socket.disconnect();
    },
  };
}

/** What has to be the same wherever figures are shown. */
export const figuresOf = (answers: KpiAnswers | undefined) =>
  Object.entries(answers ?? {}).map(([name, { value, n, business }]) => ({ name, value, n, business }));
