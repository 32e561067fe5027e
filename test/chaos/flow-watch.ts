import { setTimeout as sleep } from 'node:timers/promises';
import { ingestCommitted } from '@deskwire/contracts/flow';
import { subjects } from '@deskwire/contracts/subjects';
import type { NatsConnection } from 'nats';

/** What a published event has to be in the ledger within for the flow to count as live. */
const freshMs = 1_000;
/** Faults strike, and the flow counts as live, only above this rate. */
export const ratePerSMin = 2_000;

export interface FlowWatch {
  /** Resolves with the moment (`Date.now()`) at which events published after `sinceMs` are stored within a second, at full rate. */
  untilLive: (sinceMs: number, withinMs: number) => Promise<number>;
  close: () => void;
}

/** Sees from outside whether events arrive in the ledger, by what ingest announces. */
export function watchFlow(nc: NatsConnection, acknowledgedPerS: () => number): FlowWatch {
  let watermarkMs = 0;
  const subscription = nc.subscribe(subjects.ingestCommitted, {
    callback: (error, message) => {
      if (error === null) watermarkMs = Date.parse(ingestCommitted.parse(message.json()).watermark);
    },
  });
  return {
    untilLive: async (sinceMs, withinMs) => {
      const deadline = Date.now() + withinMs;
      for (;;) {
        const now = Date.now();
        if (watermarkMs > sinceMs && now - watermarkMs < freshMs && acknowledgedPerS() >= ratePerSMin) return now;
        if (now > deadline) throw new NotLive(describe(withinMs, now - watermarkMs, acknowledgedPerS()));
        await sleep(20);
      }
    },
    close: () => subscription.unsubscribe(),
  };
}

const describe = (withinMs: number, ageMs: number, perS: number) =>
  `the flow is not live ${withinMs / 1_000} s after the fault: the newest stored event is ${ageMs} ms old, ${perS} events/s are acknowledged`;

class NotLive extends Error {
  override name = 'NotLive';
}
