import { startDeskLedger } from '@deskwire/hub/testing/start-desk-ledger';
import { startHub } from '@deskwire/hub/testing/start-hub';
import { connectNats } from '@deskwire/runtime/nats';
import { freePort, startNats } from '@deskwire/supervisor/start-nats';
import { z } from 'zod';
import { buildWeb, newToken, startWeb } from './start-web';
import { launchBrowser } from './visit';

export type Product = Awaited<ReturnType<typeof startProduct>>;

/**
 * The whole system with nothing in it: broker, engine, hub and web server, each a process of its own, and a browser. `desk` is the
 * hand that writes what ingest and a desk would.
 */
export async function startProduct() {
  const [nats, browser] = await Promise.all([startNats(), launchBrowser(), buildWeb()]);
  const desk = await startDeskLedger(nats);
  // Fixed, so that a hub comes back on the same one.
  const [HUB_PORT, WEB_PORT] = [String(await freePort()), String(await freePort())];
  const hubEnv = { ...nats.env('hub'), ...desk.env, HUB_PORT, WEB_PORT };
  let hub = await startHub(hubEnv);
  const web = await startWeb({ ...nats.env('web'), ...desk.env, HUB_PORT, WEB_PORT });
  return {
    ...{ nats, desk, web, browser },
    /** As in a crash: nobody says goodbye. */
    killHub: () => hub.stop('SIGKILL'),
    startHubAgain: async () => {
      hub = await startHub(hubEnv);
    },
    newToken: async (role: string, team?: string) => (await newToken(nats, role, team)).token,
    /** Changes a record of `users`, as somebody with a tool would. */
    async changeRecord(key: string, change: (record: Record<string, unknown>) => unknown): Promise<void> {
      const nc = await connectNats(nats.env('operator'), 'operator');
      const users = await nc.jetstream().views.kv('users');
      const record = z.record(z.string(), z.unknown()).parse((await users.get(key))?.json());
      await users.put(key, JSON.stringify(change(record)));
      await nc.close();
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
      await Promise.all([web.stop(), hub.stop()]);
      await Promise.all([desk.stop(), nats.stop()]);
    },
  };
}
