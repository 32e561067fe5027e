import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { demoSources, isSimulated } from '@deskwire/contracts/demo';
import type { Log } from '@deskwire/runtime/log';
import { changeLogins } from './broker-logins.ts';
import { rememberDemo } from './data-dir.ts';
import { errorMessage } from './error-message.ts';
import { createIntegrations } from './integrations.ts';
import { hashPassword, newPassword } from './password.ts';

/** Passwords of the simulated sources for this run, by source. */
export type DemoPasswords = Record<string, string>;

/**
 * Logins of the simulated sources as the embedded broker shall know them from its next start on: with new passwords when
 * the demo is on, none when it is off. Those of other integrations stay.
 */
export async function issueDemoLogins(dataDir: string, demo: '0' | '1', now: number): Promise<DemoPasswords> {
  const passwords: DemoPasswords = {};
  const issued: Record<string, { hash: string; addedAt: string }> = {};
  for (const source of demo === '1' ? demoSources : []) {
    const password = newPassword();
    passwords[source] = password;
    issued[source] = { hash: await hashPassword(password), addedAt: new Date(now).toISOString() };
  }
  await changeLogins(join(dataDir, 'nats'), (logins) => {
    const others = Object.entries(logins.integrations).filter(([source]) => !isSimulated(source));
    return { ...logins, integrations: { ...Object.fromEntries(others), ...issued } };
  });
  return passwords;
}

/** Calls back once the demo's process says that everything of the demo is removed. */
export function watchDemo(child: ChildProcess, removed: () => void): ChildProcess {
  child.on('message', (message) => {
    if (typeof message === 'object' && 'demo' in message && message.demo === 'removed') removed();
  });
  return child;
}

/** After its removal: the process ends, its logins are refused, and the next start has no demo. */
export async function endDemo(dataDir: string, url: string, stop: () => Promise<void>, log: Log): Promise<void> {
  await stop();
  const integrations = createIntegrations({ dataDir, url, now: () => new Date().toISOString() });
  try {
    for (const { source } of integrations.list()) if (isSimulated(source)) await integrations.remove(source);
  } catch (error) {
    log.warn(`the logins of the demo are refused from the next start on: ${errorMessage(error)}`);
  }
  try {
    rememberDemo(dataDir, '0');
    log.info('the demo is removed');
  } catch (error) {
    log.error(`the demo is removed, and may begin again at the next start: ${errorMessage(error)}`);
  }
}
