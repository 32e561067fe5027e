import { mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { supervisorLease } from '@deskwire/contracts/subjects';
import type { Log } from '@deskwire/runtime/log';
import { connectNats, type NatsLogin } from '@deskwire/runtime/nats';
import { ErrorCode, NatsError } from 'nats';
import { issueServiceLogins, replaceFile } from './broker-logins.ts';
import { createChild, type Child } from './child.ts';
import { ensureStreams } from './ensure-streams.ts';
import { watchJetStream } from './jetstream-probe.ts';
import type { ServiceName } from './logins.ts';
import { brokerFiles, newServerName, renderServer } from './nats-config.ts';
import { spawnNatsServer, untilNatsAnswers } from './nats-server.ts';
import { watchStreamFill } from './stream-fill.ts';
import { raiseLimits } from './stream-limits.ts';
import { keepStreamMeta } from './stream-meta.ts';
import { streamBudget, wantedStreams } from './streams.ts';

export interface BrokerOptions {
  dataDir: string;
  port: number;
  /** 32 bytes. */
  jetstreamKey: Buffer;
  operatorPassword: string;
  log: Log;
  onSpawn: (part: string, pid: number) => void;
  onExit: (pid: number) => void;
  onStop: (close: () => unknown) => void;
  /** How often JetStream is asked to store something, and how long it may take. */
  probe?: { everyMs: number; withinMs: number };
}

export interface Broker {
  child: Child;
  loginOf: (service: ServiceName) => NatsLogin;
}

/**
 * The embedded broker: started, signed in to, with every stream and bucket, restarted when it dies and killed when it
 * hangs. Throws ChildFailed or StreamConflict.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { dataDir, port, jetstreamKey, log, onStop } = options;
  const { everyMs, withinMs } = options.probe ?? { everyMs: 3_000, withinMs: 4_000 };
  const dir = join(dataDir, 'nats');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const serverName = newServerName();
  replaceFile(brokerFiles(dir).config, renderServer({ name: serverName, host: '127.0.0.1', port, dir }));
  const passwords = await issueServiceLogins(dir, options.operatorPassword);
  const loginOf = (service: ServiceName) => ({
    NATS_URL: `nats://127.0.0.1:${port}`,
    NATS_USER: service,
    NATS_PASSWORD: passwords[service],
  });

  const meta = keepStreamMeta(dir, (err) =>
    log.warn({ part: 'nats', err }, 'the copy of what the streams are cannot be read; it is made anew'),
  );
  const saveMeta = () => {
    try {
      meta.save();
    } catch (error) {
      // The copy before this one stays valid.
      log.warn({ part: 'nats', err: error }, 'could not keep a copy of what the streams are');
    }
  };
  const child = createChild({
    part: 'nats',
    spawn: () => {
      meta.restore();
      return spawnNatsServer({ dir, jetstreamKey, onLine: (line) => logServerLine(log, line) });
    },
    ready: async (_, signal) => {
      await untilNatsAnswers(loginOf('supervisor'), serverName, signal);
      saveMeta();
    },
    // It reads all its streams first: 3.6 s for 1.4 GB (measured).
    readyWithinMs: 120_000,
    stopWithinMs: 3_000,
    log,
    onSpawn: (pid) => options.onSpawn('nats', pid),
    onExit: options.onExit,
  });
  onStop(child.stop);
  await child.start();

  const nc = await connectNats(loginOf('supervisor'), 'supervisor');
  onStop(() => nc.close());
  const jsm = await nc.jetstreamManager();
  const budget = (usedBytes: number) => {
    const disk = statfsSync(dir);
    return streamBudget({ freeBytes: disk.bavail * disk.bsize, usedBytes });
  };
  const wanted = wantedStreams(budget((await jsm.getAccountInfo()).storage));
  await ensureStreams(jsm, wanted);
  saveMeta();
  // Streams made later, or made again, are kept too.
  const keeping = setInterval(() => {
    if (child.isReady()) saveMeta();
  }, 15_000);
  onStop(() => clearInterval(keeping));

  // A full stream or bucket refuses whoever writes to it.
  const setLimit = async (name: string, maxBytes: number) => {
    meta.forget(name);
    await jsm.streams.update(name, { max_bytes: maxBytes });
    saveMeta();
  };
  const fill = watchStreamFill({
    read: () => raiseLimits({ list: () => jsm.streams.list(), wanted, budget, setLimit }),
    publish: (subject, body) => nc.jetstream().publish(subject, body),
    everyMs: 2_000,
    now: Date.now,
    log,
  });
  onStop(fill.stop);
  const js = nc.jetstream({ timeout: withinMs });
  const probe = watchJetStream({
    write: () => js.publish(`$KV.leases.${supervisorLease}`, new Date().toISOString()),
    isTimeout: (error) => error instanceof NatsError && error.code === ErrorCode.Timeout.toString(),
    isUp: child.isReady,
    kill: child.kill,
    everyMs,
    log,
  });
  onStop(probe.stop);
  return { child, loginOf };
}

/** Only what a person should see: the server greets at length, and says nothing that our own log does not. */
function logServerLine(log: Log, line: string): void {
  const [, level, text] = /\[(WRN|ERR|FTL)\] (.*)$/.exec(line) ?? [];
  if (level !== undefined) log[level === 'WRN' ? 'warn' : 'error']({ part: 'nats' }, text ?? '');
}
