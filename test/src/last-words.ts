import { readFileSync } from 'node:fs';
import { z } from 'zod';

const fatal = z.object({ level: z.literal(60), msg: z.string(), err: z.object({ message: z.string() }).optional() });

/** Why a service ended, by the last fatal line of its log; '' when it said nothing. */
export function lastWords(logFile: string): string {
  for (const line of readFileSync(logFile, 'utf8').trimEnd().split('\n').toReversed().slice(0, 20)) {
    const said = fatal.safeParse(parsed(line));
    if (said.success) return said.data.err?.message ?? said.data.msg;
  }
  return '';
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // A line of the runtime, not of our log.
  }
}
