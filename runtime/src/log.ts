import { pino, type Logger } from 'pino';

export type Log = Logger;

/**
 * Structured log of one process, on stdout. Nothing personal is ever logged; as a second line of defence the fields
 * that could hold it are redacted.
 */
export function createLog(name: string, level = 'info'): Log {
  const secret = ['password', 'token', 'authorization', 'data', 'body', 'email', 'phone', 'requester'];
  return pino({
    name,
    level,
    base: { name, pid: process.pid },
    redact: { paths: secret.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' },
  });
}
