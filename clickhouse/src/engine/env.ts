import { z } from 'zod';

/** Sessions that the engine keeps for itself: kills, probes and the process list, while all others are busy. */
export const controlSessions = 1;

const mebibytes = (fallback: number) =>
  z.coerce
    .number()
    .int()
    .min(16)
    .max(1024 * 1024)
    .default(fallback);

/**
 * The engine's variables. Sizes are MiB, times are seconds. `UV_THREADPOOL_SIZE` is read, never set: libuv starts its pool
 * before this file runs, so a value that is too small cannot be mended from inside.
 */
export const engineEnv = z.object({
  DATA_DIR: z.string().min(1).default('.data'),
  // This door has no TLS, so it never leaves the machine.
  BIND_HOST: z
    .string()
    .regex(/^(127(\.\d{1,3}){3}|::1|localhost)$/, 'must be a loopback address: this door has no TLS')
    .default('127.0.0.1'),
  CLICKHOUSE_PORT: z.coerce.number().int().min(0).max(65_535).default(18_123),
  CLICKHOUSE_USER: z.string().min(1).max(128).default('deskwire'),
  CLICKHOUSE_PASSWORD: z.string().min(8, 'must have at least 8 characters'),
  CLICKHOUSE_DATABASE: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'must be a plain identifier')
    .default('deskwire'),
  CLICKHOUSE_DISK_KEY: z.string().regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hexadecimal characters (32 bytes)'),
  ENGINE_QUERY_SESSIONS: z.coerce.number().int().min(1).max(64).default(6),
  ENGINE_INGEST_SESSIONS: z.coerce.number().int().min(1).max(16).default(3),
  ENGINE_QUEUE_MAX: z.coerce.number().int().min(0).max(100_000).default(200),
  ENGINE_SPOOL_MIB_MAX: mebibytes(2048),
  ENGINE_QUERY_MEMORY_MIB_MAX: mebibytes(4096),
  ENGINE_MEMORY_MIB_MAX: mebibytes(8192),
  ENGINE_QUERY_SECONDS_MAX: z.coerce.number().int().min(1).max(86_400).default(300),
  ENGINE_STOP_SECONDS_MAX: z.coerce.number().int().min(1).max(300).default(10),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  UV_THREADPOOL_SIZE: z.coerce.number().int().min(1).max(1024).default(4),
});

export type EngineEnv = z.infer<typeof engineEnv>;

export type EngineEnvResult = { ok: true; env: EngineEnv } | { ok: false; message: string };

/** One line that names the first wrong variable, or the parsed values. Never repeats a value: it may be a secret. */
export function readEngineEnv(variables: Record<string, string | undefined>): EngineEnvResult {
  const given = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = engineEnv.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = issue?.path.join('.') ?? 'environment';
    const why = given[name] === undefined ? 'is not set' : (issue?.message ?? 'is not valid');
    return { ok: false, message: `${name}: ${why}` };
  }
  const threadsMin = threadsNeeded(parsed.data);
  if (parsed.data.UV_THREADPOOL_SIZE < threadsMin) {
    return {
      ok: false,
      message: `UV_THREADPOOL_SIZE: must be at least ${threadsMin} (sessions + 4) in the environment the process is started with`,
    };
  }
  return { ok: true, env: parsed.data };
}

/** libuv threads: one a session (a statement occupies its thread until it ends) and four for files and gzip. */
export function threadsNeeded(sizes: { ENGINE_QUERY_SESSIONS: number; ENGINE_INGEST_SESSIONS: number }): number {
  return sizes.ENGINE_QUERY_SESSIONS + sizes.ENGINE_INGEST_SESSIONS + controlSessions + 4;
}
