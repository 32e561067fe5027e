import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { withFileLock } from './file-lock.ts';
import { services, type ServiceName } from './logins.ts';
import { brokerFiles, renderLogins, type LoginHashes } from './nats-config.ts';
import { hashPassword, newPassword } from './password.ts';

const loginHashes = z.object({
  services: z.partialRecord(z.enum(services), z.string()),
  integrations: z.record(z.string(), z.object({ hash: z.string(), addedAt: z.string() })),
  canary: z.object({ user: z.string(), hash: z.string() }).optional(),
});

type Passwords = Record<ServiceName, string>;

/**
 * Gives every service a new password for this run, kept in memory only, and the operator the one that is in
 * `credentials.json`. Integrations keep theirs.
 */
export async function issueServiceLogins(dir: string, operatorPassword: string): Promise<Passwords> {
  const passwords: Passwords = {
    supervisor: newPassword(),
    operator: operatorPassword,
    ingest: newPassword(),
    hub: newPassword(),
    web: newPassword(),
    connectors: newPassword(),
    workflows: newPassword(),
    demo: newPassword(),
  };
  await setServiceLogins(dir, passwords);
  return passwords;
}

/** The services sign in with these passwords from the next start or reload of the broker on. */
export async function setServiceLogins(dir: string, passwords: Passwords): Promise<void> {
  const hashes: Partial<Record<ServiceName, string>> = {};
  for (const name of services) hashes[name] = await hashPassword(passwords[name]);
  await changeLogins(dir, (logins) => ({ ...logins, services: hashes }));
}

/** Changes who may sign in, one writer at a time; both files are replaced whole, mode 0600. */
export async function changeLogins(dir: string, change: (logins: LoginHashes) => LoginHashes): Promise<LoginHashes> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return withFileLock(join(dir, 'logins.lock'), async () => {
    const changed = change(readLogins(dir));
    const files = brokerFiles(dir);
    replaceFile(files.hashes, `${JSON.stringify(changed, null, 2)}\n`);
    replaceFile(files.logins, renderLogins(changed));
    return Promise.resolve(changed);
  });
}

/** Who may sign in now; nobody when nothing was ever started here. */
export function readLogins(dir: string): LoginHashes {
  let text: string;
  try {
    text = readFileSync(brokerFiles(dir).hashes, 'utf8');
  } catch {
    return { services: {}, integrations: {} }; // First start.
  }
  return loginHashes.parse(JSON.parse(text));
}

/** Readers see the old text or the new one, never a part, also after a power cut; only the owner may read it. */
export function replaceFile(file: string, text: string): void {
  const draft = `${file}.${process.pid}.draft`;
  const opened = openSync(draft, 'w', 0o600);
  try {
    writeFileSync(opened, text);
    // Else the name may be on the disk before the text is.
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
  renameSync(draft, file);
}
