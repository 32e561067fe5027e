import { createLog } from '@deskwire/runtime/log';
import { connectNats } from '@deskwire/runtime/nats';
import { expect, test, vi } from 'vitest';
import { provisionStreams, watchStreams } from './provision-streams.ts';
import { startNats } from './start-nats.ts';

test('on a server of your own a full bucket takes more as soon as somebody watches', async () => {
  const nats = await startNats();
  const login = nats.env('supervisor');
  const nc = await connectNats(nats.env('workflows'), 'workflows');
  const operator = await connectNats(nats.env('operator'), 'operator');
  const jsm = await operator.jetstreamManager();
  const fill = () => nc.jetstream().publish('$KV.customers.test.one', 'a profile');
  try {
    await provisionStreams(login, { JETSTREAM_BUDGET_GIB: '1' });
    const { config } = await jsm.streams.update('KV_customers', { max_bytes: 1 });
    await expect(fill()).rejects.toThrow();

    const log = createLog('supervisor', 'silent');
    const watch = await watchStreams(login, { JETSTREAM_BUDGET_GIB: '8' }, log);
    await vi.waitFor(fill, { timeout: 10_000 });
    await watch.stop();
    expect((await jsm.streams.info('KV_customers')).config).toEqual({ ...config, max_bytes: 1 + 32 * 2 ** 20 });
  } finally {
    await Promise.all([nc.close(), operator.close()]);
    await nats.stop();
  }
});
