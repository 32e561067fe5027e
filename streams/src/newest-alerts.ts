import { alert, type AlertEntry } from '@deskwire/contracts/alert';
import { alertSeverities, streams } from '@deskwire/contracts/subjects';
import { NatsError, type JetStreamManager, type StoredMsg } from 'nats';

/** Reads the end of ALERTS: newest first, at most `max`; one request while nothing is added. Rejects with NATS' own error. */
export function createNewestAlerts(manager: () => Promise<JetStreamManager>, max: number): () => Promise<AlertEntry[]> {
  let kept: { end: number; created: string; alerts: AlertEntry[] } = { end: 0, created: '', alerts: [] };

  return async () => {
    const jsm = await manager();
    const { state, created } = await jsm.streams.info(streams.alerts);
    if (state.last_seq === kept.end && created === kept.created) return kept.alerts;
    // A stream that never had a message begins at 0.
    const first = Math.max(1, state.first_seq, state.last_seq - max + 1);
    const places = Array.from({ length: Math.max(0, state.last_seq - first + 1) }, (_, back) => state.last_seq - back);
    const messages = await Promise.all(
      places.map((seq) => jsm.streams.getMessage(streams.alerts, { seq }).catch(undefinedWhenGone)),
    );
    kept = { end: state.last_seq, created, alerts: messages.flatMap(entriesOf) };
    return kept.alerts;
  };
}

/** It expired, or was removed, since the end was asked for. */
function undefinedWhenGone(error: unknown): undefined {
  if (error instanceof NatsError && error.api_error?.code === 404) return undefined;
  throw error;
}

/** None for what is no alert: whoever wrote it is at fault, and the others are still to be read. */
function entriesOf(message: StoredMsg | undefined): AlertEntry[] {
  const [, level, area] = /^alerts\.([a-z]+)\.(.+)$/.exec(message?.subject ?? '') ?? [];
  const severity = alertSeverities.find((each) => each === level);
  if (message === undefined || severity === undefined || area === undefined) return [];
  try {
    const parsed = alert.safeParse(message.json());
    return parsed.success ? [{ ...parsed.data, seq: message.seq, severity, area }] : [];
  } catch {
    return []; // No JSON.
  }
}

/** As the data flow carries them: without what to do, which is a matter of the page that lists them. */
export const alertsOfFlow = (alerts: readonly AlertEntry[]) =>
  alerts.slice(0, 10).map(({ seq, at, severity, area, title }) => ({ seq, at, severity, area, title }));
