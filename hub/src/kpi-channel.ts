import { channels, kpiScopeOf, parseChannel, type KpiScope } from '@deskwire/contracts/channels';
import type { KpiFrames } from './kpi-frames.ts';
import { createLatestChannel, type ChannelDoors, type LiveChannel } from './latest-channel.ts';

/** Channels `kpi:<scope>`: what the hub with the lease publishes, fanned out to who listens here. */
export function createKpiChannel({
  frames,
  want,
  doors,
}: {
  frames: KpiFrames;
  /** False when no more scopes can be followed. */
  want: (scope: KpiScope, on: boolean) => boolean;
  doors: ChannelDoors;
}): LiveChannel & { take: (message: unknown) => void } {
  const open = new Map<KpiScope, ReturnType<typeof createLatestChannel>>();

  function channelOf(scope: KpiScope) {
    const found = open.get(scope);
    if (found !== undefined) return found;
    const made = createLatestChannel({
      room: channels.kpi(scope),
      source: {
        listen: (on) => {
          want(scope, on);
          if (!on) open.delete(scope);
        },
        current: () => frames.current(scope),
        head: () => frames.head(scope),
      },
      unknown: nothingKnown,
      doors,
    });
    open.set(scope, made);
    return made;
  }

  return {
    subscribe(socket, from) {
      const channel = parseChannel(from.ch);
      if (channel?.kind !== 'kpi') throw new TypeError(`${from.ch} is no channel of figures`);
      const scope = kpiScopeOf(channel);
      if (!want(scope, true))
        return Promise.resolve({ ok: false, error: { code: 'unavailable', message: tooManyScopes } });
      return channelOf(scope).subscribe(socket, from);
    },
    unsubscribe(socket, ch) {
      for (const [scope, channel] of open)
        if (ch === undefined || ch === channels.kpi(scope)) channel.unsubscribe(socket);
    },
    heartbeat(at) {
      for (const channel of open.values()) channel.heartbeat(at);
    },
    take(message) {
      const taken = frames.take(message);
      if (taken !== undefined) open.get(taken.scope)?.publish(taken.frame);
    },
  };
}

const nothingKnown =
  'The figures are not known: ClickHouse or NATS does not answer, and nothing was read since the hub started. Try again in a few seconds.';
const tooManyScopes = 'The hub follows as many teams as it can at a time. Try again later, or listen to kpi:all.';
