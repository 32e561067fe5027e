import { z } from 'zod';

/** An IANA time zone of an environment, `UTC` when it is not given. */
export const timeZone = z.string().refine(isTimeZone, 'no such IANA time zone, e.g. Europe/Berlin').default('UTC');

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false; // RangeError is how Intl says so.
  }
}
