import { timeZone } from '@deskwire/contracts/time-zone';
import { clickhouseEnv } from '@deskwire/clickhouse/env';
import { givenPort, natsEnv } from '@deskwire/runtime/env';
import { masterKeyEnv } from '@deskwire/vault/env';
import { z } from 'zod';

/** What the ingest process can be told. Sizes in bytes, times in milliseconds. */
export const ingestEnv = {
  ...natsEnv,
  ...clickhouseEnv,
  ...masterKeyEnv,
  /** Where health and metrics are; 127.0.0.1:19101, or another port when that one is taken. */
  BIND_HOST: z.string().default('127.0.0.1'),
  INGEST_HEALTH_PORT: givenPort,
  /** A batch closes at this many events; always at the end of a chunk of messages (512 or 256 KiB). */
  INGEST_BATCH_ROWS_MAX: z.coerce.number().int().min(1).max(200_000).default(20_000),
  INGEST_BATCH_BYTES_MAX: z.coerce.number().int().min(65_536).max(67_108_864).default(16_777_216),
  /** At least this long between two inserts, so that parts stay few; a first event after a pause goes at once. */
  INGEST_BATCH_WAIT_MS: z.coerce.number().int().min(0).max(5_000).default(50),
  INGEST_TICKETS_WAIT_MS: z.coerce.number().int().min(0).max(5_000).default(50),
  /** IANA zone of the desk: the self-check runs at 03:10 there. */
  TIME_ZONE: timeZone,
  /** Memory of the filter that recognises ids never seen. */
  INGEST_ID_FILTER_BYTES: z.coerce.number().int().min(1_048_576).max(8_589_934_592).default(268_435_456),
  INGEST_LEASE_MS: z.coerce.number().int().min(300).max(60_000).default(3_000),
  /** For the chaos run's control only: inserts without their condition, which loses and doubles events. */
  INGEST_UNSAFE_NO_CONDITION: z.literal('1').optional(),
};
