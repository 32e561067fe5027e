import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { integrationRights, rights, services, type Rights, type ServiceName } from './logins.ts';

/** Who may sign in to the embedded broker; passwords only as bcrypt hashes. */
export interface LoginHashes {
  services: Partial<Record<ServiceName, string>>;
  /** By source token. */
  integrations: Record<string, { hash: string; addedAt: string }>;
  /** A login without any right that exists only in this version of the file: who gets in with it knows that the server has read it. */
  canary?: { user: string; hash: string } | undefined;
}

export interface ServerPlace {
  /** What the server calls itself to who connects. */
  name: string;
  host: string;
  port: number;
  /** Folder of the broker below DATA_DIR. */
  dir: string;
  /** Answers `/healthz` on loopback, for a container's health check. */
  monitorPort?: number;
}

/** The broker reads its encryption key from this variable of its own environment: never from a file or an argument. */
export const jetstreamKeyVariable = 'DESKWIRE_JETSTREAM_KEY';

export const brokerFiles = (dir: string) => ({
  config: join(dir, 'server.conf'),
  logins: join(dir, 'logins.conf'),
  hashes: join(dir, 'logins.json'),
  pid: join(dir, 'nats.pid'),
  store: join(dir, 'jetstream'),
});

/** A name that no other server has: who meets it under our port has met ours. */
export const newServerName = () => `deskwire-${randomBytes(12).toString('hex')}`;

/** The user name under which an integration signs in; the prefix keeps a source called `web` from being the service. */
export const integrationUser = (source: string) => `source-${source}`;

/** `server.conf`: place, limits and encryption. nats-server 2.9 has to read it, so nothing newer is in it. */
export function renderServer({ name, host, port, dir, monitorPort }: ServerPlace): string {
  const files = brokerFiles(dir);
  return [
    '# Written by Deskwire at every start.',
    `server_name: ${JSON.stringify(name)}`,
    `host: ${JSON.stringify(host)}`,
    `port: ${port}`,
    `pid_file: ${JSON.stringify(files.pid)}`,
    ...(monitorPort === undefined ? [] : [`http: "127.0.0.1:${monitorPort}"`]),
    // An event of 1 MiB with its headers, and room for the quarantine's own.
    'max_payload: 2097152',
    'jetstream {',
    `  store_dir: ${JSON.stringify(files.store)}`,
    // Every stream has a bound of its own, sized from the disk; the server's would only refuse what fits.
    `  max_file_store: ${2 ** 50}`,
    `  max_memory_store: ${64 * 2 ** 20}`,
    '  cipher: aes',
    `  key: $${jetstreamKeyVariable}`,
    '}',
    'include "logins.conf"',
    '',
  ].join('\n');
}

/** `logins.conf`: the permission table with the hashes of those who have a password now. */
export function renderLogins({ services: hashes, integrations, canary }: LoginHashes): string {
  const known = services.flatMap((name) => {
    const hash = hashes[name];
    return hash === undefined ? [] : [renderUser(name, hash, rights[name])];
  });
  const sources = Object.entries(integrations).map(([source, { hash }]) =>
    renderUser(integrationUser(source), hash, integrationRights(source)),
  );
  const probe = canary === undefined ? [] : [renderUser(canary.user, canary.hash, { publish: [], subscribe: [] })];
  return `# Written by Deskwire; npm run integration changes it.\n${renderAuthorization([...known, ...sources, ...probe])}\n`;
}

/** One block that nats-server takes as it stands; its configuration language reads JSON. */
export function renderAuthorization(users: RenderedUser[]): string {
  return `authorization ${JSON.stringify({ timeout: 5, users }, null, 2)}`;
}

export type RenderedUser = ReturnType<typeof renderUser>;

export function renderUser(user: string, password: string, { publish, subscribe, never }: Rights) {
  return {
    user,
    password,
    permissions: {
      publish: publish.length === 0 ? { deny: ['>'] } : { allow: [...new Set(publish)] },
      subscribe:
        subscribe.length === 0
          ? { deny: ['>'] }
          : { allow: subscribe, ...(never === undefined ? {} : { deny: never }) },
    },
  };
}
