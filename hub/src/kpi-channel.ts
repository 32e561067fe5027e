import { channels, kpiScopeOf, parseChannel, type Channel, type KpiScope } from '@deskwire/contracts/channels';
import type { HubError, SubscribeAck } from '@deskwire/contracts/hub-protocol';
import type { HubSocket } from './hub-socket.ts';
import type { KpiFrames } from './kpi-frames.ts';
import { createLatestChannel, type ChannelDoors, type LiveChannel } from './latest-channel.ts';
import { createScopeShares } from './scope-shares.ts';

/** Channels `kpi:<scope>`: what the hub with the lease publishes, fanned out to who listens here. */
export function createKpiChannel({
  frames,
  want,
  isKnownTeam,
  doors,
}: {
  frames: KpiFrames;
  /** False when no more scopes can be followed. */
  want: (scope: KpiScope, on: boolean) => boolean;
  /** Rejects when that cannot be asked. */
  isKnownTeam: (team: string) => Promise<boolean>;
  doors: ChannelDoors;
}): LiveChannel & { take: (message: unknown) => void } {
  const open = new Map<KpiScope, ReturnType<typeof createLatestChannel>>();
  const shares = createScopeShares();

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

  /** Whose figures there will never be any of, takes no place of those that there are. One's own team exists, also before its first ticket. */
  async function refusalOf({ data }: HubSocket, { scope }: KpiChannel): Promise<Refusal | undefined> {
    if (scope === 'all' || data.who.actor.teams.includes(scope.team) || open.has(`team:${scope.team}`))
      return undefined;
    // ClickHouse does not answer: without it there are no figures of a team that nobody listens to.
    const isKnown = await isKnownTeam(scope.team).catch(() => undefined);
    if (isKnown === undefined) return refuse('unavailable', nothingKnown);
    return isKnown ? undefined : refuse('not-found', `No ticket was ever in team "${scope.team.slice(0, 40)}".`);
  }

  return {
    async subscribe(socket, from) {
      const channel = parseChannel(from.ch);
      if (channel?.kind !== 'kpi') throw new TypeError(`${from.ch} is no channel of figures`);
      const scope = kpiScopeOf(channel);
      const held = shares.holds(socket, scope);
      if (!shares.take(socket, scope)) return refuse('invalid', tooManyOfOne);
      const refusal = await refusalOf(socket, channel);
      // Gone, or unsubscribed, while that was asked.
      if (refusal === undefined && !shares.holds(socket, scope)) return { ok: true };
      const isFull = refusal === undefined && !want(scope, true);
      const answer =
        refusal ?? (isFull ? refuse('unavailable', tooManyScopes) : await channelOf(scope).subscribe(socket, from));
      // What it followed before it asked again it may follow still.
      if (!answer.ok && !held) shares.drop(socket, scope);
      return answer;
    },
    unsubscribe(socket, ch) {
      const channel = ch === undefined ? undefined : parseChannel(ch);
      shares.drop(socket, channel?.kind === 'kpi' ? kpiScopeOf(channel) : undefined);
      for (const [scope, each] of open) if (ch === undefined || ch === channels.kpi(scope)) each.unsubscribe(socket);
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

type KpiChannel = Extract<Channel, { kind: 'kpi' }>;
type Refusal = Extract<SubscribeAck, { ok: false }>;
const refuse = (code: HubError['code'], message: string): Refusal => ({ ok: false, error: { code, message } });

const nothingKnown =
  'The figures are not known: ClickHouse or NATS does not answer, and nothing was read since the hub started. Try again in a few seconds.';
const tooManyOfOne =
  'You follow the figures of as many teams as one person may, in all pages and programs together: close one first.';
const tooManyScopes = 'The hub follows as many teams as it can at a time. Try again later, or listen to kpi:all.';
