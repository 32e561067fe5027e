import { selfCheckAlert, selfCheckUndoneAlert, type Alert } from '@deskwire/contracts/alert';
import type { Log } from '@deskwire/runtime/log';
import { pause } from '@deskwire/streams/pause';
import { linesOf, type SelfCheckReport } from './finding.ts';

const lookMs = 30_000;
/** Minutes after midnight: 03:10, when few people work and no zone changes its clocks. */
const atMinute = 3 * 60 + 10;

export interface Nightly {
  zone: string;
  /** Of all processes, this one does it. Asked when it is due. */
  isMine: () => boolean;
  check: () => Promise<SelfCheckReport>;
  alert: (alert: { subject: string; body: Alert }) => void;
  /** Told of each check that was made. `at`: Unix time, s. */
  onChecked: (at: number) => void;
  log: Log;
  /** Unix time, ms. */
  clock: () => number;
}

/** Checks once a night, and alerts where that found something or failed; then it waits for the next one. Resolves when `stop` aborts. */
export async function runNightly(nightly: Nightly, stop: AbortSignal): Promise<void> {
  const { zone, isMine, clock } = nightly;
  let done = lastNight(clock(), zone);
  for (;;) {
    await pause(lookMs, stop);
    if (stop.aborted) return;
    const night = lastNight(clock(), zone);
    if (night === done) continue;
    done = night;
    if (isMine()) await checkOnce(nightly, stop);
  }
}

async function checkOnce({ check, alert, onChecked, log, clock }: Nightly, stop: AbortSignal): Promise<void> {
  try {
    const report = await check();
    log.info(report, 'the self-check has ended');
    onChecked(clock() / 1_000);
    if (report.findings.length > 0) alert(selfCheckAlert(linesOf(report), clock()));
    if (report.notCompared.length > 0)
      alert(
        selfCheckUndoneAlert(
          'The self-check left projections out',
          `ClickHouse does not read from ${report.notCompared.join(', ')}.`,
          clock(),
        ),
      );
  } catch (error) {
    if (stop.aborted) return;
    log.error({ err: error }, 'the nightly self-check failed');
    const why = error instanceof Error ? error.message : String(error);
    alert(selfCheckUndoneAlert('The nightly self-check could not be made', `It ended with: ${why}.`, clock()));
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
