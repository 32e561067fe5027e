import { demoSources } from '@deskwire/contracts/demo';
import { clickhouseEnv } from '@deskwire/clickhouse/env';
import { givenPort, natsEnv } from '@deskwire/runtime/env';
import { z } from 'zod';

const passwords = z.record(z.enum(demoSources), z.string().min(1));

/** The environment of the demo's process; the supervisor sets it. */
export const demoEnv = {
  ...natsEnv,
  ...clickhouseEnv,
  /** Where health and metrics are; 127.0.0.1:19103, or another port when that one is taken. */
  BIND_HOST: z.string().default('127.0.0.1'),
  DEMO_HEALTH_PORT: givenPort,
  TIME_ZONE: z.string().default('UTC'),
  /** JSON: the password of each simulated system's login, user `source-<name>`. */
  DEMO_PASSWORDS: z.string().transform((text, context) => {
    try {
      return passwords.parse(JSON.parse(text));
    } catch {
      context.addIssue('a JSON object with the password of each simulated source'); // Never the text itself.
      return z.NEVER;
    }
  }),
  /** ISO time since when the demo is wanted again: one that was removed before then begins anew. */
  DEMO_WANTED_SINCE: z.iso.datetime().optional(),
  DEMO_HISTORY_DAYS: z.coerce.number().min(0).max(60).default(21),
  DEMO_TICKETS_PER_WEEKDAY: z.coerce.number().min(1).max(5_000).default(500),
};
