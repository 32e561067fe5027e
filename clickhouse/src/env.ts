import { z } from 'zod';

/** Where ClickHouse is and who we are there. */
export const clickhouseEnv = {
  CLICKHOUSE_URL: z.url().default('http://127.0.0.1:18123'),
  CLICKHOUSE_USER: z.string().default('default'),
  CLICKHOUSE_PASSWORD: z.string().default(''),
  CLICKHOUSE_DATABASE: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'letters, digits and "_"')
    .default('deskwire'),
};
