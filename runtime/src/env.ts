import { z } from 'zod';

/**
 * Parses the environment of one process. A wrong value throws EnvError with one line that names the variable;
 * the caller prints it and stops. An empty variable counts as absent.
 */
export function parseEnv<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: NodeJS.ProcessEnv,
): z.infer<z.ZodObject<Shape>> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = z.object(shape).safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const name = String(issue?.path[0] ?? 'environment');
  throw new EnvError(`${name} ${name in given ? 'is wrong' : 'is missing'}: ${issue?.message ?? 'invalid'}`);
}

export class EnvError extends Error {
  override name = 'EnvError';
}

/** A TCP port; 0 lets the system choose. */
export const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);

/** Where NATS is and who we are there; set by the supervisor, or by the operator of a cluster. */
export const natsEnv = {
  NATS_URL: z.string().default('nats://127.0.0.1:14222'),
  NATS_USER: z.string().optional(),
  NATS_PASSWORD: z.string().optional(),
  NATS_CA_FILE: z.string().optional(),
};

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

/** 32 bytes in base64: the key that wraps every other key. */
export const masterKeyEnv = {
  MASTER_KEY: z
    .string()
    .refine((text) => Buffer.from(text, 'base64').length === 32, 'it has to be 32 bytes in base64')
    .transform((text) => Buffer.from(text, 'base64')),
};
