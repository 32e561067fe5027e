import { channels } from '@deskwire/contracts/channels';
import { createLatestChannel, type ChannelDoors, type FrameSource } from './latest-channel.ts';

/** Channel `flow`: every hub makes its own frames. */
export function createFlowChannel(source: FrameSource, doors: ChannelDoors) {
  return createLatestChannel({ room: channels.flow, source, unknown: nothingKnown, doors });
}

const nothingKnown =
  'The data flow is not known: ClickHouse or NATS does not answer, and no report was made since the hub started. Try again in a few seconds.';
