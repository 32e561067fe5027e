import { alert } from '@deskwire/contracts/alert';
import { alertSeverities, streams } from '@deskwire/contracts/subjects';
import { NatsError, type StoredMsg } from 'nats';
import type { AlertEntry } from '../alerts/alert-entry';
import type { NatsLink } from './nats-link';
import { shareRunning } from './share-running';

const timeoutMs = 2_000;
const newestMax = 50;

/** Reads the end of ALERTS, once for all who ask while nothing is added. */
export function createAlertDoor(link: Pick<NatsLink, 'connection' | 'ask'>) {
  let kept: { end: number; created: string; alerts: AlertEntry[] } = { end: 0, created: '', alerts: [] };

  const read = shareRunning(async () => {
    const jsm = await link.connection().jetstreamManager({ timeout: timeoutMs, checkAPI: false });
    const { state, created } = await jsm.streams.info(streams.alerts);
    if (state.last_seq === kept.end && created === kept.created) return kept.alerts;
    // A stream that never had a message begins at 0.
    const first = Math.max(1, state.first_seq, state.last_seq - newestMax + 1);
    const places = Array.from({ length: Math.max(0, state.last_seq - first + 1) }, (_, back) => state.last_seq - back);
    const messages = await Promise.all(
      places.map((seq) => jsm.streams.getMessage(streams.alerts, { seq }).catch(undefinedWhenGone)),
    );
    kept = { end: state.last_seq, created, alerts: messages.flatMap(entriesOf) };
    return kept.alerts;
  });

  return {
    /** Newest first, at most 50. Throws NatsAway. */
    newest: () => link.ask(() => read('newest', undefined)),
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
