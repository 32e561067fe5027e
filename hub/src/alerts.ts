import { unknownRoleAlert } from '@deskwire/contracts/alert';
import type { Account } from '@deskwire/contracts/session';
import type { Log } from '@deskwire/runtime/log';
import type { NatsConnection } from 'nats';

/** Tells administrators that somebody was refused because of a role that does not exist; once a minute and account. */
export function createUnknownRoleAlert(nc: NatsConnection, log: Log, now: () => number) {
  return (account: Account): void => {
    log.warn({ account }, 'refused a sign-in whose role does not exist');
    const { subject, body, msgID } = unknownRoleAlert(account, now());
    nc.jetstream()
      .publish(subject, JSON.stringify(body), { msgID })
      .catch((error: unknown) => log.error({ err: error }, 'could not publish an alert'));
  };
}
