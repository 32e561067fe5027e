import type { Log } from '@deskwire/runtime/log';
import { pause } from '@deskwire/streams/pause';
import {
  businessHours,
  createBusinessCalendar,
  defaultBusinessHours,
  type BusinessCalendar,
} from './state/business-time.ts';

export const businessHoursKey = 'business-hours';

interface ConfigEntry {
  value: Uint8Array;
  operation: string;
  revision: number;
}

/** What business hours need of bucket `config`; a nats.js KV is one. */
export interface ConfigBucket {
  get(key: string): Promise<ConfigEntry | null>;
}

export interface BusinessHours {
  /** In force now; a change counts for what tickets do after it. */
  calendar: () => BusinessCalendar;
  close: () => Promise<void>;
}

const lookMs = 2_000;

/**
 * The desk's business hours: key `business-hours` of bucket `config`, or the usual ones of the zone; looked at every two
 * seconds. What cannot be read changes nothing and is logged.
 */
export async function openBusinessHours(bucket: ConfigBucket, zone: string, log: Log): Promise<BusinessHours> {
  const usual = createBusinessCalendar(defaultBusinessHours(zone));
  let calendar = usual;
  let seen = 0;

  async function look(): Promise<void> {
    const entry = await bucket.get(businessHoursKey);
    if (entry === null || entry.revision === seen) return;
    seen = entry.revision;
    const hours = entry.operation === 'PUT' ? businessHours.safeParse(parsed(entry.value)) : undefined;
    if (hours === undefined) calendar = usual;
    else if (hours.success) calendar = createBusinessCalendar(hours.data);
    else log.error(`bucket config, key ${businessHoursKey}: these are no business hours; those before stay in force`);
  }
  await look();
  const stop = new AbortController();
  const following = (async () => {
    while (!stop.signal.aborted) {
      await pause(lookMs, stop.signal);
      await look().catch(() => undefined); // NATS is away: what was in force stays, and the next look comes.
    }
  })();
  return {
    calendar: () => calendar,
    close: () => {
      stop.abort();
      return following;
    },
  };
}

function parsed(value: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(value).toString('utf8'));
  } catch {
    return undefined; // The schema refuses it.
  }
}
