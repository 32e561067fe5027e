import { createNewestAlerts } from '@deskwire/streams/newest-alerts';
import type { NatsLink } from './nats-link';
import { shareRunning } from './share-running';

const timeoutMs = 2_000;
const newestMax = 50;

/** Reads the end of ALERTS, once for all who ask at the same time. */
export function createAlertDoor(link: Pick<NatsLink, 'connection' | 'ask'>) {
  const manager = () => link.connection().jetstreamManager({ timeout: timeoutMs, checkAPI: false });
  const read = shareRunning(createNewestAlerts(manager, newestMax));

  return {
    /** Newest first, at most 50. Throws NatsAway. */
    newest: () => link.ask(() => read('newest', undefined)),
  };
}
