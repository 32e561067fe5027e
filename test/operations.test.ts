import { readFileSync } from 'node:fs';
import { engineEnv } from '@deskwire/clickhouse/engine/env';
import { demoEnv } from '@deskwire/connectors/demo/env';
import { ingestEnv } from '@deskwire/ingest/env';
import { workflowsEnv } from '@deskwire/workflows/env';
import { expect, test } from 'vitest';

/** What only the supervisor, or a test, may set. */
const ours = new Set([
  'CLICKHOUSE_DISK_KEY',
  'DEMO_PASSWORDS',
  'DEMO_WANTED_SINCE',
  'ENGINE_STOP_SECONDS_MAX',
  'INGEST_UNSAFE_NO_CONDITION',
]);

test('docs/operations.md names every variable of the processes', () => {
  const text = readFileSync(new URL('../docs/operations.md', import.meta.url), 'utf8');
  const variables = [ingestEnv, workflowsEnv, demoEnv, engineEnv.shape].flatMap((shape) => Object.keys(shape));
  const missing = variables.filter((name) => !ours.has(name) && !text.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});
