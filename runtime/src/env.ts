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

/** All that a child process gets of our own environment: where programs are. */
export const pathEnv = () => ({ PATH: process.env['PATH'] });

/** A TCP port; 0 lets the system choose. */
export const givenPort = z.coerce.number().int().min(0).max(65_535).optional();
export const port = (fallback: number) => givenPort.default(fallback);

/** Where NATS is and who we are there; set by the supervisor, or by the operator of a cluster. */
export const natsEnv = {
  NATS_URL: z.string().default('nats://127.0.0.1:14222'),
  NATS_USER: z.string().optional(),
  NATS_PASSWORD: z.string().optional(),
  NATS_CA_FILE: z.string().optional(),
};
