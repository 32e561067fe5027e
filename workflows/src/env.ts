import { clickhouseEnv } from '@deskwire/clickhouse/env';
import { givenPort, natsEnv } from '@deskwire/runtime/env';
import { masterKeyEnv } from '@deskwire/vault/env';
import { z } from 'zod';

/** What the desk process can be told. Times in milliseconds. */
export const workflowsEnv = {
  ...natsEnv,
  ...clickhouseEnv,
  ...masterKeyEnv,
  /** Where health and metrics are; 127.0.0.1:19102, or another port when that one is taken. */
  BIND_HOST: z.string().default('127.0.0.1'),
  WORKFLOWS_HEALTH_PORT: givenPort,
  /** IANA zone of the desk's business hours, where bucket `config` says nothing else; the supervisor has checked it. */
  TIME_ZONE: z.string().default('UTC'),
  DESK_LEASE_MS: z.coerce.number().int().min(300).max(60_000).default(3_000),
  /** Ticket states kept in memory, about 4 KB each. */
  DESK_CACHE_TICKETS_MAX: z.coerce.number().int().min(100).max(1_000_000).default(50_000),
  /** Customer profiles kept in memory, up to 3 KB each. */
  DESK_CACHE_CUSTOMERS_MAX: z.coerce.number().int().min(100).max(1_000_000).default(50_000),
  /** Events being applied at once; those of one ticket one after the other. More of them only outlive the young heap. */
  DESK_WINDOW_MAX: z.coerce.number().int().min(1).max(10_000).default(1_000),
  /** Events held back, because they or one before them cannot be applied, before reading pauses. */
  DESK_HELD_MAX: z.coerce.number().int().min(1).max(100_000).default(1_000),
  /**
   * Old revisions, of all tickets together, that stay while TICKETS is less than half full; then all that ClickHouse has stored
   * are removed at once, since a look at the stream costs the same for few.
   */
  DESK_REVISIONS_KEPT: z.coerce.number().int().min(1).max(1_000_000_000).default(1_000_000),
};
