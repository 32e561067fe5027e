import { setTimeout as sleep } from 'node:timers/promises';
import { ingestCommitted } from '@deskwire/contracts/flow';
import { streams, subjects } from '@deskwire/contracts/subjects';
import type { NatsConnection } from 'nats';

/** How old the newest stored event and the newest stored change may be for the flow to count as live. */
const freshMs = 1_000;
/** Faults strike, and the flow counts as live, only above this rate. */
export const ratePerSMin = 2_000;

export interface FlowWatch {
  /** Resolves with the moment (`Date.now()`) at which events published after `sinceMs` are stored within a second, at full rate. */
  untilLive: (sinceMs: number, withinMs: number) => Promise<number>;
  close: () => void;
}

/** Sees from outside whether events arrive in the ledger, and what the desk makes of them in its change feed, by what ingest announces. */
export function watchFlow(nc: NatsConnection, acknowledgedPerS: () => number): FlowWatch {
  const watermarks: Record<string, number> = { [streams.events]: 0, [streams.tickets]: 0 };
  const subscription = nc.subscribe(subjects.ingestCommitted, {
    callback: (error, message) => {
      if (error !== null) return;
      const { stream, watermark } = ingestCommitted.parse(message.json());
      watermarks[stream] = Date.parse(watermark);
    },
  });
  return {
    untilLive: async (sinceMs, withinMs) => {
      const deadline = Date.now() + withinMs;
      for (;;) {
        const now = Date.now();
        const watermarkMs = Math.min(...Object.values(watermarks));
        if (watermarkMs > sinceMs && now - watermarkMs < freshMs && acknowledgedPerS() >= ratePerSMin) return now;
        if (now > deadline) throw new NotLive(describe(withinMs, now - watermarkMs, acknowledgedPerS()));
        await sleep(20);
      }
    },
    close: () => subscription.unsubscribe(),
  };
}

const describe = (withinMs: number, ageMs: number, perS: number) =>
  `the flow is not live ${withinMs / 1_000} s after the fault: the newest stored event or change is ${ageMs} ms old, ${perS} events/s are acknowledged`;

class NotLive extends Error {
  override name = 'NotLive';
}
