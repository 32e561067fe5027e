import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connectNats, type NatsLogin } from '@deskwire/runtime/nats';
import { issueServiceLogins, replaceFile } from '@deskwire/supervisor/broker-logins';
import { ensureStreams } from '@deskwire/supervisor/ensure-streams';
import type { ServiceName } from '@deskwire/supervisor/logins';
import { brokerFiles, newServerName, renderServer } from '@deskwire/supervisor/nats-config';
import { spawnNatsServer, untilNatsAnswers } from '@deskwire/supervisor/nats-server';
import { newPassword } from '@deskwire/supervisor/password';
import { keepStreamMeta } from '@deskwire/supervisor/stream-meta';
import { wantedStreams } from '@deskwire/supervisor/streams';
import type { Watchdog } from '@deskwire/supervisor/watchdog';
import { deriveKey } from '@deskwire/vault/master-key';
import type { JetStreamManager } from 'nats';
import { createPart, type Part } from './part.ts';

export interface BrokerPart {
  part: Part;
  loginOf: (service: ServiceName) => NatsLogin;
  /** Makes every stream and bucket that is not there. */
  provision: () => Promise<void>;
  /** Gives a stream another limit, as the supervisor does while it fills. */
  setLimit: (stream: string, maxBytes: number) => Promise<void>;
}

export interface BrokerPartOptions {
  dataDir: string;
  port: number;
  masterKey: Buffer;
  logFile: string;
  /** What the streams may promise together. */
  budgetBytes: number;
  watchdog: Watchdog;
  onSurprise?: (name: string, how: string) => void;
}

/** The embedded nats-server with logins that stay the same however often it is started again. */
export async function createBrokerPart(options: BrokerPartOptions): Promise<BrokerPart> {
  const { dataDir, port, masterKey, logFile, budgetBytes, ...rest } = options;
  const dir = join(dataDir, 'nats');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const serverName = newServerName();
  replaceFile(brokerFiles(dir).config, renderServer({ name: serverName, host: '127.0.0.1', port, dir }));
  const passwords = await issueServiceLogins(dir, newPassword());
  const loginOf = (service: ServiceName) => ({
    NATS_URL: `nats://127.0.0.1:${port}`,
    NATS_USER: service,
    NATS_PASSWORD: passwords[service],
  });
  const meta = keepStreamMeta(dir, (cause) =>
    rest.onSurprise?.('nats', `the copy of its streams cannot be read: ${String(cause)}`),
  );
  const part = createPart({
    name: 'nats',
    spawn: () => {
      meta.restore();
      return spawnNatsServer({
        dir,
        jetstreamKey: deriveKey(masterKey, 'jetstream'),
        onLine: (line) => appendFileSync(logFile, `${line}\n`),
      });
    },
    untilReady: async () => {
      await untilNatsAnswers(loginOf('supervisor'), serverName, AbortSignal.timeout(60_000));
      meta.save();
    },
    ...rest,
  });
  const manage = async (work: (jsm: JetStreamManager) => Promise<unknown>) => {
    const nc = await connectNats(loginOf('supervisor'), 'supervisor');
    await work(await nc.jetstreamManager());
    await nc.close();
    meta.save();
  };
  const provision = () => manage((jsm) => ensureStreams(jsm, wantedStreams(budgetBytes)));
  const setLimit = (stream: string, maxBytes: number) =>
    manage((jsm) => jsm.streams.update(stream, { max_bytes: maxBytes }));
  return { part, loginOf, provision, setLimit };
}
