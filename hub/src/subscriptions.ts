import { mayListen, parseChannel, type Channel } from '@deskwire/contracts/channels';
import {
  command,
  subscribe,
  unsubscribe,
  type CommandAck,
  type HubError,
  type SubscribeAck,
} from '@deskwire/contracts/hub-protocol';
import { may } from '@deskwire/contracts/roles';
import type { LiveChannel } from './flow-channel.ts';
import type { HubSocket } from './hub-socket.ts';

/** Channels by kind; a kind that is not here yet answers `unavailable`. */
export type LiveChannels = Partial<Record<Channel['kind'], LiveChannel>>;

/** Answers what one client says: the protocol of DESIGN section 3, authorised by its role. */
export function serveSubscriptions(socket: HubSocket, live: LiveChannels): void {
  socket.on('subscribe', (message, ack) => {
    void join(message).then((answer) => {
      reply(ack, answer);
    });
  });
  socket.on('unsubscribe', (message, ack) => {
    const parsed = unsubscribe.safeParse(message);
    const channel = parsed.success ? parseChannel(parsed.data.ch) : undefined;
    if (channel !== undefined) live[channel.kind]?.unsubscribe(socket);
    reply(
      ack,
      channel === undefined ? refuse('invalid', 'unsubscribe takes {ch}, with the name of a channel') : { ok: true },
    );
  });
  socket.on('command', (message, ack) => reply(ack, judgeCommand(message)));
  socket.on('disconnect', () => {
    for (const channel of Object.values(live)) channel.unsubscribe(socket);
  });

  async function join(message: unknown): Promise<SubscribeAck> {
    const parsed = subscribe.safeParse(message);
    if (!parsed.success) return refuse('invalid', 'subscribe takes {ch, epoch?, seq?}');
    const { ch } = parsed.data;
    const channel = parseChannel(ch);
    if (channel === undefined) return refuse('not-found', `there is no channel "${ch.slice(0, 40)}"`);
    const { actor } = socket.data.who;
    if (!mayListen(actor, channel))
      return refuse('forbidden', `the role ${actor.role} may not listen to ${channel.kind}`);
    const served = live[channel.kind];
    if (served === undefined) return refuse('unavailable', `channel ${channel.kind} is not served by this version`);
    return served.subscribe(socket);
  }

  function judgeCommand(message: unknown): CommandAck {
    if (!command.safeParse(message).success) return refuse('invalid', 'this is no command, or an argument is missing');
    return may(socket.data.who.actor, 'ticket.command')
      ? refuse('unavailable', 'commands are not served by this version')
      : refuse('forbidden', `the role ${socket.data.who.actor.role} may not change tickets`);
  }
}

function refuse(code: HubError['code'], message: string): { ok: false; error: HubError } {
  return { ok: false, error: { code, message } };
}

function reply(ack: unknown, answer: SubscribeAck | CommandAck): void {
  if (isAck(ack)) ack(answer);
}

function isAck(value: unknown): value is (answer: unknown) => void {
  return typeof value === 'function';
}
