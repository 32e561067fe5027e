import './zod-without-eval';
import { channels, type KpiScope } from '@deskwire/contracts/channels';
import { kpiFrame, type KpiFrame } from '@deskwire/contracts/kpi';
import type { ChannelDoor } from './hub-link';

/** Channel `kpi:<scope>`, checked. Loaded after the first paint: schemas are nothing that it needs. */
export const kpiChannel = (scope: KpiScope): ChannelDoor<KpiFrame> => ({
  ch: channels.kpi(scope),
  schema: kpiFrame,
});
