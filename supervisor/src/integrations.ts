import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsLogin } from '@deskwire/runtime/nats';
import { changeLogins, readLogins } from './broker-logins.ts';
import { supervisorLock } from './data-dir.ts';
import { isLocked, withFileLock } from './file-lock.ts';
import { integrationUser, type LoginHashes } from './nats-config.ts';
import { runningNatsServer, tryConnect } from './nats-server.ts';
import { hashPassword, newPassword } from './password.ts';

export interface IssuedLogin {
  source: string;
  url: string;
  user: string;
  /** Shown once: only its hash is kept. */
  password: string;
}

/** `now`: the broker takes it already. `at-start`: the broker does not run here. */
export type InForce = 'now' | 'at-start';

export interface IntegrationsOptions {
  dataDir: string;
  /** Of the embedded broker. */
  url: string;
  /** ISO time. */
  now: () => string;
}

/** The logins of integrations on the embedded broker. Every change is in force, or waits for the next start, when it resolves. */
export function createIntegrations({ dataDir, url, now }: IntegrationsOptions) {
  const dir = join(dataDir, 'nats');

  async function issue(
    source: string,
    allowed: (known: LoginHashes['integrations']) => void,
  ): Promise<IssuedLogin & { inForce: InForce }> {
    const password = newPassword();
    const hash = await hashPassword(password);
    const inForce = await change((known) => {
      allowed(known);
      return { ...known, [source]: { hash, addedAt: now() } };
    });
    return { source, url, user: integrationUser(source), password, inForce };
  }

  /**
   * Writes the files with a login that only this version of them has, and waits until the broker takes it: then it has read
   * the change too. One change at a time, so that no other one replaces the login that is being waited for.
   */
  async function change(update: (known: LoginHashes['integrations']) => LoginHashes['integrations']): Promise<InForce> {
    const password = newPassword();
    const canary = { user: `canary-${password.slice(0, 12)}`, hash: await hashPassword(password) };
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const one = async () => {
      await changeLogins(dir, (logins) => ({ ...logins, integrations: update(logins.integrations), canary }));
      return putInForce({ NATS_URL: url, NATS_USER: canary.user, NATS_PASSWORD: password });
    };
    return withFileLock(join(dir, 'change.lock'), one, 120_000);
  }

  async function putInForce(canary: NatsLogin): Promise<InForce> {
    const deadline = performance.now() + 30_000;
    while (performance.now() < deadline) {
      const pid = runningNatsServer(dir);
      // A start that is under way may have read the files before we wrote them: wait for its broker and tell it.
      if (pid === undefined && !isLocked(supervisorLock(dataDir))) return 'at-start';
      if (pid !== undefined && (await reload(pid, canary))) return 'now';
      await sleep(100);
    }
    throw new NotInForce(
      `the broker at ${url} did not take over the change within 30 s; look at its log, then try again`,
    );
  }

  async function reload(pid: number, canary: NatsLogin): Promise<boolean> {
    process.kill(pid, 'SIGHUP');
    for (let tries = 1; tries <= 10; tries++) {
      await sleep(10 * tries);
      const nc = await tryConnect(canary, 'canary');
      await nc?.close();
      if (nc !== undefined) return true;
    }
    return false;
  }

  return {
    /** Throws IntegrationError when there is one already. */
    add: (source: string) =>
      issue(source, (known) => {
        if (source in known)
          throw new IntegrationError(`${source} exists already; use rotate for a new password, or remove it first`);
      }),
    /** A new password; who holds the old one is cut. Throws IntegrationError when there is none. */
    rotate: (source: string) => issue(source, (known) => requireKnown(known, source)),
    /** Throws IntegrationError when there is none. */
    remove: (source: string) =>
      change((known) => {
        requireKnown(known, source);
        return Object.fromEntries(Object.entries(known).filter(([name]) => name !== source));
      }),
    list: () =>
      Object.entries(readLogins(dir).integrations).map(([source, { addedAt }]) => ({
        source,
        user: integrationUser(source),
        addedAt,
      })),
  };
}

function requireKnown(known: LoginHashes['integrations'], source: string): void {
  if (!(source in known))
    throw new IntegrationError(`there is no integration ${source}; npm run integration -- list shows those there are`);
}

export class IntegrationError extends Error {
  override name = 'IntegrationError';
}

export class NotInForce extends Error {
  override name = 'NotInForce';
}
