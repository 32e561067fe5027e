import { streams } from '@deskwire/contracts/subjects';
import { connectNats, type NatsLogin } from '@deskwire/runtime/nats';
import { NatsError, type JetStreamClient, type JetStreamManager, type KV } from 'nats';
import { ReplayError } from './replay-error.ts';

/** One connection to the running system. It never reconnects by itself: a message that waits in a buffer could come late. */
export interface StreamLink {
  js: JetStreamClient;
  jsm: JetStreamManager;
  cursors: KV;
  close: () => Promise<void>;
}

const connectTimeoutMs = 5_000;

/** Throws ReplayError when nobody answers, the login is refused, or the system is not Deskwire's. */
export async function openLink(login: NatsLogin): Promise<StreamLink> {
  const nc = await connectNats(login, 'operator', {
    waitOnFirstConnect: false,
    reconnect: false,
    maxReconnectAttempts: 0,
    timeout: connectTimeoutMs,
  }).catch((cause: unknown) => {
    throw new ReplayError(whyNoConnection(login, cause), { cause });
  });
  try {
    const js = nc.jetstream();
    const jsm = await nc.jetstreamManager({ checkAPI: false });
    await jsm.streams.info(streams.events);
    return { js, jsm, cursors: await js.views.kv('cursors', { bindOnly: true }), close: () => nc.close() };
  } catch (cause) {
    await nc.close();
    throw new ReplayError(`${login.NATS_URL} has no stream ${streams.events}: start Deskwire there with npm start`, {
      cause,
    });
  }
}

/** Worth another attempt on a new connection: what happened to the messages under way is then read from the stream. */
export function isTransient(error: unknown): boolean {
  return error instanceof NatsError && error.api_error === undefined && transientCodes.has(error.code);
}

const transientCodes = new Set([
  'TIMEOUT',
  '503',
  'CONNECTION_CLOSED',
  'DISCONNECT',
  'CANCELLED',
  'CONNECTION_DRAINING',
]);

/** What to tell a person when the stream refused a message. */
export function whyRefused(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  const fullCodes = new Set([10_023, 10_047, 10_077, 10_122]);
  if (error instanceof NatsError && fullCodes.has(error.api_error?.err_code ?? 0))
    return `the stream ${streams.events} is full and takes no more (${why}): free disk space or raise its limit, then give the same command again`;
  return `the stream ${streams.events} refused a message: ${why}`;
}

function whyNoConnection({ NATS_URL }: NatsLogin, cause: unknown): string {
  if (cause instanceof NatsError && cause.code === 'AUTHORIZATION_VIOLATION')
    return `${NATS_URL} refused the login: set NATS_USER and NATS_PASSWORD to the operator's`;
  return `nothing answers at ${NATS_URL}: is Deskwire running? Start it with npm start, or set NATS_URL`;
}
