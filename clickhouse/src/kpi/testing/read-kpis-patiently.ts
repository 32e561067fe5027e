import type { ClickHouseClient } from '@clickhouse/client';
import { vi } from 'vitest';
import { readKpis, type KpiQuestion } from '../read-kpis.ts';

/** What `readKpis` answers, for tests of what it says: on a busy machine it may give up before, and is asked again. */
export const readKpisPatiently = (client: ClickHouseClient, question: KpiQuestion) =>
  vi.waitFor(() => readKpis(client, question), { timeout: 60_000 });
