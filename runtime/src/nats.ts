import { readFileSync } from 'node:fs';
import { connect, type ConnectionOptions, type NatsConnection } from 'nats';

export interface NatsLogin {
  NATS_URL: string;
  NATS_USER?: string | undefined;
  NATS_PASSWORD?: string | undefined;
  NATS_CA_FILE?: string | undefined;
}

/**
 * One connection of a service: reconnects for ever, with an inbox prefix of its own that integrations cannot read.
 * Waits for a server that is not up yet. Rejects when the login is refused.
 */
export async function connectNats(
  login: NatsLogin,
  name: string,
  options: ConnectionOptions = {},
): Promise<NatsConnection> {
  return connect({
    servers: login.NATS_URL,
    name: `deskwire-${name}`,
    inboxPrefix: inboxPrefix(name),
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    waitOnFirstConnect: true,
    pingInterval: 5_000,
    maxPingOut: 2,
    // A stack trace per request costs more than most requests.
    noAsyncTraces: true,
    ...(login.NATS_USER === undefined ? {} : { user: login.NATS_USER, pass: login.NATS_PASSWORD ?? '' }),
    ...(login.NATS_CA_FILE === undefined ? {} : { tls: { ca: readFileSync(login.NATS_CA_FILE, 'utf8') } }),
    ...options,
  });
}

/** Replies to a service arrive below this subject; its login may subscribe there and nobody else's may. */
export const inboxPrefix = (name: string) => `_INBOX_${name}`;
