import { Registry } from 'prom-client';
import { afterEach, expect, it, vi } from 'vitest';
import { createMetrics } from './metrics.ts';

afterEach(() => void vi.useRealTimers());

/** What Prometheus reads of it; undefined when the hub does not say. */
async function lagOf(register: Registry): Promise<number | undefined> {
  const [, value] = /^deskwire_hub_kpi_watermark_lag_seconds (\S+)$/m.exec(await register.metrics()) ?? [];
  return value === undefined ? undefined : Number(value);
}

it('says how far figures are behind: more while nothing is read, and nothing at a hub that does not tick', async () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22, 12) });
  const register = new Registry();
  const metrics = createMetrics(register, () => 0);
  expect(await lagOf(register)).toBeUndefined();
  metrics.sawWatermark(Date.now() - 1_500);
  expect(await lagOf(register)).toBe(1.5);
  vi.advanceTimersByTime(60_000);
  expect(await lagOf(register)).toBe(61.5);
  metrics.sawWatermark(Date.now());
  expect(await lagOf(register)).toBe(0);
  metrics.sawWatermark(undefined);
  expect(await lagOf(register)).toBeUndefined();
});
