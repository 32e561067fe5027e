import { z } from 'zod';

/** `DATA_DIR/credentials.json`, mode 0600: written by `npm start` for the embedded parts. */
export const credentials = z.object({
  nats: z.object({ url: z.string(), user: z.string(), password: z.string() }),
  clickhouse: z.object({ url: z.string(), user: z.string(), password: z.string(), database: z.string() }),
  people: z.array(z.object({ role: z.string(), email: z.string(), password: z.string() })),
});
export type Credentials = z.infer<typeof credentials>;
