import { today } from '@deskwire/clickhouse/kpi/kpi-range';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKpiReader } from './kpi-reader.ts';
import { startDeskLedger } from './testing/start-desk-ledger.ts';

let nats: TestNats;
let ledger: Awaited<ReturnType<typeof startDeskLedger>>;

beforeAll(async () => {
  nats = await startNats();
  ledger = await startDeskLedger(nats);
}, 120_000);
afterAll(() => Promise.all([ledger.stop(), nats.stop()]));

it('gives no figures of the day that ended while it read them', async () => {
  await ledger.open('billing', 3);
  const midnight = today(Date.now(), 'UTC').from;
  let now = midnight - 1;
  const reader = createKpiReader({
    ...{ client: ledger.client, streamHead: () => Promise.resolve(null), zone: 'UTC', now: () => now },
    monotonic: () => performance.now(),
    // The first question is answered when the next day is there, in which the tickets were opened.
    changes: { answered: () => (now = midnight + 86_400_000 - 1), since: () => undefined },
    onRead: () => undefined,
  });
  const frame = (await reader.read(['all'])).get('all');
  expect(frame?.kpis.created).toMatchObject({ n: 3, as_of: new Date(now).toISOString() });
});
