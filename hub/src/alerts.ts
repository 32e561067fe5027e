import { unknownRoleAlert } from '@deskwire/contracts/alert';
import type { Log } from '@deskwire/runtime/log';
import type { NatsConnection } from 'nats';

/** Tells administrators that somebody was refused because of a role that does not exist; once a minute and token. */
export function createUnknownRoleAlert(nc: NatsConnection, log: Log, now: () => number) {
  return (tokenId: string): void => {
    log.warn({ tokenId }, 'refused a sign-in whose role does not exist');
    const { subject, body, msgID } = unknownRoleAlert(tokenId, now());
    nc.jetstream()
      .publish(subject, JSON.stringify(body), { msgID })
      .catch((error: unknown) => log.error({ err: error }, 'could not publish an alert'));
  };
}
