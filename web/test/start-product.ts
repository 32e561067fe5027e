import { startDeskLedger } from '@deskwire/hub/testing/start-desk-ledger';
import { startHub } from '@deskwire/hub/testing/start-hub';
import { makeToken } from '@deskwire/hub/testing/test-client';
import type { Role } from '@deskwire/contracts/roles';
import { connectNats } from '@deskwire/runtime/nats';
import { freePort, startNats } from '@deskwire/supervisor/start-nats';
import { z } from 'zod';
import { buildWeb, startWeb } from './start-web';
import { launchBrowser } from './visit';

export type Product = Awaited<ReturnType<typeof startProduct>>;

/**
 * The whole system with nothing in it: broker, engine, hub and web server, each a process of its own, and a browser. `desk` is the
 * hand that writes what ingest and a desk would. `env` is more of hub and web.
 */
export async function startProduct(env: Record<string, string> = {}) {
  const [nats, browser] = await Promise.all([startNats(), launchBrowser(), buildWeb()]);
  const [desk, operator] = await Promise.all([startDeskLedger(nats), connectNats(nats.env('operator'), 'operator')]);
  // Fixed, so that a hub comes back on the same one.
  const [HUB_PORT, WEB_PORT] = [String(await freePort()), String(await freePort())];
  const hubEnv = { ...nats.env('hub'), ...desk.env, ...env, HUB_PORT, WEB_PORT };
  const [firstHub, web] = await Promise.all([
    startHub(hubEnv),
    startWeb({ ...nats.env('web'), ...desk.env, ...env, HUB_PORT, WEB_PORT }),
  ]);
  let hub = firstHub;
  return {
    ...{ nats, desk, web, browser, operator, hubPort: Number(HUB_PORT) },
    /** As in a crash: nobody says goodbye. */
    killHub: () => hub.stop('SIGKILL'),
    startHubAgain: async () => {
      hub = await startHub(hubEnv);
    },
    newToken: async (role: Role, teams: string[] = []) => (await makeToken(operator, role, teams)).token,
    /** Changes a record of `users`, as somebody with a tool would. */
    async changeRecord(key: string, change: (record: Record<string, unknown>) => unknown): Promise<void> {
      const users = await operator.jetstream().views.kv('users');
      const record = z.record(z.string(), z.unknown()).parse((await users.get(key))?.json());
      await users.put(key, JSON.stringify(change(record)));
    },
    /** Writes a record of `config`, and reads it again, as the process does that keeps it. */
    async config(key: string, record?: unknown): Promise<unknown> {
      const nc = await connectNats(nats.env('operator'), 'operator');
      const config = await nc.jetstream().views.kv('config');
      if (record !== undefined) await config.put(key, JSON.stringify(record));
      const kept: unknown = (await config.get(key))?.json();
      await nc.close();
      return kept;
    },
    async close(): Promise<void> {
      await browser.close();
      await Promise.all([web.stop(), hub.stop(), operator.close()]);
      await Promise.all([desk.stop(), nats.stop()]);
    },
  };
}
