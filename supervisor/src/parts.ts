import type { Credentials } from '@deskwire/contracts/credentials';
import { builtService } from '@deskwire/runtime/built-service';
import type { Log } from '@deskwire/runtime/log';
import type { NatsLogin } from '@deskwire/runtime/nats';
import { createChild, type Child } from './child.ts';
import { watchDemo, type DemoPasswords } from './demo.ts';
import type { SupervisorEnv } from './env.ts';
import { spawnService, untilSaysReady } from './service-child.ts';

export interface PartsOptions {
  env: SupervisorEnv;
  inherited: NodeJS.ProcessEnv;
  dataDir: string;
  demo: '0' | '1';
  /** Of the simulated sources, for the demo's process alone. */
  demoPasswords: DemoPasswords;
  /** Everything of the demo is removed. */
  onDemoRemoved: () => void;
  clickhouse: Credentials['clickhouse'];
  masterKey: Buffer;
  /** 32 bytes: the engine's disk is encrypted with it. */
  diskKey: Buffer;
  loginOf: (service: 'ingest' | 'workflows' | 'hub' | 'web' | 'demo') => NatsLogin;
  log: Log;
  onSpawn: (part: string, pid: number) => void;
  onExit: (pid: number) => void;
}

export interface Parts {
  clickhouse: Child;
  ingest: Child;
  workflows: Child;
  hub: Child;
  web: Child;
  /** Started only where there is a demo. */
  demo: Child;
  /** Where the web app answers on this machine. */
  webUrl: string;
}

/** Our own processes: what each is started with, and how it says that it is ready. Secrets go only to those that need them. */
export function describeParts({
  env,
  inherited,
  dataDir,
  demo,
  demoPasswords,
  onDemoRemoved,
  clickhouse,
  masterKey,
  diskKey,
  loginOf,
  ...hooks
}: PartsOptions): Parts {
  const tls = env.TLS_CERT_FILE !== undefined;
  const host = env.BIND_HOST === '0.0.0.0' || env.BIND_HOST === '::' ? '127.0.0.1' : env.BIND_HOST;
  const webUrl = `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${env.WEB_PORT}`;

  const common = {
    ...withoutSecrets(inherited),
    DATA_DIR: dataDir,
    TIME_ZONE: env.TIME_ZONE,
    DEMO: demo,
    WEB_PORT: String(env.WEB_PORT),
    HUB_PORT: String(env.HUB_PORT),
    HOOKS_PORT: String(env.HOOKS_PORT),
  };
  const database = {
    CLICKHOUSE_URL: clickhouse.url,
    CLICKHOUSE_USER: clickhouse.user,
    CLICKHOUSE_PASSWORD: clickhouse.password,
    CLICKHOUSE_DATABASE: clickhouse.database,
    ...only('CLICKHOUSE_CA_FILE'),
  };
  const inside = { BIND_HOST: '127.0.0.1' };
  const outside = {
    BIND_HOST: env.BIND_HOST,
    ...only('PUBLIC_URL'),
    ...only('TLS_CERT_FILE'),
    ...only('TLS_KEY_FILE'),
  };
  const key = { MASTER_KEY: masterKey.toString('base64') };

  const service = (part: string, entry: string, variables: NodeJS.ProcessEnv, stopWithinMs: number) =>
    createChild({
      part,
      spawn: () => watchDemo(spawnService(builtService(entry), { ...common, ...variables }), onDemoRemoved),
      ready: untilSaysReady,
      readyWithinMs: 120_000,
      stopWithinMs,
      log: hooks.log,
      onSpawn: (pid) => hooks.onSpawn(part, pid),
      onExit: hooks.onExit,
    });

  return {
    webUrl,
    clickhouse: service(
      'clickhouse',
      'clickhouse/src/engine/main.ts',
      {
        ...inside,
        ...database,
        CLICKHOUSE_PORT: String(env.CLICKHOUSE_PORT),
        CLICKHOUSE_DISK_KEY: diskKey.toString('hex'),
        // Statements occupy libuv's threads until they end; a file read must not wait behind them.
        UV_THREADPOOL_SIZE: inherited['UV_THREADPOOL_SIZE'] ?? '20',
        ENGINE_STOP_SECONDS_MAX: '4',
      },
      5_000,
    ),
    ingest: service('ingest', 'ingest/src/main.ts', { ...inside, ...database, ...loginOf('ingest'), ...key }, 3_000),
    workflows: service(
      'workflows',
      'workflows/src/main.ts',
      { ...inside, ...database, ...loginOf('workflows'), ...key },
      3_000,
    ),
    hub: service('hub', 'hub/src/main.ts', { ...outside, ...database, ...loginOf('hub') }, 3_000),
    web: service('web', 'web/src/main.ts', { ...outside, ...database, ...loginOf('web'), ...key }, 3_000),
    demo: service(
      'demo',
      'connectors/src/demo.ts',
      {
        ...{ ...inside, ...database, ...loginOf('demo'), DEMO_PASSWORDS: JSON.stringify(demoPasswords) },
        // Only who says so again gets another one after a removal.
        ...(env.DEMO === '1' ? { DEMO_WANTED_SINCE: new Date().toISOString() } : {}),
      },
      3_000,
    ),
  };

  function only(name: 'CLICKHOUSE_CA_FILE' | 'PUBLIC_URL' | 'TLS_CERT_FILE' | 'TLS_KEY_FILE') {
    const value = env[name];
    return value === undefined ? {} : { [name]: value };
  }
}

/** The environment we were started with, less what only some parts may know. */
export function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const secret = /^(MASTER_KEY|SMTP_URL|NATS_.*|CLICKHOUSE_.*)$/;
  // npm's own variables hold nothing that a service reads; some of them hold registry tokens.
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secret.test(name) && !name.startsWith('npm_')));
}
