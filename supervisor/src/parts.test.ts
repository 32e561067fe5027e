import { expect, test } from 'vitest';
import { withoutSecrets } from './parts.ts';

test('children do not inherit secrets that only some of them may know', () => {
  const env = {
    PATH: '/bin',
    INGEST_LEASE_MS: '900',
    MASTER_KEY: 'k',
    NATS_PASSWORD: 'p',
    CLICKHOUSE_PASSWORD: 'p',
    SMTP_URL: 's',
    npm_config_token: 't',
  };
  expect(withoutSecrets(env)).toEqual({ PATH: '/bin', INGEST_LEASE_MS: '900' });
});
