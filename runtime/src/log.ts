import { destination, pino, type Logger } from 'pino';

export type Log = Logger;

const secret = ['password', 'token', 'authorization', 'data', 'body', 'email', 'phone', 'requester'];

/**
 * Structured log of one process, on stdout. Nothing personal is ever logged; as a second line of defence the fields
 * that could hold it are redacted.
 */
export function createLog(name: string, level = 'info'): Log {
  const redact = { paths: secret.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' };
  const stdout = destination({ fd: 1, sync: true });
  // Whoever read it is gone: that must not keep a process from stopping in order.
  stdout.on('error', () => undefined);
  return pino({ name, level, base: { name, pid: process.pid }, redact }, stdout);
}
