import type { Log } from '@deskwire/runtime/log';
import { pause } from '@deskwire/streams/pause';

const lookMs = 30_000;
/** Minutes after midnight: 03:10, when few people work and no zone changes its clocks. */
const atMinute = 3 * 60 + 10;

export interface Nightly {
  zone: string;
  /** Of all processes, this one does it. Asked when it is due. */
  isMine: () => boolean;
  work: () => Promise<void>;
  log: Log;
  /** Unix time, ms. */
  clock: () => number;
}

/** Does the work once a night; a failure waits for the next one. Resolves when `stop` aborts. */
export async function runNightly({ zone, isMine, work, log, clock }: Nightly, stop: AbortSignal): Promise<void> {
  let done = lastNight(clock(), zone);
  for (;;) {
    await pause(lookMs, stop);
    if (stop.aborted) return;
    const night = lastNight(clock(), zone);
    if (night === done) continue;
    done = night;
    if (isMine()) await work().catch((error: unknown) => log.error({ err: error }, 'the nightly self-check failed'));
  }
}

/** The day of the zone whose 03:10 was the last one to pass, as days since 1970. */
export function lastNight(nowMs: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' },
  }).formatToParts(nowMs);
  const of = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value);
  const day = Date.UTC(of('year'), of('month') - 1, of('day')) / 86_400_000;
  return of('hour') * 60 + of('minute') >= atMinute ? day : day - 1;
}
