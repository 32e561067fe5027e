import { channels } from '@deskwire/contracts/channels';
import { flowReport, type FlowReport } from '@deskwire/contracts/flow';
import { followChannel, type ChannelListener } from './hub-client';

/** Channel `flow`, checked. Loaded after the first paint: sockets and schemas are nothing that it needs. */
export function followFlow(hubUrl: string, listener: ChannelListener<FlowReport>) {
  return followChannel(hubUrl, channels.flow, flowReport, listener);
}
