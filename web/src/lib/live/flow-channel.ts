import './zod-without-eval';
import { channels } from '@deskwire/contracts/channels';
import { flowReport, type FlowReport } from '@deskwire/contracts/flow';
import type { ChannelDoor } from './hub-link';

/** Channel `flow`, checked. Loaded after the first paint: schemas are nothing that it needs. */
export const flowChannel: ChannelDoor<FlowReport> = { ch: channels.flow, schema: flowReport };
