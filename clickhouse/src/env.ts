import { z } from 'zod';

/** Where ClickHouse is and who we are there. */
export const clickhouseEnv = {
  CLICKHOUSE_URL: z.url().default('http://127.0.0.1:18123'),
  CLICKHOUSE_USER: z.string().default('default'),
  CLICKHOUSE_PASSWORD: z.string().default(''),
  /** PEM: who has signed the server's certificate, where the system does not know them. */
  CLICKHOUSE_CA_FILE: z.string().optional(),
  CLICKHOUSE_DATABASE: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'letters, digits and "_"')
    .default('deskwire'),
};
